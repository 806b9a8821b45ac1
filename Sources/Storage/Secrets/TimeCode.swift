import Crypto
package import OAuth

/// Codes of six digits from a shared seed and the clock (RFC 6238 with SHA-1 and steps of 30 seconds, which is what
/// every authenticator understands).
package enum TimeCode {
    package static let stepLength: Int64 = 30
    /// RFC 4226 §4 R6: at least 128 bits, 160 recommended.
    package static let seedLength = 20

    package static func step(at now: Instant) -> Int64 { max(0, now.seconds) / stepLength }

    /// The code of a time step: six decimal digits.
    package static func code(_ seed: [UInt8], at step: Int64) -> [UInt8] {
        let counter = withUnsafeBytes(of: step.bigEndian, Array.init)
        let code = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: seed)))
        // Dynamic truncation, RFC 4226 §5.3.
        let start = Int(code[19] & 15)
        let number = code[start..<(start + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let digits = String(number % 1_000_000).utf8
        return [UInt8](repeating: UInt8(ascii: "0"), count: 6 - digits.count) + Array(digits)
    }

    /// The step whose code this is: the present one, or its neighbours, because clocks differ (RFC 6238 §5.2).
    /// All three are compared, whichever fits, in the same time.
    package static func step(of typed: [UInt8], _ seed: [UInt8], at now: Instant) -> Int64? {
        let present = step(at: now)
        var found: Int64?
        for step in [present - 1, present, present + 1] where step >= 0 {
            let expected = code(seed, at: step)
            if ConstantTime.equal(typed, expected) { found = step }
        }
        return found
    }
}

/// RFC 4648 §6, without padding: how authenticators want a seed typed.
package enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    package static func text(_ bytes: [UInt8]) -> String {
        var digits: [UInt8] = []
        var (pending, bits) = (UInt32(0), 0)
        for byte in bytes {
            pending = (pending << 8 | UInt32(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                digits.append(alphabet[Int(pending >> UInt32(bits) & 31)])
            }
        }
        if bits > 0 { digits.append(alphabet[Int(pending << UInt32(5 - bits) & 31)]) }
        return String(decoding: digits, as: UTF8.self)
    }
}
