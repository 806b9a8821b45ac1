import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("Forward authentication")
struct ForwardAuthTests {
    private func verify(
        _ site: TestSite, _ query: String = "", _ token: String?, headers: [(String, String)] = []
    ) async throws -> Answer {
        let bearer = token.map { [("Authorization", "Bearer " + $0)] } ?? []
        return try await site.send(.get, "/auth/verify" + query, headers: bearer + headers)
    }

    @Test func `an app's token: who, where, which app, which scopes`() async throws {
        let site = try await TestSite()
        let token = try await site.tokens(scope: "people:read people:write").access
        let answer = try await verify(site, "?scope=people:write&tenant=acme", token)
        #expect(answer.status == 200 && answer.body.isEmpty)
        #expect(answer.header("X-Auth-Tenant") == "acme")
        #expect(answer.header("X-Auth-Person") == (try site.cast.ada.person.id.text))
        #expect(answer.header("X-Auth-App") == (try site.cast.rosterSync.app.clientID))
        #expect(answer.header("X-Auth-Scopes") == "people:read people:write")
        #expect(answer.header("Cache-Control") == "no-store")
    }

    @Test func `a person's own token names no app`() async throws {
        let site = try await TestSite()
        let token = try await site.browser(signedInAs: site.cast.grace).makeToken().token
        let answer = try await verify(site, "?scope=people:read+account:read", token)
        #expect(answer.status == 200 && answer.header("X-Auth-App") == "")
        #expect(answer.header("X-Auth-Scopes") == "account:read people:read")
    }

    @Test func `RFC 6750 §3: without a token 401 and a challenge without an error`() async throws {
        let site = try await TestSite()
        for headers in [[], [("Authorization", "Basic eDp5")], [("Cookie", "gw_session=x")]] {
            let answer = try await verify(site, "?scope=people:read", nil, headers: headers)
            #expect(answer.status == 401 && answer.header("WWW-Authenticate") == "Bearer realm=\"api\"")
        }
    }

    @Test func `RFC 6750 §3.1: unknown, expired, revoked, foreign: one and the same 401`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let gone = try await ada.makeToken()
        try await ada.submit("/tokens/\(gone.id)/revoke", ["reason": "x"])
        let elsewhere = try await site.browser(signedInAs: site.cast.mallory).makeToken(at: "globex").token
        let tokens = try await site.tokens()
        site.clock.move(by: 86_400)
        var seen: Set<String> = []
        for token in [gone.token, elsewhere, tokens.access, tokens.refresh, "x", Secret<AccessToken>.random().reveal()]
        {
            let answer = try await verify(site, "?tenant=acme", token)
            #expect(answer.status == 401)
            #expect(answer.header("WWW-Authenticate")?.contains("error=\"invalid_token\"") == true)
            #expect(answer.headers.allSatisfy { !$0.name.rawName.lowercased().hasPrefix("x-auth") })
            seen.insert(answer.everything(hiding: token))
        }
        #expect(seen.count == 1)
    }

    @Test func `RFC 6750 §3.1: a missing scope is 403, and all that is needed is named`() async throws {
        let site = try await TestSite()
        let token = try await site.tokens(scope: "people:read").access
        let answer = try await verify(site, "?scope=people:read+people:write", token)
        #expect(answer.status == 403)
        let challenge = try #require(answer.header("WWW-Authenticate"))
        #expect(
            challenge.contains("error=\"insufficient_scope\"")
                && challenge.contains("scope=\"people:read people:write\""))
    }

    @Test func `Case 118: a member's token may not write, whatever was granted`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let token = try await ada.makeToken(scopes: ["people:read", "people:write"]).token
        let apps = try await site.tokens(scope: "people:read people:write").access
        try await site.store.addMember(site.cast.ada.person.id, to: site.cast.acme.id, as: .member, at: site.clock.now)
        #expect(try await verify(site, "?scope=people:read", apps).status == 401, "an admin allowed that app")
        #expect(try await verify(site, "?scope=people:write", token).status == 403)
        let answer = try await verify(site, "?scope=people:read", token)
        #expect(answer.status == 200 && answer.header("X-Auth-Scopes") == "people:read")
    }

    @Test func `a malformed header is 401, since proxies know 401 and 403 only`() async throws {
        let site = try await TestSite()
        let token = try await site.tokens().access
        for value in ["Bearer", "Bearer ", "Bearer \(token) x", "Bearer \(token),"] {
            let answer = try await verify(site, nil, headers: [("Authorization", value)])
            #expect(answer.status == 401 && answer.header("WWW-Authenticate") != nil)
        }
        let twice = [("Authorization", "Bearer \(token)"), ("Authorization", "Bearer \(token)")]
        #expect(try await verify(site, nil, headers: twice).status == 401)
    }

    private func verify(_ site: TestSite, _ token: String?, headers: [(String, String)]) async throws -> Answer {
        try await verify(site, "", token, headers: headers)
    }

    @Test(arguments: [
        "?scope=", "?scope=a++b", "?scope=a&scope=b", "?tenant=", "?tenant=Acme", "?tenant=a&tenant=b", "?scope=%00",
        "?scope=%22",
    ])
    func `a proxy that asks wrongly lets nobody through`(query: String) async throws {
        let site = try await TestSite()
        let token = try await site.tokens().access
        #expect(try await verify(site, query, token).status == 400)
    }

    @Test func `a scope that nobody has is refused, not overlooked`() async throws {
        let site = try await TestSite()
        let token = try await site.tokens(scope: "people:read").access
        #expect(try await verify(site, "?scope=people:reed", token).status == 403)
    }

    @Test func `Case 142, 254: what a caller claims in headers opens nothing and changes nothing`() async throws {
        let site = try await TestSite()
        let token = try await site.tokens(scope: "people:read").access
        let claims = [
            ("X-Auth-Tenant", "globex"), ("X-Auth-Person", "per_x"), ("X-Auth-App", "gw_id_x"),
            ("X-Auth-Scopes", "people:write default"), ("X-Original-URI", "/healthz"), ("X-Forwarded-URI", "/healthz"),
            ("X-Forwarded-Method", "OPTIONS"), ("X-Original-Method", "OPTIONS"), ("X-Forwarded-Host", "globex.example"),
            ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Proto", "https"), ("Forwarded", "for=127.0.0.1"),
            ("User-Agent", "kube-probe/1.0"), ("X-HTTP-Method-Override", "OPTIONS"),
        ]
        #expect(try await verify(site, "?scope=people:read", nil, headers: claims).status == 401)
        #expect(try await verify(site, "?scope=people:write", token, headers: claims).status == 403)
        let plain = try await verify(site, "?scope=people:read", token)
        let claimed = try await verify(site, "?scope=people:read", token, headers: claims)
        #expect(claimed.everything(hiding: "-") == plain.everything(hiding: "-"))
    }

    @Test(arguments: ["X-Original-URI", "X-Forwarded-Uri"])
    func `Case 102: a token in the address of the original call is refused`(header: String) async throws {
        let site = try await TestSite()
        let token = try await site.tokens().access
        let address = [(header, "/people?limit=1&access_token=\(token)")]
        #expect(try await verify(site, "", token, headers: address).status == 401)
        #expect(try await verify(site, "", token, headers: [(header, "/people?limit=1&x=%zz")]).status == 200)
        #expect(try await verify(site, "?access_token=\(token)", nil).status == 401)
    }

    @Test func `Case 107: revoked is refused at the next question`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens()
        #expect(try await verify(site, "", tokens.access).status == 200)
        #expect(try await site.revoke(tokens.refresh).status == 200)
        #expect(try await verify(site, "", tokens.access).status == 401)
    }
}
