import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite struct BearerTests {
    @Test func `RFC 6750 §3: a call without a token is 401 with a challenge and no error code`() async throws {
        let site = try await TestSite()
        for path in ["/v2/me", "/t/acme/api/v1/people", "/t/acme/api/v1/me"] {
            let answer = try await site.send(.get, path)
            #expect(answer.status == 401 && answer.error == "unauthorized")
            #expect(answer.header("WWW-Authenticate") == "Bearer realm=\"api\"")
        }
    }

    @Test func `RFC 6750 §3.1: an expired token says so in words of its own`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens(scope: "account:read")
        site.clock.move(by: 86_399)
        #expect(try await site.call("/v2/me", tokens.access).status == 200)
        site.clock.move(by: 1)
        let answer = try await site.call("/v2/me", tokens.access)
        #expect(answer.status == 401)
        #expect(answer.body == #"{"code":"token_expired","message":"Your access token has expired."}"#)
        #expect(answer.header("WWW-Authenticate")?.contains("error=\"invalid_token\"") == true)
    }

    @Test func `RFC 6750 §3.1: an unknown, bent, revoked or foreign token get one and the same 401`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let revoked = try await ada.makeToken("Old one")
        try await ada.submit("/tokens/\(revoked.id)/revoke", ["reason": "x"])
        let elsewhere = try await site.browser(signedInAs: site.cast.mallory).makeToken(at: "globex").token
        let tokens = try await site.tokens()
        var answers: [String] = []
        for token in [
            revoked.token, elsewhere, "nonsense", Secret<AccessToken>.random().reveal(), tokens.refresh,
            Secret<OAuth.DeveloperToken>.random().reveal(), try site.cast.rosterSync.secret,
        ] {
            let answer = try await site.call("/t/acme/api/v1/people", token)
            #expect(answer.status == 401 && answer.error == "invalid_token")
            #expect(
                answer.header("WWW-Authenticate")?.hasPrefix("Bearer realm=\"api\", error=\"invalid_token\"") == true)
            answers.append(answer.everything(hiding: token))
        }
        #expect(Set(answers).count == 1)
    }

    @Test func `RFC 6750 §3.1: a missing scope is 403 and named in the challenge`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens(scope: "account:read")
        let answer = try await site.call("/t/acme/api/v1/people", tokens.access)
        #expect(answer.status == 403 && answer.error == "insufficient_scope")
        let challenge = try #require(answer.header("WWW-Authenticate"))
        #expect(challenge.contains("error=\"insufficient_scope\"") && challenge.contains("scope=\"people:read\""))
    }

    @Test func `Case 109: a bearer token comes once, in the header, under a scheme of any case`() async throws {
        let site = try await TestSite()
        let token = try await site.browser(signedInAs: site.cast.ada).makeToken().token
        let path = "/t/acme/api/v1/people"
        func status(_ headers: [(String, String)], query: String = "") async throws -> Int {
            try await site.send(.get, path + query, headers: headers).status
        }
        #expect(try await status([("Authorization", "bEaReR \(token)")]) == 200)
        #expect(try await status([("Authorization", "Bearer \(token)"), ("Authorization", "Bearer \(token)")]) == 400)
        #expect(try await status([("Authorization", "Bearer \(token)")], query: "?access_token=\(token)") == 400)
        #expect(try await status([], query: "?access_token=\(token)") == 400)
        for value in ["Bearer", "Bearer ", "Bearer \(token) x", "Bearer \(token),", "Token \(token)", "Basic \(token)"]
        {
            let answer = try await site.send(.get, path, headers: [("Authorization", value)])
            #expect(
                [400, 401].contains(answer.status) && answer.header("WWW-Authenticate") != nil, "\(value.prefix(8))")
        }
        let body = try await site.send(
            .post, path, headers: [TestSite.form], body: Array("access_token=\(token)".utf8))
        #expect([400, 401].contains(body.status))
    }

    @Test func `Case 110, 111: a session is nothing at the API, a token nothing on pages`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let token = try await ada.makeToken().token
        for path in ["/v2/me", "/t/acme/api/v1/people", "/t/acme/api/v1/me"] {
            let answer = try await ada.get(path)
            #expect(answer.status == 401 && answer.setCookies.isEmpty, "\(path)")
        }
        let asPassword = Data("\(token):".utf8).base64EncodedString()
        for path in ["/dashboard", "/tokens", "/account", "/t/acme"] {
            #expect(try await site.call(path, token).location?.hasPrefix("/login") == true, "\(path)")
        }
        #expect(try await site.send(.get, "/v2/me", headers: [("Authorization", "Basic \(asPassword)")]).status == 401)
    }

    @Test func `Case 119: a token makes no tokens and no apps`() async throws {
        let site = try await TestSite()
        let token = try await site.browser(signedInAs: site.cast.ada).makeToken().token
        for path in ["/tokens", "/apps", "/tenants"] {
            let answer = try await site.send(
                .post, path, headers: [("Authorization", "Bearer \(token)"), TestSite.form], body: Array("name=x".utf8))
            #expect(answer.location?.hasPrefix("/login") == true || answer.status == 403, "\(path)")
        }
        #expect(try site.count("developer_tokens") == 1)
    }

    @Test func `Case 120, 148: a token of one tenant is nothing at another`() async throws {
        let site = try await TestSite()
        let developer = try await site.browser(signedInAs: site.cast.ada).makeToken().token
        let access = try await site.tokens(scope: "account:read people:read").access
        for token in [developer, access] {
            #expect(try await site.call("/t/acme/api/v1/people", token).status == 200)
            for slug in ["globex", "northwind", "nowhere"] {
                #expect(try await site.call("/t/\(slug)/api/v1/people", token).status == 401)
                #expect(try await site.call("/t/\(slug)/api/v1/me", token).status == 401)
            }
        }
    }

    @Test func `Case 118: what a token may do ends with its owner's rights`() async throws {
        let site = try await TestSite()
        let access = try await site.tokens(scope: "people:read people:write").access
        let body = Array(#"{"first_name":"New"}"#.utf8)
        let headers = [("Authorization", "Bearer \(access)"), ("Content-Type", "application/json")]
        #expect(try await site.send(.post, "/t/acme/api/v1/people", headers: headers, body: body).status == 201)
        let person = try site.cast.ada.person.id
        try await site.engine.write { db in
            _ = try db.run("UPDATE members SET role = 'member' WHERE person_id = \(person)")
        }
        #expect(try await site.send(.post, "/t/acme/api/v1/people", headers: headers, body: body).status == 403)
        #expect(try await site.call("/t/acme/api/v1/people", access).status == 200)
        try await site.engine.write { db in _ = try db.run("DELETE FROM members WHERE person_id = \(person)") }
        #expect(try await site.call("/t/acme/api/v1/people", access).status == 401)
    }

    @Test(arguments: [
        ("text/html", 406), ("application/xml", 406), ("*/*", 200), ("application/json", 200),
        ("text/html, application/*;q=0.1", 200),
    ])
    func `RFC 9110 §12.5.1: who cannot read JSON gets 406`(accept: String, status: Int) async throws {
        let site = try await TestSite()
        let token = try await site.browser(signedInAs: site.cast.ada).makeToken().token
        let answer = try await site.send(
            .get, "/v2/me", headers: [("Authorization", "Bearer \(token)"), ("Accept", accept)])
        #expect(answer.status == status)
        if status == 406 { #expect(answer.error == "not_acceptable" && answer.json["message"] is String) }
    }

    @Test func `after 250 calls in ten seconds a token has to wait`() async throws {
        let site = try await TestSite()
        let token = try await site.browser(signedInAs: site.cast.ada).makeToken().token
        for _ in 0..<250 { #expect(try await site.call("/v2/me", token).status == 200) }
        let answer = try await site.call("/v2/me", token)
        #expect(answer.status == 429 && answer.error == "rate_limited")
        #expect(Int(answer.header("Retry-After") ?? "") ?? 0 >= 1)
        site.clock.move(by: 10)
        #expect(try await site.call("/v2/me", token).status == 200)
    }
}
