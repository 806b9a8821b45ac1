/// `application/x-www-form-urlencoded` (RFC 6749 appendix B), byte by byte and strictly.
enum FormScanner {
    static func entries(in bytes: [UInt8]) throws(OAuthError) -> [ParameterList.Entry] {
        guard !ByteOrderMark.leads(bytes) else {
            throw OAuthError(.invalidRequest, "the parameters must be UTF-8 without a byte order mark")
        }
        var entries: [ParameterList.Entry] = []
        var start = 0
        while start < bytes.count {
            var end = start
            var equals: Int?
            while end < bytes.count, bytes[end] != 0x26 {
                if bytes[end] == 0x3D, equals == nil { equals = end }
                end += 1
            }
            let pair = start..<end
            start = end + 1
            guard !pair.isEmpty else { continue }
            guard entries.count < ParameterList.most else {
                throw OAuthError(.invalidRequest, "there are more than 100 parameters")
            }
            let (nameEnd, valueStart) = equals.map { ($0, $0 + 1) } ?? (end, end)
            guard let name = decode(bytes[pair.lowerBound..<nameEnd]), let value = decode(bytes[valueStart..<end])
            else { throw OAuthError(.invalidRequest, "a percent sign must be followed by two hexadecimal digits") }
            entries.append(try ParameterList.Entry(name: name, value: value))
        }
        return entries
    }

    /// Decodes `+` and `%XX` once; nil when a percent sign is not followed by two hexadecimal digits.
    static func decode(_ bytes: some Collection<UInt8>) -> [UInt8]? {
        // Most names and values stand for themselves.
        guard bytes.contains(where: { $0 == 0x2B || $0 == 0x25 }) else { return Array(bytes) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case 0x2B:
                decoded.append(0x20)
            case 0x25:
                guard let high = iterator.next().flatMap(Hexadecimal.value),
                    let low = iterator.next().flatMap(Hexadecimal.value)
                else { return nil }
                decoded.append(high << 4 | low)
            default:
                decoded.append(byte)
            }
        }
        return decoded
    }
}

package enum Hexadecimal {
    package static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}

enum ByteOrderMark {
    /// UTF-8's and both of UTF-16's; UTF-16 without one is full of NULs, which are refused anyway.
    static func leads(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
    }
}
