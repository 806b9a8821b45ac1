import OAuth
import Testing

@Suite("Security D · PKCE")
struct PKCECases {
    private let without = Fields.authorize.without("code_challenge").without("code_challenge_method")

    @Test(arguments: [
        (Client.Kind.confidential, Cast.callback, true, false), (.confidential, Cast.callback, false, true),
        (.confidential, "http://localhost:3000/cb", false, false), (.confidential, "http://127.0.0.1/cb", false, false),
        (.public, Cast.callback, true, false), (.public, Cast.callback, false, false),
        (.public, "com.example.app:/cb", false, false), (.public, "http://[::1]/cb", false, false),
    ])
    func `Case 54: who may leave PKCE out`(kind: Client.Kind, callback: String, required: Bool, allowed: Bool) {
        let client = Cast.client(kind: kind, callbacks: [callback], pkceRequired: required)
        let refusal = without.with("redirect_uri", callback).refused(by: client)
        #expect(refusal?.redirected == (allowed ? nil : .invalidRequest))
    }

    @Test(arguments: ["plain", "", "s256", "S512", "S256\nplain", "S256 ", "SHA256", "S256\u{301}"])
    func `Case 55: the method is S256, sent, and spelt so`(method: String) {
        for client in [Cast.roster, Cast.client(pkceRequired: false)] {
            #expect(
                Fields.authorize.with("code_challenge_method", method).refused(by: client)?.redirected
                    == .invalidRequest)
        }
    }

    @Test(arguments: [
        String(repeating: "a", count: 42), String(repeating: "a", count: 44), String(repeating: "a", count: 129),
        String(repeating: "a", count: 42) + "=", String(repeating: "a", count: 42) + "+",
        String(repeating: "a", count: 42) + "/", String(repeating: "a", count: 42) + "\u{E9}",
        String(repeating: "a", count: 41) + "\u{E9}", String(repeating: "a", count: 42) + " ",
        String(repeating: "a", count: 42) + ".", String(repeating: "a", count: 43) + "\u{301}",
    ])
    func `Case 56: a challenge is 43 base64url characters`(challenge: String) {
        for client in [Cast.roster, Cast.client(pkceRequired: false)] {
            #expect(
                Fields.authorize.with("code_challenge", challenge).refused(by: client)?.redirected == .invalidRequest)
        }
    }

    @Test func `Case 56: - and _ are in the alphabet`() {
        #expect(
            Fields.authorize.with(
                "code_challenge", String(repeating: "-", count: 21) + String(repeating: "_", count: 22)
            ).refused() == nil)
    }

    @Test func `Case 57: begun with a challenge, it ends with a verifier`() throws {
        #expect(try redeeming(Fields.redeem().without("code_verifier")).error == .invalidGrant)
        #expect(try redeeming(Fields.redeem().with("code_verifier", "")).error == .invalidGrant)
    }

    @Test func `Case 58: a challenge that was stripped on the way is noticed at the end`() throws {
        let stripped = Cast.code(challenge: nil)
        let outcome = try redeeming(.redeem(), stripped, by: Cast.client(pkceRequired: false))
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.effects.isEmpty)
    }

    @Test func `Case 58: a public client's code without a challenge is worth nothing`() throws {
        let code = Cast.code(client: Cast.native, challenge: nil)
        #expect(try redeeming(Fields.redeem().without("code_verifier"), code, by: Cast.native).error == .invalidGrant)
    }

    @Test func `Case 59: the challenge is not its own verifier`() throws {
        #expect(try redeeming(Fields.redeem().with("code_verifier", Cast.challenge)).error == .invalidGrant)
    }

    @Test(arguments: [(0, true), (3, true), (4, true), (5, false), (6, false), (1000, false)])
    func `Case 61: five wrong verifiers burn a code`(failures: Int, usable: Bool) throws {
        let outcome = try redeeming(.redeem(), Cast.code(failures: failures))
        #expect((outcome.response != nil) == usable)
        if !usable {
            #expect(outcome.error == .invalidGrant)
            #expect(outcome.effects.isEmpty)
        }
    }

    @Test func `Case 61: only wrong verifiers of the right client count, up to five, and revoke nothing`() throws {
        let wrong = Fields.redeem().with("code_verifier", Cast.wrongVerifier)
        #expect(try redeeming(wrong, Cast.code(failures: 4)).sketch == ["failure of cod_one"])
        #expect(try redeeming(wrong, Cast.code(failures: 5)).effects.isEmpty)
        #expect(try redeeming(wrong, by: Cast.client(id: "app_other", clientID: "gw_id_other")).effects.isEmpty)
        let used = Cast.code(redeemedAt: Cast.now, family: Cast.family, failures: 0)
        #expect(try redeeming(wrong, used).effects.isEmpty)
    }
}
