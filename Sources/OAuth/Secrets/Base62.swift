/// The 62 digits `0-9A-Za-z`: safe in URLs, headers and forms without escaping, one double-click selects them.
package enum Base62 {
    package static let alphabet: [UInt8] = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    package static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    /// `count` random digits, every digit equally likely: bytes from 248 up are thrown away, because
    /// 256 is not a multiple of 62 and `byte % 62` would favour the first eight digits.
    package static func draw(_ count: Int, using random: inout some RandomNumberGenerator) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(count)
        var pool: UInt64 = 0
        var left = 0
        while digits.count < count {
            if left == 0 {
                pool = random.next()
                left = 8
            }
            let byte = UInt8(truncatingIfNeeded: pool)
            pool >>= 8
            left -= 1
            if byte < 248 { digits.append(alphabet[Int(byte % 62)]) }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// `number` in base 62, padded on the left with `0` to `width` digits.
    package static func encode(_ number: UInt32, width: Int) -> [UInt8] {
        var digits: [UInt8] = []
        var rest = number
        while rest > 0 || digits.count < width {
            digits.append(alphabet[Int(rest % 62)])
            rest /= 62
        }
        return digits.reversed()
    }

    /// Whether `digits` are `encode(number, width: digits.count)`, without making those.
    static func isEncoding(_ digits: some BidirectionalCollection<UInt8>, of number: UInt32) -> Bool {
        var rest = number
        for digit in digits.reversed() {
            guard digit == alphabet[Int(rest % 62)] else { return false }
            rest /= 62
        }
        return rest == 0
    }
}
