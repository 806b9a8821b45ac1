/// RFC 4648, as much of it as the protocols need, on bytes and without Foundation.
package enum Base64 {
    private static let urlAlphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static let alphabet = Array(urlAlphabet.dropLast(2)) + Array("+/".utf8)

    /// §4, with its padding.
    package static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        let digits = digits(of: bytes, alphabet)
        let padding = (4 - digits.count % 4) % 4
        return String(decoding: digits + repeatElement(0x3D, count: padding), as: UTF8.self)
    }

    /// §5: base64url without padding.
    package static func urlEncoded(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: digits(of: bytes, urlAlphabet), as: UTF8.self)
    }

    private static func digits(of bytes: some Sequence<UInt8>, _ alphabet: [UInt8]) -> [UInt8] {
        var digits: [UInt8] = []
        var pending: UInt32 = 0
        var bits = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                digits.append(alphabet[Int(pending >> UInt32(bits) & 0x3F)])
            }
        }
        if bits > 0 { digits.append(alphabet[Int(pending << UInt32(6 - bits) & 0x3F)]) }
        return digits
    }

    static func isURLDigit(_ byte: UInt8) -> Bool { Base62.isDigit(byte) || byte == 0x2D || byte == 0x5F }

    /// §4, with its padding, exactly: nil for a stray character, a wrong length or bits that should be zero.
    package static func decoded(_ bytes: some Collection<UInt8>) -> [UInt8]? {
        guard bytes.count % 4 == 0 else { return nil }
        let padding = bytes.reversed().prefix { $0 == 0x3D }.count
        guard padding <= 2 else { return nil }
        var decoded: [UInt8] = []
        var pending: UInt32 = 0
        var bits = 0
        for byte in bytes.dropLast(padding) {
            guard let digit = value(of: byte) else { return nil }
            pending = (pending << 6 | UInt32(digit)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                decoded.append(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
            }
        }
        guard pending & (1 << UInt32(bits) - 1) == 0 else { return nil }
        return decoded
    }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5A: byte - 0x41
        case 0x61...0x7A: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}
