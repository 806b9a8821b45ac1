import OAuth
import Testing

@Suite("Security J · Consent")
struct ConsentCases {
    private enum Role { case admin, member }

    private func step(
        _ fields: Fields = .authorize, client: Client = Cast.roster, signedIn: Instant? = Cast.now,
        role: Role? = .admin,
        granted: String? = nil, since: Instant? = nil, at now: Instant = Cast.now
    ) throws -> NextStep {
        nextStep(
            for: try fields.read(for: client),
            signedIn: signedIn.map { SignedIn(person: Cast.ada, authenticatedAt: $0) },
            permission: role.map { Permission($0 == .admin ? .may : .needsAdmin) },
            grantedScopes: granted.map(Cast.set), reauthenticatedSince: since, at: now)
    }

    private func refused(_ step: NextStep) -> OAuthError.Code? {
        if case .refuse(let refusal) = step { refusal.redirected } else { nil }
    }

    private let both = Fields.authorize.with("scope", "people:read people:write")

    @Test func `the ladder: sign in, be a member, be an admin, consent, and only then allow`() throws {
        #expect(try step(signedIn: nil, role: nil) == .signIn)
        #expect(try step(signedIn: nil, role: .admin, granted: "people:read") == .signIn)
        #expect(try step(role: nil) == .notAMember)
        #expect(try step(role: nil, granted: "people:read") == .notAMember)
        #expect(try step(role: .member) == .notAnAdmin)
        #expect(try step(role: .member, granted: "people:read") == .notAnAdmin)
        #expect(try step() == .askConsent(new: Cast.set("people:read"), already: ScopeSet()))
        #expect(try step(granted: "people:read") == .allow)
    }

    @Test(arguments: [("people:read", "people:write", "people:read"), ("account:read", "people:read people:write", "")])
    func `Case 131: a new scope is asked for, and shown as what is new`(granted: String, new: String, already: String)
        throws
    {
        #expect(try step(both, granted: granted) == .askConsent(new: Cast.set(new), already: Cast.set(already)))
    }

    @Test func `Case 131: asking for less than was granted asks nothing`() throws {
        #expect(try step(granted: "people:read people:write account:read") == .allow)
    }

    @Test func `Case 131: a grant of nothing covers nothing`() throws {
        #expect(try step(granted: "") == .askConsent(new: Cast.set("people:read"), already: ScopeSet()))
    }

    @Test func `Case 127: Deny goes back as access_denied with state and iss, and no code`() throws {
        let request = try Fields.authorize.read()
        let url = callbackURL(
            request.redirectURI, error: OAuthError(.accessDenied, "the person said no"), state: request.state,
            issuer: Cast.issuer)
        let list = try ParameterList(query: String(try #require(url.split(separator: "?").last)))
        #expect(try list.required(Parameter("error")) == "access_denied")
        #expect(try list.required(.state) == "af0ifjsldkj")
        #expect(try list.required(Parameter("iss")) == Cast.issuer)
        #expect(!list.mentions(.code))
    }

    @Test func `Case 128: prompt=none shows nothing`() throws {
        let silent = Fields.authorize.with("prompt", "none")
        #expect(refused(try step(silent, signedIn: nil)) == .loginRequired)
        #expect(refused(try step(silent, role: nil)) == .accessDenied)
        #expect(refused(try step(silent, role: .member, granted: "people:read")) == .accessDenied)
        #expect(refused(try step(silent)) == .consentRequired)
        #expect(refused(try step(both.with("prompt", "none"), granted: "people:read")) == .consentRequired)
        #expect(try step(silent, granted: "people:read") == .allow)
    }

    @Test func `Case 128: its errors carry the state and go to the verified address`() throws {
        let request = try Fields.authorize.with("prompt", "none").read()
        guard
            case .refuse(.redirect(_, let uri, let state)) = try step(
                Fields.authorize.with("prompt", "none"), signedIn: nil)
        else {
            Issue.record("it is another step")
            return
        }
        #expect(uri == request.redirectURI)
        #expect(state == "af0ifjsldkj")
    }

    @Test func `Case 128: prompt=none never answers for a public client`() throws {
        let silent = Fields.authorize.with("client_id", "gw_id_native").without("redirect_uri").with("prompt", "none")
        #expect(refused(try step(silent, client: Cast.native, granted: "people:read")) == .consentRequired)
    }

    @Test(arguments: ["login", "select_account", "login consent"])
    func `Case 129: prompt=login wants a sign-in that this flow asked for`(prompt: String) throws {
        let fields = Fields.authorize.with("prompt", prompt)
        let old = Cast.now - 10
        #expect(try step(fields, signedIn: old, granted: "people:read") == .signIn)
        // Another tab's older sign-in does not complete the flow.
        #expect(try step(fields, signedIn: old, granted: "people:read", since: Cast.now - 5) == .signIn)
        #expect(try step(fields, signedIn: Cast.now - 4, granted: "people:read", since: Cast.now - 5) != .signIn)
        #expect(try step(fields, signedIn: Cast.now - 5, granted: "people:read", since: Cast.now - 5) != .signIn)
    }

    @Test(
        arguments: [
            ("300", 300, true), ("300", 301, false), ("300", 0, true), ("0", 0, false), ("0", 1, false),
            ("300", -60, true),
            ("999999999", 86_400, true),
        ] as [(String, Int64, Bool)])
    func `Case 129: max_age bounds the age of the sign-in`(maxAge: String, age: Int64, fresh: Bool) throws {
        let fields = Fields.authorize.with("max_age", maxAge)
        let step = try step(fields, signedIn: Cast.now - age, granted: "people:read")
        #expect(step == (fresh ? .allow : .signIn))
        let silent = try self.step(fields.with("prompt", "none"), signedIn: Cast.now - age, granted: "people:read")
        #expect(refused(silent) == (fresh ? nil : .loginRequired))
    }

    @Test func `Case 129: signing in again satisfies max_age=0`() throws {
        let fields = Fields.authorize.with("max_age", "0")
        #expect(try step(fields, signedIn: Cast.now, granted: "people:read", since: Cast.now - 1) == .allow)
        #expect(try step(fields, signedIn: Cast.now - 2, granted: "people:read", since: Cast.now - 1) == .signIn)
    }

    @Test func `Case 129: prompt=consent asks although it was granted`() throws {
        #expect(
            try step(Fields.authorize.with("prompt", "consent"), granted: "people:read")
                == .askConsent(new: ScopeSet(), already: Cast.set("people:read")))
    }

    @Test(arguments: [
        (Client.Kind.confidential, "https://roster.example/callback", true),
        (.confidential, "https://127.0.0.1:8443/cb", false), (.confidential, "http://127.0.0.1:3000/cb", false),
        (.confidential, "http://localhost:3000/cb", false), (.confidential, "https://localhost/cb", false),
        (.public, "https://roster.example/callback", false), (.public, "http://127.0.0.1/cb", false),
        (.public, "http://[::1]/cb", false), (.public, "com.example.app:/cb", false),
    ])
    func `Case 130: consent is remembered only for confidential clients with https callbacks`(
        kind: Client.Kind, callback: String, remembered: Bool
    ) throws {
        let client = Cast.client(kind: kind, callbacks: [callback])
        let step = try step(Fields.authorize.with("redirect_uri", callback), client: client, granted: "people:read")
        #expect(step == (remembered ? .allow : .askConsent(new: ScopeSet(), already: Cast.set("people:read"))))
    }

    @Test func `Case 138: a member who is not an admin gets no consent page`() throws {
        for granted in [nil, "people:read", "people:read people:write account:read"] {
            #expect(try step(role: .member, granted: granted) == .notAnAdmin)
        }
    }
}
