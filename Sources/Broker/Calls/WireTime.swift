package import OAuth

extension Instant {
    /// `2023-03-08T09:43:03.000Z`: with the milliseconds that clients' parsers were written for.
    package var wireText: String {
        let days = seconds >= 0 ? seconds / 86_400 : -((-seconds + 86_399) / 86_400)
        let rest = seconds - days * 86_400
        let (year, month, day) = Self.civil(days)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        func append(_ number: Int64, then separator: UInt8) {
            text.append(0x30 + UInt8(truncatingIfNeeded: number / 10 % 10))
            text.append(0x30 + UInt8(truncatingIfNeeded: number % 10))
            text.append(separator)
        }
        // Four digits, and more for what lies beyond; nothing that is shown lies before the year 0.
        let century = max(0, year) / 100
        text += century < 100 ? [0x30 + UInt8(century / 10), 0x30 + UInt8(century % 10)] : Array(String(century).utf8)
        append(max(0, year) % 100, then: UInt8(ascii: "-"))
        append(month, then: UInt8(ascii: "-"))
        append(day, then: UInt8(ascii: "T"))
        append(rest / 3600, then: UInt8(ascii: ":"))
        append(rest / 60 % 60, then: UInt8(ascii: ":"))
        append(rest % 60, then: UInt8(ascii: "."))
        append(0, then: UInt8(ascii: "0"))
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// RFC 3339 §5.6, years 1970 to 9999, fractions dropped; nil for anything else.
    package init?(wireText text: String) {
        let bytes = Array(text.utf8)
        func number(_ from: Int, _ length: Int) -> Int64? {
            guard bytes.count >= from + length else { return nil }
            let digits = bytes[from..<(from + length)]
            guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }
        guard bytes.count >= 20, bytes.count <= 40, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] | 0x20 == 0x74,
            bytes[13] == 0x3A, bytes[16] == 0x3A, let year = number(0, 4), let month = number(5, 2),
            let day = number(8, 2), let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
            (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var rest = bytes[19...]
        if rest.first == 0x2E {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest.dropFirst(digits.count + 1)
        }
        var offset: Int64 = 0
        if rest.elementsEqual([0x5A]) || rest.elementsEqual([0x7A]) {
            offset = 0
        } else {
            let start = rest.startIndex
            guard rest.count == 6, rest[start] == 0x2B || rest[start] == 0x2D, rest[start + 3] == 0x3A,
                let hours = number(start + 1, 2), let minutes = number(start + 4, 2), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 3600 + minutes * 60) * (rest[start] == 0x2D ? -1 : 1)
        }
        let time = hour * 3600 + minute * 60 + second
        self.init(seconds: Self.days(year, month, day) * 86_400 + time - offset)
    }

    /// Days since 1970 to a date and back, after Howard Hinnant's public description of the algorithm.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days &+ 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
