import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("RFC 6749 §4.4 · Client credentials, through the server")
struct ClientCredentialsGrantTests {
    @Test func `§4.4.3: an app that an admin let in gets a token for itself, and no refresh token`() async throws {
        let site = try await TestSite()
        _ = try await site.tokens(scope: "people:read people:write")
        let answer = try await site.ownToken(scope: "people:read")
        #expect(answer.status == 200 && answer.header("Cache-Control") == "no-store")
        #expect(Set(answer.json.keys) == ["access_token", "token_type", "expires_in", "scope", "created_at"])
        #expect(answer.json["expires_in"] as? Int == 3600 && answer.json["scope"] as? String == "people:read")
        let token = try #require(answer.json["access_token"] as? String)
        #expect(try await site.works(token))
        site.clock.move(by: 3600)
        #expect(try await site.call("/t/acme/api/v1/people", token).error == "token_expired")
    }

    @Test func `§5.2: without an admin's grant, at another tenant, beyond the grant, as a public app: refused`()
        async throws
    {
        let site = try await TestSite()
        #expect(try await site.ownToken().error == "unauthorized_client")
        _ = try await site.tokens(scope: "people:read")
        #expect(try await site.ownToken(at: "globex").error == "unauthorized_client")
        #expect(try await site.ownToken(scope: "people:write").error == "invalid_scope")
        #expect(try await site.ownToken(scope: "a  b").error == "invalid_scope")
        let open = try await site.browser(signedInAs: site.cast.lin).register(kind: "public")
        let answer = try await site.token([("grant_type", "client_credentials"), ("client_id", open.clientID)])
        #expect(answer.status == 400 && answer.error == "unauthorized_client")
    }

    @Test func `it is the app, and nobody else: introspection and forward authentication name no person`() async throws
    {
        let site = try await TestSite()
        _ = try await site.tokens(scope: "people:read")
        let token = try #require(try await site.ownToken().json["access_token"] as? String)
        let answer = try await site.introspect(token, by: try await site.api())
        #expect(answer.json["sub"] as? String == (try site.roster.id) && answer.json["username"] == nil)
        let gate = try await site.call("/auth/verify?scope=people:read", token)
        #expect(gate.status == 200 && gate.header("X-Auth-Person") == "")
        #expect(gate.header("X-Auth-App") == (try site.roster.id))
    }

    @Test func `Case 107: it ends with the grant, and with the admin's rights`() async throws {
        let site = try await TestSite()
        _ = try await site.tokens(scope: "people:read")
        let token = try #require(try await site.ownToken().json["access_token"] as? String)
        let person = try site.cast.ada.person.id
        let grant = try #require(try site.store.grants(of: person).first)
        #expect(try await site.store.revokeGrant(grant.id, in: site.cast.acme.id, of: person, at: site.clock.now))
        #expect(try await !site.works(token))
        #expect(try await site.ownToken().error == "unauthorized_client")
        _ = try await site.tokens(scope: "people:read")
        #expect(try await site.ownToken().status == 200)
        try await site.store.addMember(person, to: site.cast.acme.id, as: .member, at: site.clock.now)
        #expect(try await site.ownToken().error == "unauthorized_client")
    }

    @Test func `asking often leaves one family, and revoking one token leaves the others`() async throws {
        let site = try await TestSite()
        _ = try await site.tokens(scope: "people:read")
        var tokens: [String] = []
        for _ in 0..<5 { tokens.append(try #require(try await site.ownToken().json["access_token"] as? String)) }
        let row = try site.engine.read { db in try db.row("SELECT count(*) AS number FROM token_families") }
        #expect(try #require(row).integer("number") == 2)
        #expect(try await site.revoke(tokens[0]).status == 200)
        #expect(try await !site.works(tokens[0]))
        for token in tokens.dropFirst() { #expect(try await site.works(token)) }
    }

    @Test func `forty at once all get a token, under one family`() async throws {
        let site = try await TestSite()
        _ = try await site.tokens(scope: "people:read")
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<40 { group.addTask { try await site.ownToken().status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 40))
    }
}
