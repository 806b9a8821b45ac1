import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("The API · /v2.1/token")
struct HeldTokensTests {
    private func tokens(_ answer: Answer) -> [[String: Any]] { answer.json["tokens"] as? [[String: Any]] ?? [] }

    private func delete(_ site: TestSite, _ id: String?, _ token: String) async throws -> Answer {
        try await site.send(
            .delete, "/v2.1/token" + (id.map { "/" + $0 } ?? ""), headers: [("Authorization", "Bearer " + token)])
    }

    @Test func `a person's token lists theirs and their apps', with meta.user_uri`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let mine = try await ada.makeToken("CI deploy")
        _ = try await site.tokens(scope: "people:read")
        let answer = try await site.call("/v2.1/token", mine.token)
        #expect(answer.status == 200)
        let listed = tokens(answer)
        #expect(Set(listed.compactMap { $0["application"] as? String }) == ["CI deploy", "Roster Sync"])
        let app = try #require(listed.first { $0["kind"] as? String == "app" })
        #expect(app["application_owner"] as? String == (try site.cast.lin.person.name))
        #expect(app["scopes"] as? [String] == ["people:read"])
        #expect((app["created_date"] as? String)?.hasSuffix("Z") == true)
        let meta = try #require(answer.json["meta"] as? [String: Any])
        #expect(meta["count"] as? Int == 2 && meta["total"] as? Int == 2)
        #expect(meta["user_uri"] as? String == "http://127.0.0.1:8080/t/acme/api/v1/people/me")
        let uri = try #require(app["token_uri"] as? String)
        let one = try await site.call(String(uri.dropFirst(site.site.settings.base.text.count)), mine.token)
        #expect(tokens(one).count == 1 && tokens(one).first?["token"] as? String == app["token"] as? String)
    }

    @Test func `an app sees what it holds itself, and nothing else of the person's`() async throws {
        let site = try await TestSite()
        _ = try await site.browser(signedInAs: site.cast.ada).makeToken()
        let access = try await site.tokens(scope: "account:read").access
        let listed = tokens(try await site.call("/v2.1/token", access))
        #expect(listed.count == 1 && listed.first?["application"] as? String == "Roster Sync")
    }

    @Test func `Case 139: other people's and other tenants' tokens are not listed, shown or ended`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada).makeToken()
        let grace = try await site.browser(signedInAs: site.cast.grace).makeToken()
        #expect(tokens(try await site.call("/v2.1/token", grace.token)).count == 1)
        for id in [ada.id, "tok_0000000000000000", "fam_0000000000000000"] {
            #expect(try await site.call("/v2.1/token/" + id, grace.token).status == 404)
            #expect(try await delete(site, id, grace.token).status == 404)
        }
        #expect(try await site.works(ada.token))
    }

    @Test func `DELETE of one's own token needs no scope; 204, and it is dead`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let bare = try await ada.makeToken("Reader", scopes: ["people:read"])
        let answer = try await delete(site, nil, bare.token)
        #expect(answer.status == 204 && answer.location == "/v2.1/token" && answer.body.isEmpty)
        #expect(try await !site.works(bare.token))
        let access = try await site.tokens(scope: "people:read").access
        #expect(try await delete(site, nil, access).status == 204)
        #expect(try await !site.works(access))
        #expect(try await delete(site, nil, access).status == 401)
    }

    @Test func `a token made for reading ends no other; one that stands for everything does`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let other = try await ada.makeToken("Other")
        let reader = try await ada.makeToken("Reader")
        let refused = try await delete(site, other.id, reader.token)
        #expect(refused.status == 403 && refused.error == "insufficient_scope")
        #expect(refused.header("WWW-Authenticate")?.contains("scope=\"default\"") == true)
        #expect(try await site.works(other.token))
        let full = try await ada.makeToken("All", scopes: ["default"])
        #expect(try await delete(site, other.id, full.token).status == 204)
        #expect(try await !site.works(other.token))
    }

    @Test func `an app ends a token that it holds`() async throws {
        let site = try await TestSite()
        let first = try await site.tokens(scope: "account:read people:read")
        let second = try await site.tokens(scope: "account:read people:read")
        let listed = tokens(try await site.call("/v2.1/token", second.access))
        #expect(listed.count == 2)
        for token in listed {
            let id = try #require(token["token"] as? String)
            _ = try await delete(site, id, second.access)
        }
        for token in [first.access, second.access] { #expect(try await site.call("/v2.1/token", token).status == 401) }
    }

    @Test func `the list comes in pages`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        var token = ""
        for number in 1...5 { token = try await ada.makeToken("Number \(number)").token }
        let first = try await site.call("/v2.1/token?resultsperpage=2", token)
        #expect(tokens(first).count == 2)
        let next = try #require((first.json["meta"] as? [String: Any])?["next_page"] as? String)
        #expect(next.hasSuffix("?start=2&resultsperpage=2"))
        let last = try await site.call("/v2.1/token?start=4&resultsperpage=2", token)
        #expect(tokens(last).count == 1 && !last.contains("next_page") && last.contains("prev_page"))
        #expect(tokens(try await site.call("/v2.1/token?resultsperpage=0", token)).count == 5)
        let rest = try await site.call("/v2.1/token?start=2&resultsperpage=0", token)
        let previous = (rest.json["meta"] as? [String: Any])?["prev_page"] as? String
        #expect(tokens(rest).count == 3 && previous?.hasSuffix("?start=0&resultsperpage=0") == true)
        for query in ["start=-1", "start=x", "resultsperpage=101", "start=99999999999999999999"] {
            #expect(try await site.call("/v2.1/token?" + query, token).status == 400)
        }
    }

    @Test func `Case 96: the password grant is not offered, and the answer says what is`() async throws {
        let site = try await TestSite()
        let body = #"{"grant_type":"password","username":"ada","password":"Ada likes long walks"}"#
        let answer = try await site.send(
            .post, "/v2.1/token", headers: [("Content-Type", "application/json")], body: Array(body.utf8))
        #expect(answer.status == 400 && answer.error == "unsupported_grant_type")
        #expect(answer.contains("authorization code") && !answer.contains("long walks"))
    }
}
