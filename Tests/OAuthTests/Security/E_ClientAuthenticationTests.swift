import OAuth
import Testing

@Suite("Security E · Client authentication")
struct ClientAuthenticationCases {
    private let right = Cast.secret(ClientSecretKind.self, seed: 1)
    private let wrong = Cast.secret(ClientSecretKind.self, seed: 2)

    /// Authenticates with the right secret known to storage; nil when it succeeded.
    private func error(headers: [String] = [], body: [(String, String)] = [], as client: Client? = Cast.roster)
        -> OAuthError?
    {
        do throws(OAuthError) {
            let credentials = try ClientCredentials.read(
                authorizationHeaders: headers, body: try Fields(pairs: body).list, query: .empty)
            let result = authenticate(credentials, as: client) { $0.reveal() == right.reveal() ? Cast.secretID : nil }
            _ = try result.get()
            return nil
        } catch { return error }
    }

    private func inBody(_ id: String, _ secret: String?) -> [(String, String)] {
        [("client_id", id)] + (secret.map { [("client_secret", $0)] } ?? [])
    }

    @Test func `Case 64: a wrong secret is invalid_client, by Basic and by body`() {
        let byBasic = error(headers: [basic("gw_id_roster", wrong.reveal())])
        #expect(byBasic?.code == .invalidClient)
        #expect(byBasic?.basicChallenge(realm: "x") != nil)
        let byBody = error(body: inBody("gw_id_roster", wrong.reveal()))
        #expect(byBody?.code == .invalidClient)
        #expect(byBody?.status == 401)
        #expect(error(headers: [basic("gw_id_roster", right.reveal())]) == nil)
        #expect(error(body: inBody("gw_id_roster", right.reveal())) == nil)
    }

    @Test func `Case 65: an unknown client and a wrong secret are the same refusal`() {
        for secret in [wrong.reveal(), "x", "", Cast.secret(AccessToken.self).reveal()] {
            #expect(
                error(headers: [basic("gw_id_roster", secret)], as: nil)
                    == error(headers: [basic("gw_id_roster", secret)]))
            #expect(error(body: inBody("gw_id_roster", secret), as: nil) == error(body: inBody("gw_id_roster", secret)))
        }
        #expect(error(body: inBody("gw_id_roster", wrong.reveal()), as: nil)?.code == .invalidClient)
        // An unknown client is not let in by a secret that exists somewhere.
        #expect(error(body: inBody("gw_id_roster", right.reveal()), as: nil)?.code == .invalidClient)
    }

    @Test func `Case 65: the digest is computed for an unknown client too`() throws {
        var asked = 0
        let body = try Fields(pairs: inBody("gw_id_nobody", wrong.reveal())).list
        let credentials = try ClientCredentials.read(authorizationHeaders: [], body: body, query: .empty)
        _ = authenticate(credentials, as: nil) { _ in
            asked += 1
            return nil
        }
        #expect(asked == 1)
    }

    @Test func `the candidate must be the client that was named`() {
        let other = Cast.client(id: "app_other", clientID: "gw_id_other")
        #expect(error(body: inBody("gw_id_roster", right.reveal()), as: other)?.code == .invalidClient)
    }

    @Test(arguments: [
        "Basic", "Basic ", "Basic  Z3c6eA==", "Basic\tZ3c6eA==", "BasicZ3c6eA==", "Basic !!!!", "Basic Z3c6eA",
        "Basic Z3c6eA== ", "Basic " + base64("nocolon"), "Basic " + base64(":secret"),
        "Basic " + base64([0xFF, 0x3A, 0x78]),
        "Basic " + base64("a%zz:b"), "Basic " + base64("a:b%"), "Basic " + base64("a\u{0}:b"),
        "Basic " + base64("a:b%00"),
        "Basic " + base64("a%ff:b"), "Basic " + base64(String(repeating: "a", count: 64 * 1024) + ":b"), "", " ",
        "Bearer x", "Digest x", "Basic " + base64("a:b") + "," + base64("a:b"),
    ])
    func `Case 66: a malformed header is refused with 401, never more`(header: String) {
        let refusal = error(headers: [header])
        #expect(refusal?.code == .invalidClient)
        #expect(refusal?.triedBasic == true)
    }

    @Test func `Case 66: two Authorization headers are refused`() {
        let header = basic("gw_id_roster", right.reveal())
        #expect(error(headers: [header, header])?.code == .invalidRequest)
        #expect(error(headers: [header, "Bearer x"])?.code == .invalidRequest)
    }

    @Test func `Case 67: two methods are refused even when both are right`() {
        let header = basic("gw_id_roster", right.reveal())
        #expect(error(headers: [header], body: inBody("gw_id_roster", right.reveal()))?.code == .invalidRequest)
        #expect(error(headers: [header], body: inBody("gw_id_roster", wrong.reveal()))?.code == .invalidRequest)
    }

    @Test func `Case 69: a secret in the URL is refused, right or wrong`() throws {
        for secret in [right.reveal(), "x", ""] {
            let query = try Fields(pairs: [("client_secret", secret)]).list
            let body = try Fields(pairs: inBody("gw_id_roster", right.reveal())).list
            #expect(
                code { try ClientCredentials.read(authorizationHeaders: [], body: body, query: query) }
                    == .invalidRequest)
        }
    }

    @Test(arguments: [nil, "", " ", "null", "undefined", "0"])
    func `Case 70: a confidential client without its secret is nobody`(secret: String?) {
        #expect(error(body: inBody("gw_id_roster", secret))?.code == .invalidClient)
        #expect(error(headers: [basic("gw_id_roster", secret ?? "")])?.code == .invalidClient)
    }

    @Test func `Case 70: a NUL in a secret is refused`() {
        #expect(error(body: inBody("gw_id_roster", "\u{0}"))?.code == .invalidRequest)
        #expect(error(body: inBody("gw_id_roster", right.reveal() + "\u{0}"))?.code == .invalidRequest)
    }

    @Test func `Case 70: a verifier does not make a confidential client a public one`() {
        #expect(
            error(body: inBody("gw_id_roster", nil) + [("code_verifier", Cast.verifier), ("code", "x")])?.code
                == .invalidClient)
    }

    @Test func `Case 71: a public client that sends a secret is refused, not tolerated`() {
        for secret in [right.reveal(), wrong.reveal(), "x", " "] {
            #expect(error(body: inBody("gw_id_native", secret), as: Cast.native)?.code == .invalidClient)
            #expect(error(headers: [basic("gw_id_native", secret)], as: Cast.native)?.code == .invalidClient)
        }
        #expect(error(body: inBody("gw_id_native", nil), as: Cast.native) == nil)
        #expect(error(headers: [basic("gw_id_native", "")], as: Cast.native) == nil, "an empty password is none")
    }

    @Test func `Case 72: whichever live secret matched is named, so its last use can be shown`() throws {
        for id in [ID<Entity.ClientSecret>("sec_old"), ID("sec_new")] {
            let body = try Fields(pairs: inBody("gw_id_roster", right.reveal())).list
            let credentials = try ClientCredentials.read(authorizationHeaders: [], body: body, query: .empty)
            #expect(try authenticate(credentials, as: Cast.roster) { _ in id }.get().secret == id)
        }
    }

    @Test func `Case 74: what cannot be a secret is never looked up`() throws {
        for secret in [
            "x", Cast.secret(AccessToken.self).reveal(), String(right.reveal().dropLast()), right.reveal() + " ",
        ] {
            let body = try Fields(pairs: inBody("gw_id_roster", secret)).list
            let credentials = try ClientCredentials.read(authorizationHeaders: [], body: body, query: .empty)
            _ = authenticate(credentials, as: Cast.roster) { _ in
                Issue.record("it was looked up")
                return nil
            }
        }
    }

    @Test func `Case 75: a client assertion is refused even beside a right secret`() {
        let body = inBody("gw_id_roster", right.reveal())
        #expect(error(body: body + [("client_assertion", "eyJ")])?.code == .invalidClient)
        #expect(
            error(body: body + [("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")])?
                .code == .invalidClient)
    }

    @Test func `Case 76: a client_id is made here, in its own namespace`() {
        var random = SplitMix64(seed: 1)
        let ids = (0..<200).map { _ in ClientID.random(using: &random) }
        #expect(Set(ids).count == 200)
        #expect(ids.allSatisfy { $0.text.hasPrefix("gw_id_") })
        #expect(!ID<Entity.Person>.random(using: &random).text.hasPrefix("gw_"))
    }
}
