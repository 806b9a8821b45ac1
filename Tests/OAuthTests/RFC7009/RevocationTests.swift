import OAuth
import Testing

@Suite("RFC 7009 · Token revocation")
struct RevocationTests {
    private static let access = Cast.secret(AccessToken.self).reveal()
    private static let refresh = Cast.secret(RefreshToken.self).reveal()

    private func owned(
        by client: Client = Cast.roster, in tenant: ID<Entity.Tenant> = Cast.acme, isAlone: Bool = false
    ) -> RevocableToken {
        RevocableToken(family: Cast.family, tenant: tenant, client: client.id, isAlone: isAlone)
    }

    private func revoking(
        _ text: String, _ token: RevocableToken?, by client: Client = Cast.roster, hint: String? = nil
    ) throws -> RevocationOutcome {
        let body = "token=" + text + (hint.map { "&token_type_hint=" + $0 } ?? "")
        let request = try RevocationRequest.read(try ParameterList(query: body))
        let authenticated = try #require(Cast.authenticated(client))
        return revoke(request, of: token, by: authenticated, in: Cast.acme, at: Cast.now)
    }

    @Test func `§2.1: a refresh token takes everything of its grant's family along`() throws {
        let outcome = try revoking(Self.refresh, owned())
        #expect(outcome.refusal == nil)
        #expect(outcome.effects.map(\.sketch) == ["fam_one revoked: revoked_by_app"])
    }

    @Test func `§2.1: an access token goes alone; one without end takes its family, of which nothing else lives`()
        throws
    {
        #expect(try revoking(Self.access, owned()).effects.map(\.sketch) == ["access token revoked"])
        #expect(
            try revoking(Self.access, owned(isAlone: true)).effects.map(\.sketch)
                == ["fam_one revoked: revoked_by_app"])
    }

    @Test func `§2.1: a token of another app is refused, and lives on`() throws {
        for text in [Self.access, Self.refresh] {
            let outcome = try revoking(text, owned(by: Cast.native))
            #expect(outcome.refusal?.code == .unauthorizedClient && outcome.effects.isEmpty)
        }
    }

    @Test func `§2.1: a public app may revoke what it was given`() throws {
        let outcome = try revoking(Self.refresh, owned(by: Cast.native), by: Cast.native)
        #expect(outcome.refusal == nil && outcome.effects.count == 1)
    }

    @Test(arguments: ["access_token", "refresh_token", "id_token", "nonsense"])
    func `§2.1: the hint changes nothing, whatever it says`(hint: String) throws {
        #expect(try revoking(Self.refresh, owned(), hint: hint).effects.count == 1)
        #expect(try revoking(Self.access, owned(), hint: hint).effects.count == 1)
    }

    @Test func `§2.2: an unknown token, another tenant's and what can be no token are a success`() throws {
        for (text, token) in [
            (Self.access, nil), (Self.refresh, owned(in: Cast.globex)), ("nonsense", nil),
            (Cast.secret(DeveloperToken.self).reveal(), nil),
        ] {
            let outcome = try revoking(text, token)
            #expect(outcome.refusal == nil && outcome.effects.isEmpty)
        }
    }

    @Test func `§2.2.1: a missing or repeated token is invalid_request`() {
        for body in ["", "token=", "token=a&token=b", "token=a&token_type_hint=x&token_type_hint=y"] {
            #expect(
                refusal { () throws(OAuthError) in try RevocationRequest.read(try ParameterList(query: body)) }
                    == .invalidRequest)
        }
    }
}
