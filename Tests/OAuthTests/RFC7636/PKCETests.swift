import OAuth
import Testing

@Suite("RFC 7636 · PKCE")
struct PKCETests {
    private let relaxed = Cast.client(pkceRequired: false)

    @Test func `Appendix B: the example's verifier has the example's challenge`() {
        #expect(PKCE.challenge(for: Cast.verifier)?.text == Cast.challenge)
    }

    @Test(arguments: [(42, false), (43, true), (128, true), (129, false), (0, false)])
    func `§4.1: a verifier has 43 to 128 characters`(length: Int, valid: Bool) {
        let text = String(repeating: "a", count: length)
        #expect(PKCE.isVerifier(text) == valid)
        #expect((PKCE.challenge(for: text) != nil) == valid)
    }

    @Test func `§4.1: a verifier has unreserved characters only`() {
        let stem = String(repeating: "a", count: 42)
        for byte in UInt8(0)...127 {
            let character = String(decoding: [byte], as: UTF8.self)
            let isLetterOrDigit = Base62.isDigit(byte)
            #expect(
                PKCE.isVerifier(stem + character) == (isLetterOrDigit || "-._~".contains(character)), "byte \(byte)")
        }
        #expect(!PKCE.isVerifier(stem + "\u{E9}"))
        #expect(!PKCE.isVerifier(stem + "a\u{301}"))
    }

    @Test func `§4.2: S256 is base64url of SHA-256, 43 characters without padding`() {
        for seed in UInt64(0)..<50 {
            var random = SplitMix64(seed: seed)
            let verifier = Base62.draw(64, using: &random)
            let challenge = PKCE.challenge(for: verifier)
            #expect(challenge?.text.utf8.count == 43)
            #expect(challenge.flatMap { PKCE.Challenge($0.text) } == challenge)
            #expect(challenge != PKCE.challenge(for: verifier + "a"))
        }
    }

    @Test func `§4.3: the challenge is kept with the code`() throws {
        #expect(try Fields.authorize.read().challenge == PKCE.Challenge(Cast.challenge))
    }

    @Test func `§4.4.1: a client that must use PKCE and does not is refused with invalid_request`() {
        let without = Fields.authorize.without("code_challenge").without("code_challenge_method")
        #expect(without.refused()?.redirected == .invalidRequest)
        #expect(without.refused(by: relaxed) == nil)
    }

    @Test func `§4.4.1: a transformation that is not supported is refused with invalid_request`() {
        #expect(Fields.authorize.with("code_challenge_method", "plain").refused()?.redirected == .invalidRequest)
        #expect(Fields.authorize.with("code_challenge_method", "S512").refused()?.redirected == .invalidRequest)
    }

    @Test func `§4.3: without a method it would be plain, which is refused`() {
        #expect(Fields.authorize.without("code_challenge_method").refused(by: relaxed)?.redirected == .invalidRequest)
    }

    @Test func `a method without a challenge is a mistake worth telling`() {
        #expect(Fields.authorize.without("code_challenge").refused(by: relaxed)?.redirected == .invalidRequest)
    }

    @Test func `§4.5: a challenge that is sent is validated even where PKCE is optional`() throws {
        #expect(Fields.authorize.with("code_challenge", "short").refused(by: relaxed)?.redirected == .invalidRequest)
        #expect(
            try redeeming(Fields.redeem().with("code_verifier", Cast.wrongVerifier), by: relaxed).error == .invalidGrant
        )
        #expect(try redeeming(Fields.redeem(), by: relaxed).response != nil)
    }

    @Test func `§4.6: the verifier is compared with the challenge`() throws {
        #expect(try redeeming().response != nil)
        let wrong = try redeeming(Fields.redeem().with("code_verifier", Cast.wrongVerifier))
        #expect(wrong.error == .invalidGrant)
        #expect(wrong.sketch == ["failure of cod_one"])
    }

    @Test(arguments: [
        "short", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk=",
    ])
    func `§4.6: what is no verifier matches nothing`(verifier: String) throws {
        #expect(try redeeming(Fields.redeem().with("code_verifier", verifier)).error == .invalidGrant)
    }

    @Test func `§4.6: a verifier that is missing matches nothing`() throws {
        let outcome = try redeeming(Fields.redeem().without("code_verifier"))
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.effects.isEmpty, "it is no guess")
    }

    @Test func `§4.6: a stored challenge that was damaged is matched by nothing, also by nothing sent`() throws {
        let damaged = Cast.code(challenge: "")
        #expect(try redeeming(.redeem(), damaged).error == .invalidGrant)
        #expect(try redeeming(Fields.redeem().without("code_verifier"), damaged).error == .invalidGrant)
    }
}
