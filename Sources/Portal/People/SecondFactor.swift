package import OAuth

/// A person's two-step sign-in, as its page shows it.
package struct SecondFactor: Sendable {
    package let begunAt: Instant
    /// Nil until a first code was given back: until then it counts for nothing.
    package let confirmedAt: Instant?
    package let recoveryCodesLeft: Int

    package init(begunAt: Instant, confirmedAt: Instant?, recoveryCodesLeft: Int) {
        self.begunAt = begunAt
        self.confirmedAt = confirmedAt
        self.recoveryCodesLeft = recoveryCodesLeft
    }
}

/// What came of a code that was typed.
package enum CodeUse: Sendable, Equatable {
    case accepted
    /// One of the codes for emergencies; so many are left.
    case recovered(left: Int)
    case refused
}

/// Codes for whoever lost their device: ten, each good once.
package enum RecoveryCode {
    package static let count = 10
    /// Without what is easily misread (Crockford's base 32).
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    /// 50 bits, and guessing is counted.
    private static let length = 10

    /// "k3v9w-2m4xq"
    package static func random(using random: inout some RandomNumberGenerator) -> String {
        let digits = (0..<length).map { _ in alphabet[Int(random.next() & 31)] }
        return String(decoding: digits[..<5], as: UTF8.self) + "-" + String(decoding: digits[5...], as: UTF8.self)
    }

    /// The one spelling of what was typed: capitals, spaces, hyphens and look-alikes do not matter. Nil when it is none.
    package static func normal(_ typed: String) -> String? {
        guard typed.utf8.count <= 40 else { return nil }
        let digits: [UInt8] = typed.utf8.compactMap { byte in
            switch byte | 0x20 {
            case _ where byte == 0x20 || byte == 0x2D: nil
            case UInt8(ascii: "o"): UInt8(ascii: "0")
            case UInt8(ascii: "i"), UInt8(ascii: "l"): UInt8(ascii: "1")
            case 0x61...0x7A: byte | 0x20
            default: byte
            }
        }
        guard digits.count == length, digits.allSatisfy(alphabet.contains) else { return nil }
        return String(decoding: digits, as: UTF8.self)
    }
}
