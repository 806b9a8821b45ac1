/// RFC 3986 §2.1: everything but the unreserved characters is escaped, so any bytes survive any parser.
package enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    package static func encode(_ text: String) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) {
                encoded.append(byte)
            } else {
                encoded += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// §2.1 the other way: nil when a percent sign is not followed by two hexadecimal digits, or what comes of it is not
    /// UTF-8 or holds a NUL.
    package static func decode(_ bytes: some Collection<UInt8>) -> String? { decode(bytes: Array(bytes)) }

    private static func decode(bytes: [UInt8]) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            guard byte == 0x25 else {
                decoded.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(Hexadecimal.value),
                let low = iterator.next().flatMap(Hexadecimal.value)
            else { return nil }
            decoded.append(high << 4 | low)
        }
        guard !decoded.contains(0) else { return nil }
        return String(validating: decoded, as: UTF8.self)
    }

    /// RFC 3986 §2.3; also the alphabet of a PKCE verifier (RFC 7636 §4.1).
    static func isUnreserved(_ byte: UInt8) -> Bool {
        Base62.isDigit(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F || byte == 0x7E
    }
}
