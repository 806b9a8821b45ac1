/// The modules of a QR code (ISO/IEC 18004 §6.3, §7.7 to §7.10).
struct QRMatrix {
    private let side: Int
    private var dark: [Bool]
    /// Modules that carry no data: finders, timing, alignment, format and version.
    private var isReserved: [Bool]

    /// Everything but data and format.
    init(_ version: QRVersion) {
        side = version.side
        dark = Array(repeating: false, count: side * side)
        isReserved = dark
        for index in 0..<side {
            reserve(6, index, index.isMultiple(of: 2))
            reserve(index, 6, index.isMultiple(of: 2))
        }
        for (x, y) in [(3, 3), (side - 4, 3), (3, side - 4)] { drawFinder(x, y) }
        drawAlignment(version.alignment)
        drawFormat(mask: 0)
        drawVersion(version.number)
    }

    subscript(x: Int, y: Int) -> Bool { dark[y * side + x] }

    func filled(with codewords: [UInt8], mask: Int) -> QRMatrix {
        var copy = self
        copy.place(codewords, mask: mask)
        copy.drawFormat(mask: mask)
        return copy
    }

    private mutating func reserve(_ x: Int, _ y: Int, _ isDark: Bool) {
        guard (0..<side).contains(x), (0..<side).contains(y) else { return }
        dark[y * side + x] = isDark
        isReserved[y * side + x] = true
    }

    private mutating func drawFinder(_ x: Int, _ y: Int) {
        for dy in -4...4 {
            for dx in -4...4 {
                let distance = max(abs(dx), abs(dy))
                reserve(x + dx, y + dy, distance != 2 && distance != 4)
            }
        }
    }

    private mutating func drawAlignment(_ centres: [Int]) {
        guard let last = centres.last else { return }
        for y in centres {
            for x in centres where !((x == 6 && y == 6) || (x == 6 && y == last) || (x == last && y == 6)) {
                for dy in -2...2 {
                    for dx in -2...2 { reserve(x + dx, y + dy, max(abs(dx), abs(dy)) != 1) }
                }
            }
        }
    }

    /// Level M is 00; twice, beside the finders.
    private mutating func drawFormat(mask: Int) {
        var rest = mask
        for _ in 0..<10 { rest = rest << 1 ^ (rest >> 9) * 0x537 }
        let bits = (mask << 10 | rest) ^ 0x5412
        func bit(_ index: Int) -> Bool { bits >> index & 1 == 1 }
        for index in 0..<6 { reserve(8, index, bit(index)) }
        reserve(8, 7, bit(6))
        reserve(8, 8, bit(7))
        reserve(7, 8, bit(8))
        for index in 9..<15 { reserve(14 - index, 8, bit(index)) }
        for index in 0..<8 { reserve(side - 1 - index, 8, bit(index)) }
        for index in 8..<15 { reserve(8, side - 15 + index, bit(index)) }
        reserve(8, side - 8, true)
    }

    private mutating func drawVersion(_ number: Int) {
        guard number > 6 else { return }
        var rest = number
        for _ in 0..<12 { rest = rest << 1 ^ (rest >> 11) * 0x1F25 }
        let bits = number << 12 | rest
        for index in 0..<18 {
            let (a, b) = (side - 11 + index % 3, index / 3)
            reserve(a, b, bits >> index & 1 == 1)
            reserve(b, a, bits >> index & 1 == 1)
        }
    }

    /// Two columns at a time from the right, up and down in turns, past the vertical timing pattern.
    private mutating func place(_ codewords: [UInt8], mask: Int) {
        var index = 0
        var right = side - 1
        while right >= 1 {
            if right == 6 { right = 5 }
            for step in 0..<side {
                let y = (right + 1) & 2 == 0 ? side - 1 - step : step
                for x in [right, right - 1] where !isReserved[y * side + x] {
                    let isSet = index < codewords.count * 8 && codewords[index >> 3] >> UInt8(7 - index & 7) & 1 == 1
                    dark[y * side + x] = isSet != Self.flips(x, y, mask)
                    index += 1
                }
            }
            right -= 2
        }
    }

    private static func flips(_ x: Int, _ y: Int, _ mask: Int) -> Bool {
        switch mask {
        case 0: (x + y) % 2 == 0
        case 1: y % 2 == 0
        case 2: x % 3 == 0
        case 3: (x + y) % 3 == 0
        case 4: (x / 3 + y / 2) % 2 == 0
        case 5: x * y % 2 + x * y % 3 == 0
        case 6: (x * y % 2 + x * y % 3) % 2 == 0
        default: ((x + y) % 2 + x * y % 3) % 2 == 0
        }
    }
}

extension QRMatrix {
    /// How hard it is to scan (§7.8.3): runs, blocks, look-alikes of finders, imbalance.
    var penalty: Int {
        let rows = (0..<side).map { y in (0..<side).map { self[$0, y] } }
        let columns = (0..<side).map { x in (0..<side).map { self[x, $0] } }
        var sum = (rows + columns).reduce(0) { $0 + Self.penalty(of: $1) }
        for y in 0..<(side - 1) {
            for x in 0..<(side - 1) {
                let first = self[x, y]
                if first == self[x + 1, y], first == self[x, y + 1], first == self[x + 1, y + 1] { sum += 3 }
            }
        }
        let darkShare = dark.count { $0 } * 20 - dark.count * 10
        return sum + abs(darkShare) / dark.count * 10
    }

    private static let finder = [true, false, true, true, true, false, true]

    private static func penalty(of line: [Bool]) -> Int {
        var (sum, run) = (0, 1)
        for index in 1...line.count {
            if index < line.count, line[index] == line[index - 1] {
                run += 1
            } else {
                if run >= 5 { sum += run - 2 }
                run = 1
            }
        }
        for start in 0...(line.count - 7) where line[start..<(start + 7)].elementsEqual(finder) {
            let before = start >= 4 && !line[(start - 4)..<start].contains(true)
            let after = start + 11 <= line.count && !line[(start + 7)..<(start + 11)].contains(true)
            if before || after { sum += 40 }
        }
        return sum
    }
}
