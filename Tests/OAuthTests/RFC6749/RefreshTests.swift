import OAuth
import Testing

@Suite("RFC 6749 · §6: refreshing an access token")
struct RefreshTests {
    @Test func `§6: a right request gets a new pair, and says all that storage has to do`() throws {
        let outcome = try refreshing()
        let response = try #require(outcome.response)
        #expect(response.renewal?.scopes == Cast.set("people:read people:write"))
        #expect(response.renewal?.expiresIn == 86_400)
        #expect(
            outcome.sketch == [
                "rotated 1 streak 0", "refresh 2", "access to people:read people:write until 86400",
            ])
    }

    @Test func `§6: the new refresh token is another one`() throws {
        let old = Cast.secret(RefreshToken.self).reveal()
        #expect(try refreshing().response?.renewal?.refreshToken?.reveal() != old)
    }

    @Test func `§6: the refresh token must have been issued to this client`() throws {
        let other = Cast.client(id: "app_other", clientID: "gw_id_other")
        #expect(try refreshing(by: other).error == .invalidGrant)
    }

    @Test func `§6: an unknown, malformed or foreign kind of token is refused without effects`() throws {
        let presented = [
            "unknown", "", Cast.secret(DeveloperToken.self).reveal(), Cast.secret(AuthorizationCode.self).reveal(),
            Cast.secret(RefreshToken.self).reveal().lowercased(),
        ]
        for text in presented where !text.isEmpty {
            let outcome = try refreshing(Fields.refresh().with("refresh_token", text))
            #expect(outcome.error == .invalidGrant)
            #expect(outcome.effects.isEmpty)
        }
        #expect(try refreshing(.refresh(), nil).error == .invalidGrant)
        #expect(try refreshing(.refresh(), Cast.token(), in: nil).error == .invalidGrant)
    }

    @Test func `§6: scope may be narrower, for the access token only`() throws {
        let outcome = try refreshing(Fields.refresh().with("scope", "people:read"))
        #expect(outcome.response?.renewal?.scopes == Cast.set("people:read"))
        #expect(outcome.sketch == ["rotated 1 streak 0", "refresh 2", "access to people:read until 86400"])
    }

    @Test func `§6: scope must not be wider, and asking for it consumes nothing`() throws {
        for scope in ["people:read people:write account:read", "account:read", "unknown", "PEOPLE:READ"] {
            let outcome = try refreshing(Fields.refresh().with("scope", scope))
            #expect(outcome.error == .invalidScope)
            #expect(outcome.effects.isEmpty)
        }
    }

    @Test func `§6: without scope it is all that was granted`() throws {
        #expect(try refreshing().response?.renewal?.scopes == Cast.family().scopes)
        #expect(try refreshing(Fields.refresh().with("scope", "")).response?.renewal?.scopes == Cast.family().scopes)
    }

    @Test func `§6: a revoked family stays revoked`() throws {
        let outcome = try refreshing(in: Cast.family(revokedAt: Cast.now))
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.effects.isEmpty)
    }

    @Test func `§6: what the token stands for must still be allowed`() throws {
        let outcome = try refreshing(in: Cast.family(grantIsLive: false))
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.effects.isEmpty)
    }

    @Test func `refresh tokens do not expire`() throws {
        #expect(try refreshing(at: Cast.now + 10 * 365 * 86_400).response != nil)
    }

    @Test func `the operator may set an idle limit`() throws {
        let limit: Int64 = 30 * 86_400
        #expect(try refreshing(idleLimit: limit, at: Cast.now + limit - 1).response != nil)
        let late = try refreshing(idleLimit: limit, at: Cast.now + limit)
        #expect(late.error == .invalidGrant)
        #expect(late.effects.isEmpty)
    }
}
