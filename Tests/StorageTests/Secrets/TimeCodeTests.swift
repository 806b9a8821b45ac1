import OAuth
import Portal
import Storage
import Testing

/// RFC 6238, with the values of its appendix B and of RFC 4226's appendix D.
@Suite("RFC 6238 · time-based codes")
struct TimeCodeTests {
    private static let seed = Array("12345678901234567890".utf8)

    @Test(
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ] as [(Int64, String)])
    func `Appendix B: the codes of the reference, shortened to six digits`(seconds: Int64, eightDigits: String) {
        let code = TimeCode.code(Self.seed, at: TimeCode.step(at: Instant(seconds: seconds)))
        // A shorter code is the same number modulo a smaller power of ten (RFC 4226 §5.3).
        #expect(String(decoding: code, as: UTF8.self) == String(eightDigits.suffix(6)))
    }

    @Test func `RFC 4226 appendix D: the first ten counters`() {
        let codes = (0..<10).map { String(decoding: TimeCode.code(Self.seed, at: $0), as: UTF8.self) }
        #expect(
            codes == [
                "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
            ])
    }

    @Test(arguments: [(-2, false), (-1, true), (0, true), (1, true), (2, false)] as [(Int64, Bool)])
    func `§5.2: the step before and the step after are taken, no others`(offset: Int64, isTaken: Bool) {
        let now = Instant(seconds: 1_795_252_442)
        let typed = TimeCode.code(Self.seed, at: TimeCode.step(at: now) + offset)
        #expect((TimeCode.step(of: typed, Self.seed, at: now) != nil) == isTaken)
    }

    @Test func `a step is thirty seconds long, and no clock is too early for it`() {
        #expect(TimeCode.step(at: Instant(seconds: 29)) == 0)
        #expect(TimeCode.step(at: Instant(seconds: 30)) == 1)
        #expect(TimeCode.step(at: Instant(seconds: -5)) == 0)
        #expect(TimeCode.step(at: Instant(seconds: .max)) > 0)
        let first = TimeCode.code(Self.seed, at: 0)
        #expect(TimeCode.step(of: first, Self.seed, at: Instant(seconds: .min)) == 0)
    }

    @Test(arguments: ["", "1", "12345", "1234567", "      ", "٣٤٥٦٧٨"])
    func `what is not six digits fits nothing`(typed: String) {
        #expect(TimeCode.step(of: Array(typed.utf8), Self.seed, at: Instant(seconds: 59)) == nil)
    }

    @Test(
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ])
    func `RFC 4648 §10: base 32 without padding`(bytes: String, text: String) {
        #expect(Base32.text(Array(bytes.utf8)) == text)
    }

    @Test func `recovery codes are recognised however they are typed`() throws {
        var random = SystemRandomNumberGenerator()
        let code = RecoveryCode.random(using: &random)
        let normal = try #require(RecoveryCode.normal(code))
        #expect(code.utf8.count == 11 && normal.utf8.count == 10)
        #expect(RecoveryCode.normal(code.uppercased()) == normal)
        #expect(RecoveryCode.normal(" " + code.replacing("-", with: "  ")) == normal)
        #expect(RecoveryCode.normal("OIL00-abcde") == "01100abcde")
        for other in [
            "", "123456", code + "x", "uuuuu-uuuuu", String(repeating: "a", count: 10_000), "k3v9w\u{301}2m4xq",
        ] {
            #expect(RecoveryCode.normal(other) == nil, "\(other.prefix(20))")
        }
        #expect(Set((0..<1000).map { _ in RecoveryCode.random(using: &random) }).count == 1000)
    }
}
