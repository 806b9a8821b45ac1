import OAuth
import Portal
import Testing

@Suite("Who may know what of a token")
struct IntrospectionDecisionTests {
    private static let app = ID<Entity.Client>("app_roster")

    private func access(
        _ scopes: String = "people:read", _ role: Role = .admin,
        ofApp app: ID<Entity.Client>? = IntrospectionDecisionTests.app,
        actsAsItself: Bool = false
    ) -> Access {
        Access(
            member: Cast.member(role), scopes: ScopeSet(parsing: scopes) ?? ScopeSet(),
            sensitive: ScopeDescription.sensitive,
            credential: app.map { .accessToken(family: ID("fam_1"), app: $0) } ?? .developerToken(ID("tok_1")),
            issuedAt: Cast.now, expiresAt: nil,
            app: app.map { Access.Caller(clientID: ClientID("gw_id_" + $0.text), actsAsItself: actsAsItself) })
    }

    private func client(_ id: ID<Entity.Client> = app, _ kind: Client.Kind = .confidential) throws
        -> AuthenticatedClient
    {
        let client = Client(
            id: id, clientID: ClientID("gw_id_x"), name: "x", kind: kind, redirectURIs: [], pkceRequired: true,
            tokenFormat: .v2, allowedScopes: ScopeSet())
        var random = SystemRandomNumberGenerator()
        let secret = Secret<ClientSecretKind>.random(using: &random).reveal()
        let body = "client_id=gw_id_x" + (kind == .public ? "" : "&client_secret=" + secret)
        let credentials = try ClientCredentials.read(
            authorizationHeaders: [], body: try ParameterList(query: body), query: .empty)
        return try authenticate(credentials, as: client) { _ in ID("sec_1") }.get()
    }

    private func answer(_ access: Access, to introspector: Introspector, at slug: Slug? = Cast.acme.slug)
        -> ActiveToken?
    {
        let response = introspect(
            .live(access), for: introspector, at: slug, issuer: { "https://gate.example/t/" + $0.slug.text },
            catalogue: { ScopeDescription.catalogue.map(\.scope) })
        if case .active(let token) = response { return token }
        return nil
    }

    private static let api = Introspector.resourceServer(ID("api_1"), tenant: nil)

    @Test func `Case 100: an app sees its own tokens only`() throws {
        let roster = Introspector.app(try client())
        #expect(answer(access(), to: roster) != nil)
        #expect(answer(access(ofApp: ID("app_leech")), to: roster) == nil)
        #expect(answer(access(ofApp: nil), to: roster) == nil)
    }

    @Test func `Case 100: an API of one tenant sees that tenant's, one of all tenants everybody's`() {
        #expect(answer(access(), to: Self.api) != nil && answer(access(ofApp: nil), to: Self.api) != nil)
        let (ours, theirs) = (Cast.acme.id, Cast.globex.id)
        #expect(answer(access(), to: .resourceServer(ID("api_1"), tenant: ours)) != nil)
        #expect(answer(access(), to: .resourceServer(ID("api_1"), tenant: theirs)) == nil)
    }

    @Test func `Case 100: another tenant's address knows nothing of it, the portal's own does`() {
        #expect(answer(access(), to: Self.api, at: Cast.globex.slug) == nil)
        #expect(answer(access(), to: Self.api, at: nil)?.tenant == "acme")
    }

    @Test func `Case 99: a public app may not ask`() throws {
        #expect(Introspector(try client(Self.app, .public)) == nil)
        #expect(Introspector(try client()) != nil)
    }

    @Test func `Case 101: what is expired or unknown is inactive`() {
        for check in [AccessCheck.expired, .unknown] {
            let response = introspect(check, for: Self.api, at: nil, issuer: { _ in "" }, catalogue: { [] })
            #expect(!response.isActive)
        }
    }

    @Test func `RFC 7662 §5: an app learns no address that it was not allowed to read`() throws {
        let roster = Introspector.app(try client())
        #expect(answer(access("people:read"), to: roster)?.username == nil)
        #expect(answer(access("account:read"), to: roster)?.username == Cast.ada.email)
        #expect(answer(access("people:read"), to: Self.api)?.username == Cast.ada.email)
    }

    @Test func `an app that acts as itself is its own subject, and names nobody`() {
        let token = answer(access("account:read", actsAsItself: true), to: Self.api)
        #expect(token?.subject == "gw_id_app_roster" && token?.username == nil)
        #expect(answer(access(), to: Self.api)?.subject == Cast.ada.id.text)
    }

    @Test func `Case 118: scope says what the token may do now, not what was granted once`() {
        #expect(answer(access("people:read people:write"), to: Self.api)?.scopes.text == "people:read people:write")
        #expect(answer(access("people:read people:write", .member), to: Self.api)?.scopes.text == "people:read")
    }

    @Test func `default is spelled out, and for a member it is not everything`() {
        let all = "account:read billing:manage default people:read people:write tags:read tags:write"
        #expect(answer(access("default"), to: Self.api)?.scopes.text == all)
        #expect(answer(access("default", .member), to: Self.api)?.scopes.text == "account:read people:read tags:read")
    }
}
