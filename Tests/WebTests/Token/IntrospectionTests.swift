import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("RFC 7662 · Introspection, through the server")
struct IntrospectionEndpointTests {
    private static let inactive = #"{"active":false}"#

    @Test func `§2.2: an app's token, as the API behind sees it`() async throws {
        let site = try await TestSite()
        let token = try await site.tokens(scope: "people:read people:write").access
        let answer = try await site.introspect(token, by: try await site.api())
        #expect(answer.status == 200 && answer.header("Content-Type") == "application/json")
        #expect(answer.header("Cache-Control") == "no-store")
        let now = Int(site.clock.now.seconds)
        #expect(answer.json["active"] as? Bool == true)
        #expect(answer.json["scope"] as? String == "people:read people:write")
        #expect(answer.json["client_id"] as? String == (try site.cast.rosterSync.app.clientID))
        #expect(answer.json["token_type"] as? String == "Bearer")
        #expect(answer.json["iat"] as? Int == now && answer.json["exp"] as? Int == now + 86_400)
        #expect(answer.json["sub"] as? String == (try site.cast.ada.person.id.text))
        #expect(answer.json["username"] as? String == (try site.cast.ada.email))
        #expect(answer.json["iss"] as? String == "http://127.0.0.1:8080/t/acme")
        #expect(answer.json["tenant"] as? String == "acme")
        #expect(answer.json.count == 10)
    }

    @Test func `§2.2: a person's own token has no client_id, and says when it ends`() async throws {
        let site = try await TestSite()
        let grace = try await site.browser(signedInAs: site.cast.grace).makeToken()
        let answer = try await site.introspect(grace.token, by: try await site.api())
        #expect(answer.isActive == true && answer.json["client_id"] == nil && answer.json["exp"] is Int)
        #expect(answer.json["sub"] as? String == (try site.cast.grace.person.id.text))
    }

    @Test func `§2.1: form or JSON, by Basic or in the body`() async throws {
        let site = try await TestSite()
        let token = try await site.tokens().access
        let api = try await site.api()
        let path = "/t/acme/oauth/introspect"
        #expect(try await site.post(path, [("token", token)], headers: [api.basic]).isActive == true)
        let hint = [("token", token), ("token_type_hint", "refresh_token")]
        #expect(try await site.post(path, hint, headers: [api.basic]).isActive == true)
        let json = #"{"token":"\#(token)","client_id":"\#(api.id)","client_secret":"\#(api.secret)"}"#
        let sent = try await site.send(
            .post, path, headers: [("Content-Type", "application/json")], body: Array(json.utf8))
        #expect(sent.isActive == true)
        #expect(try await site.send(.get, path).status == 405)
    }

    @Test func `Case 99: without credentials, with a public app's name or a wrong secret, 401`() async throws {
        let site = try await TestSite()
        let token = try await site.tokens().access
        let open = try await site.browser(signedInAs: site.cast.lin).register(kind: "public")
        let api = try await site.api()
        let wrong = Secret<ClientSecretKind>.random().reveal()
        for fields in [
            [("client_id", open.clientID)], [("client_id", api.id)], [("client_id", api.id), ("client_secret", wrong)],
            [("client_id", api.id), ("client_secret", try site.roster.secret)],
            [("client_id", "gw_rs_0000000000000000"), ("client_secret", api.secret)],
            [("client_id", try site.roster.id), ("client_secret", api.secret)],
        ] {
            let answer = try await site.post("/t/acme/oauth/introspect", [("token", token)] + fields)
            #expect(answer.status == 401 && answer.error == "invalid_client")
            #expect(answer.header("WWW-Authenticate")?.hasPrefix("Basic ") == true)
        }
        let none = try await site.post("/t/acme/oauth/introspect", [("token", token)])
        #expect([400, 401].contains(none.status) && none.isActive == nil)
        let bearer = try await site.post(
            "/t/acme/oauth/introspect", [("token", token)], headers: [("Authorization", "Bearer \(token)")])
        #expect([400, 401].contains(bearer.status) && bearer.isActive == nil)
    }

    @Test func `Case 73, 99: guessing an API's secret is slowed at that address`() async throws {
        let site = try await TestSite()
        let api = try await site.api()
        let wrong = Credentials(id: api.id, secret: Secret<ClientSecretKind>.random().reveal())
        for _ in 0..<20 { #expect(try await site.introspect("x", by: wrong).status == 401) }
        #expect(try await site.introspect("x", by: api).status == 429)
    }

    @Test func `Case 100: another app's and another tenant's token are exactly what an unknown one is`() async throws {
        let site = try await TestSite()
        let token = try await site.tokens().access
        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        let leech = try await mallory.register("Leech")
        let own = try await mallory.makeToken(at: "globex").token
        let outsider = Credentials(id: leech.clientID, secret: leech.secret)
        let unknown = try await site.introspect(Secret<AccessToken>.random().reveal(), by: outsider)
        #expect(unknown.body == Self.inactive)
        for (text, who, tenant) in [
            (token, outsider, "acme"), (own, outsider, "globex"),
            (token, try await site.api(of: site.cast.globex), "acme"),
            (token, try await site.api(), "globex"), (token, try site.roster, "globex"),
        ] {
            let answer = try await site.introspect(text, by: who, at: tenant)
            #expect(answer.everything(hiding: "-") == unknown.everything(hiding: "-"))
        }
        #expect(try await site.introspect(token, by: try site.roster).isActive == true)
        #expect(try await site.introspect(token, by: try await site.api(of: site.cast.acme)).isActive == true)
    }

    @Test func `Case 101: expired, revoked, truncated, a refresh token, a code: inactive and nothing else`()
        async throws
    {
        let site = try await TestSite()
        let api = try await site.api()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let tokens = try await site.tokens()
        let gone = try await ada.makeToken()
        try await ada.submit("/tokens/\(gone.id)/revoke", ["reason": "x"])
        for text in [
            gone.token, String(tokens.access.dropLast()), tokens.refresh, try await ada.code(), "", " ", "\u{e9}",
            try site.roster.secret, String(repeating: "a", count: 8000),
        ] {
            let answer = try await site.introspect(text, by: api)
            #expect(answer.body == Self.inactive || (text.isEmpty && answer.error == "invalid_request"))
        }
        site.clock.move(by: 86_400)
        #expect(try await site.introspect(tokens.access, by: api).body == Self.inactive)
    }

    @Test func `Case 102: a token in the address is refused, and called exposed`() async throws {
        let site = try await TestSite()
        let token = try await site.tokens().access
        let answer = try await site.post("/t/acme/oauth/introspect?token=\(token)", try await site.api().fields)
        #expect(answer.status == 400 && answer.error == "invalid_request" && answer.contains("exposed"))
        #expect(!answer.contains(token))
    }

    @Test(arguments: ["app", "person", "tenant"])
    func `Case 107: a suspension bites at the next question`(kind: String) async throws {
        let site = try await TestSite()
        let api = try await site.api()
        let token = try await site.tokens().access
        #expect(try await site.introspect(token, by: api).isActive == true)
        let subjects = [
            "app": try site.cast.rosterSync.app.id.text, "tenant": try site.cast.acme.id.text,
            "person": try site.cast.ada.person.id.text,
        ]
        try await site.suspend(kind, try #require(subjects[kind]))
        #expect(try await site.post("/oauth/introspect", [("token", token)] + api.fields).body == Self.inactive)
    }

    @Test func `Case 107: an API whose secret was revoked is refused at its next question`() async throws {
        let site = try await TestSite()
        let api = try await site.api()
        let id = try #require(try site.store.resourceServers().first).id
        #expect(try await site.store.revoke(id, by: site.cast.olga.person, at: site.clock.now))
        #expect(try await site.introspect("x", by: api).status == 401)
    }

    @Test func `Case 118: what the person lost is no longer in scope`() async throws {
        let site = try await TestSite()
        let token = try await site.tokens(scope: "people:read people:write").access
        try await site.store.addMember(
            site.cast.ada.person.id, to: site.cast.acme.id, as: .member, at: site.clock.now)
        let answer = try await site.introspect(token, by: try await site.api())
        #expect(answer.json["scope"] as? String == "people:read")
    }

    @Test func `RFC 7662 §5: an app that may not read addresses gets none`() async throws {
        let site = try await TestSite()
        let narrow = try await site.tokens(scope: "people:read").access
        let answer = try await site.introspect(narrow, by: try site.roster)
        #expect(answer.isActive == true && !answer.contains("@"))
    }

    @Test func `the portal's own address answers an API of all tenants, and says which tenant`() async throws {
        let site = try await TestSite()
        let token = try await site.tokens().access
        let other = try await site.browser(signedInAs: site.cast.mallory).makeToken(at: "globex").token
        let api = try await site.api()
        for (text, tenant) in [(token, "acme"), (other, "globex")] {
            let answer = try await site.post("/oauth/introspect", [("token", text)] + api.fields)
            #expect(answer.json["tenant"] as? String == tenant)
            #expect(answer.json["iss"] as? String == "http://127.0.0.1:8080/t/\(tenant)")
        }
        let bound = try await site.api(of: site.cast.acme)
        #expect(try await site.post("/oauth/introspect", [("token", other)] + bound.fields).isActive == false)
    }

    @Test func `a tenant's own host answers like its path`() async throws {
        let site = try await TestSite()
        let token = try await site.tokens().access
        let api = try await site.api()
        let fields = [("token", token)] + api.fields
        #expect(try await site.post("/oauth/introspect", fields, host: "acme.localhost:8080").isActive == true)
        #expect(try await site.post("/oauth/introspect", fields, host: "globex.localhost:8080").isActive == false)
        #expect(try await site.post("/t/nowhere/oauth/introspect", fields).status == 404)
    }
}
