import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing

@Suite struct DocsTests {
    private static let pages = [
        "/docs", "/docs/quickstart", "/docs/authentication", "/docs/connect", "/docs/api", "/docs/errors", "/scopes",
    ]

    @Test func `Everybody can read the docs, signed in or not, and finds them from every page`() async throws {
        let site = try await TestSite()
        for browser in [site.browser(), try await site.browser(signedInAs: site.cast.lin)] {
            for path in Self.pages { #expect(try await browser.get(path).status == 200, "\(path)") }
            for path in ["/", "/docs/errors", "/nowhere"] {
                #expect(try await browser.get(path).contains("href=\"/docs\""), "\(path)")
            }
        }
    }

    @Test func `The quick start holds the reader's own workspace and app, and nobody else's`() async throws {
        let site = try await TestSite()
        let app = try site.cast.rosterSync.app
        let lin = try await site.browser(signedInAs: site.cast.lin).get("/docs/quickstart")
        #expect(lin.contains(app.clientID) && lin.contains("http://127.0.0.1:8080/t/northwind"))
        #expect(lin.contains("https%3A%2F%2Froster.example%2Fcallback"))
        #expect(lin.contains("/tokens/new?tenant=northwind"))
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let hers = try await ada.get("/docs/quickstart?app=\(app.id.text)&workspace=northwind")
        #expect(!hers.contains(app.clientID) && !hers.contains("/t/northwind") && hers.contains("/t/acme"))
        let stranger = try await site.browser().get("/docs/quickstart?app=\(app.id.text)&workspace=acme")
        #expect(!stranger.contains(app.clientID) && stranger.contains("YOUR_CLIENT_ID"))
        #expect(stranger.contains("/t/your-workspace") && !stranger.contains("/t/acme"))
        for page in [lin, hers, stranger] { #expect(Browser.secret("gw_cs_", in: page.body) == nil) }
    }

    @Test func `The reader chooses among their workspaces and apps`() async throws {
        let site = try await TestSite()
        let draft = TenantDraft(name: "Choir", slug: try #require(Slug("choir")))
        _ = try await site.store.openTenantBeyondQuota(
            draft, kind: .standard, admin: site.cast.lin.person.id, at: site.clock.now)
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let second = try await lin.register("Second App")
        let page = try await lin.get("/docs/quickstart?workspace=choir&app=\(second.id)")
        #expect(page.contains("/t/choir") && page.contains(second.clientID))
        #expect(try await lin.get("/docs/quickstart?workspace=northwind").contains("http://127.0.0.1:8080/t/northwind"))
    }

    @Test func `The error reference has every word of the protocol and of the API, each with something to do`()
        async throws
    {
        let site = try await TestSite()
        let page = try await site.browser().get("/docs/errors")
        for code in OAuthError.Code.allCases { #expect(page.contains("<tr id=\"\(code.rawValue)\">")) }
        let token = try await site.browser(signedInAs: site.cast.ada).makeToken(scopes: ["account:read"]).token
        let bearer = ("Authorization", "Bearer \(token)")
        var answers = [
            try await site.send(.get, "/v2/me"),
            try await site.send(.get, "/v2/me", headers: [("Authorization", "Bearer gw_dt_nothing")]),
            try await site.send(.get, "/t/acme/api/v1/people", headers: [bearer]),
            try await site.send(.get, "/v2/me", headers: [bearer, ("Accept", "text/html")]),
            try await site.send(.get, "/v2/nothing", headers: [bearer]),
            try await site.send(.put, "/v2/me", headers: [bearer]),
        ]
        let writer = try await site.browser(signedInAs: site.cast.ada).makeToken(
            scopes: ["people:read", "people:write"])
        let headers = [("Authorization", "Bearer \(writer.token)")]
        let people = "/t/acme/api/v1/people"
        answers += [
            try await site.send(.post, people, headers: headers, body: Array("x=1".utf8)),
            try await site.send(
                .post, people, headers: headers + [("Content-Type", "application/json")], body: Array("{}".utf8)),
            try await site.send(.get, people + "/4711", headers: headers),
            try await site.send(.get, people + "?limit=0", headers: headers),
        ]
        site.clock.move(by: 91 * 86_400)
        answers.append(try await site.send(.get, "/v2/me", headers: [bearer]))
        var seen: Set<String> = []
        for answer in answers {
            let code = try #require(answer.json["code"] as? String, "\(answer.status) \(answer.body)")
            #expect(page.contains("<tr id=\"api-\(code)\"><th scope=\"row\"><code>\(code)</code>"), "\(code)")
            #expect(page.contains("\(answer.status) "), "\(code)")
            seen.insert(code)
        }
        #expect(seen.count >= 9, "\(seen)")
    }

    @Test func `A refused authorization request leads its developer to the error's line`() async throws {
        let site = try await TestSite()
        let page = try await site.browser().get("/t/acme/oauth/authorize?client_id=gw_id_unknown")
        #expect(page.status == 400 && page.contains("href=\"/docs/errors#invalid_request\""))
    }

    @Test func `The app's page names the workspace its examples go to, whichever is asked for`() async throws {
        let site = try await TestSite()
        let app = try site.cast.rosterSync.app
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let own = try await lin.get("/apps/\(app.id.text)")
        #expect(own.contains("WORKSPACE=northwind") && own.contains("openssl dgst -sha256"))
        #expect(own.contains("import urllib") || own.contains("urllib.request"))
        let other = try await lin.get("/apps/\(app.id.text)?at=acme")
        #expect(other.contains("WORKSPACE=acme") && other.contains("http://127.0.0.1:8080/t/acme"))
        for hostile in ["$(id)", "a\"b", "ACME", "x"] {
            let page = try await lin.get("/apps/\(app.id.text)?at=\(Browser.encode(hostile))")
            #expect(page.contains("WORKSPACE=northwind"), "\(hostile)")
        }
    }

    @Test func `An app's examples call what its scopes allow`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        for (scope, call) in [("account:read", "/api/v1/me"), ("people:write", "first_name")] {
            let app = try await lin.register("Only \(scope)", scopes: [scope])
            let page = try await lin.get("/apps/\(app.id)")
            #expect(page.contains(call), "\(scope)")
        }
    }
}
