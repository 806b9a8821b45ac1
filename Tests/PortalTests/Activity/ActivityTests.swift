import Foundation
import OAuth
import Portal
import Testing

@Suite("Activity · what an app's owner reads")
struct ActivityTests {
    private let app = ID<Entity.Client>("app_one")

    private func event(_ error: OAuthError, _ query: String = "", detail: String = "") throws -> AppEvent {
        .refusal(
            of: .token, by: error, detail: detail, app: app, tenant: nil, request: try ParameterList(query: query),
            from: "198.51.100.7", at: Instant(seconds: 1))
    }

    @Test func `of a request only the names that the protocol knows are kept`() throws {
        let kept = try event(
            OAuthError(.invalidGrant, "the code has expired"),
            "grant_type=authorization_code&code=gw_ac_secret&client_secret=gw_cs_secret&buy=this")
        #expect(kept.received == "grant_type, code, client_secret")
        #expect(kept.what == "The code has expired.")
        #expect(kept.addressHint == "198.51.100.…")
        #expect(!"\(kept)".contains("gw_"))
    }

    @Test func `names of parameters keep their case, and tenants are workspaces`() throws {
        #expect(try event(OAuthError(.invalidRequest, "code_verifier is missing")).what == "code_verifier is missing.")
        #expect(try event(OAuthError(.invalidScope, "scope is wrong")).what == "scope is wrong.")
        let stranger = try event(OAuthError(.accessDenied, "the person is not a member of this tenant"))
        #expect(!stranger.what.contains("tenant"))
    }

    @Test(arguments: OAuthError.Code.allCases)
    func `every error has something to do about it`(code: OAuthError.Code) throws {
        for kind in AppEvent.Kind.allCases {
            let advice = Advice.on(OAuthError(code, "no sentence of ours"), in: kind)
            #expect(advice.hasSuffix(".") && advice.utf8.count > 20)
        }
    }

    @Test func `a refusal with advice of its own gets it`() throws {
        let general = Advice.on(OAuthError(.invalidGrant, "x"), in: .token)
        for sentence: StaticString in [
            "the code has expired", "the code was used before", "code_verifier is missing",
            "redirect_uri is not the one of the authorization request",
        ] {
            #expect(Advice.on(OAuthError(.invalidGrant, sentence), in: .token) != general, "\(sentence)")
        }
    }

    @Test func `every sentence with advice of its own is one that an error has`() throws {
        let sources = URL(fileURLWithPath: #filePath).pathComponents.prefix { $0 != "Tests" } + ["Sources"]
        let root = NSString.path(withComponents: Array(sources))
        let files = try FileManager.default.subpathsOfDirectory(atPath: root).filter { path in
            ["OAuth/", "Storage/", "Web/"].contains { path.hasPrefix($0) } && path.hasSuffix(".swift")
        }
        let text = try files.map { try String(contentsOfFile: root + "/" + $0, encoding: .utf8) }.joined()
        #expect(Advice.special.count > 20)
        for (sentence, _) in Advice.special { #expect(text.contains("\"\(sentence)\""), "\(sentence)") }
    }

    @Test(
        arguments: [
            ("198.51.100.7", "198.51.100.…"), ("2001:db8:1:2::3", "2001:db8:1:…"), ("::1", "this computer"),
            ("unknown", ""), ("<script>", ""), ("1.2.3", ""), ("", ""),
        ])
    func `an address is kept only as far as it does not name somebody`(address: String, hint: String) {
        #expect(AddressHint.of(address) == hint)
    }

    @Test(
        arguments: [
            ("https://a.example/cb/", "one slash more"), ("http://a.example/cb", "http, not https"),
            ("https://a.example/CB", "Capital and small"), ("https://a.example/cb?x=1", "has a query"),
            ("https://a.example/c", "then it differs"), ("ftp://elsewhere", "like none of them"),
        ])
    func `in what a callback differs is said without repeating it`(sent: String, says: String) {
        let sentence = CallbackDifference.sentence(sent, from: ["https://a.example/cb"])
        #expect(sentence.contains(says), "\(sentence)")
        #expect(!sentence.contains("elsewhere") && !sentence.contains("x=1"))
    }

    @Test func `days are counted in UTC, before 1970 too`() {
        #expect(Instant(seconds: 0).day == 0 && Instant(seconds: 86_399).day == 0 && Instant(seconds: 86_400).day == 1)
        #expect(Instant(seconds: -1).day == -1 && Instant(seconds: -86_400).day == -1)
    }
}

@Suite("Apps · hints for their owners")
struct AppHintTests {
    private let now = Instant(seconds: 1_800_000_000)

    private func app(
        kind: Client.Kind = .confidential, pkce: Bool = true, format: Client.TokenFormat = .v2,
        callbacks: [String] = ["https://a.example/cb"]
    ) -> App {
        App(
            id: ID("app_one"), clientID: "gw_id_one",
            owner: .init(id: ID("per_lin"), name: "Lin", email: "lin@a.example"),
            details: AppDetails(
                name: "One", description: "Does one thing for the tests.", homepage: "https://a.example/",
                callbacks: callbacks, kind: kind, pkceRequired: pkce, tokenFormat: format, scopes: ScopeSet()),
            createdAt: now, updatedAt: now, isSuspended: false)
    }

    private func secret(_ hint: String, made: Int64 = 0, used: Int64? = nil) -> ClientSecretSummary {
        ClientSecretSummary(
            id: ID("sec_\(hint)"), hint: hint, createdBy: "Lin", createdAt: now - made,
            lastUsedAt: used.map { now - $0 }, expiresAt: nil)
    }

    @Test func `an app in order has none`() {
        #expect(app().hints(secrets: [secret("a", made: 60, used: 5)], direct: nil, at: now) == [])
        #expect(app(kind: .public).hints(secrets: [], direct: nil, at: now) == [])
    }

    @Test func `each thing that is wrong is said`() {
        #expect(app(callbacks: []).hints(secrets: [secret("a", used: 1)], direct: nil, at: now) == [.noCallback])
        #expect(app(pkce: false).hints(secrets: [secret("a", used: 1)], direct: nil, at: now) == [.pkceOptional])
        #expect(app(format: .v1).hints(secrets: [secret("a", used: 1)], direct: nil, at: now) == [.neverExpiringTokens])
        #expect(app().hints(secrets: [], direct: nil, at: now) == [.noSecret])
        let flow = DirectFlow(lifetime: .hour, turnedOnAt: now, turnedOnBy: "Lin")
        #expect(app().hints(secrets: [secret("a", used: 1)], direct: flow, at: now) == [.directFlowOn])
    }

    @Test func `a secret nobody uses is asked about after a day, an old one once the new one is in use`() {
        #expect(app().hints(secrets: [secret("new", made: 86_399)], direct: nil, at: now) == [])
        #expect(
            app().hints(secrets: [secret("new", made: 86_400)], direct: nil, at: now) == [.secretNeverUsed(hint: "new")]
        )
        let both = [secret("new", made: 10, used: 1), secret("old", made: 1000, used: 500)]
        #expect(app().hints(secrets: both, direct: nil, at: now) == [.oldSecretToEnd(hint: "old")])
        let unused = [secret("new", made: 10), secret("old", made: 1000, used: 500)]
        #expect(app().hints(secrets: unused, direct: nil, at: now) == [])
    }
}
