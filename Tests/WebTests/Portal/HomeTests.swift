import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing

@Suite struct HomeTests {
    @Test func `Strangers see the front page and the scopes`() async throws {
        let site = try await TestSite()
        #expect(try await site.browser().get("/").contains("http://127.0.0.1:8080/v2/me"))
        let scopes = try await site.browser().get("/scopes")
        #expect(scopes.status == 200)
        #expect(scopes.contains("people:write"))
        let answer = try await site.browser().get("/dashboard")
        #expect(answer.location == "/login?next=%2Fdashboard")
    }

    @Test func `The dashboard's checklist follows what is true`() async throws {
        let site = try await TestSite()
        let ada = try site.cast.ada
        let browser = try await site.browser(signedInAs: ada)
        let first = try await browser.get("/dashboard")
        #expect(first.contains("2 of 6"))
        #expect(first.contains("href=\"/t/acme\""))
        #expect(!first.contains("Waiting for your first call"))

        let member = try #require(try site.store.membership(of: ada.person.id, in: site.cast.acme.id))
        let scopes = try #require(ScopeSet(parsing: "account:read"))
        let token = Secret<OAuth.DeveloperToken>.random()
        _ = try await site.store.makeBeyondQuota(
            DeveloperTokenDraft(
                member: member, description: "Old laptop", scopes: scopes, expiresAt: site.clock.now + 3 * 86_400),
            token: token, letter: Letter(kind: .tokenCreated, recipient: ada.email, subject: "x", body: "x"),
            at: site.clock.now)
        let second = try await browser.get("/dashboard")
        #expect(second.contains("3 of 6"))
        #expect(second.contains("Waiting for your first call"))
        #expect(second.contains("“Old laptop” expires in 3 days."))

        let bearer = [("Authorization", "Bearer " + token.reveal())]
        #expect(try await site.send(.get, "/v2/me", headers: bearer).status == 200)
        try await site.store.flushUses()
        let third = try await browser.get("/dashboard")
        #expect(third.contains("4 of 6"))
        #expect(!third.contains("Waiting for your first call"))
    }

    @Test func `Case 256: files come from one folder only`() async throws {
        for isDemo in [false, true] {
            let site = try await TestSite(isDemo: isDemo)
            let css = try await site.send(.get, "/assets/app.css?v=v1")
            #expect(css.status == 200)
            #expect(css.headers[.contentType] == "text/css; charset=utf-8")
            #expect(css.headers[.cacheControl] == (isDemo ? "no-cache" : "public, max-age=31536000, immutable"))
            // A cookie in an answer that caches may keep is everybody's cookie.
            #expect(css.setCookies.isEmpty)
            #expect(try await site.send(.get, "/assets/app.css?v=v0").headers[.cacheControl] == "no-cache")
            #expect(try await site.send(.get, "/assets/favicon.svg").headers[.contentType] == "image/svg+xml")
            for path in [
                "/assets/../Package.swift", "/assets/..%2f..%2fPackage.swift", "/assets/%2e%2e/%2e%2e/Package.swift",
                "/assets//etc/passwd", "/assets/..", "/assets/.", "/assets/.hidden.css", "/assets/...css",
                "/assets/App.css",
                "/assets/app.css/", "/assets/app.css%00", "/assets/app.css;x", "/assets/nothing.css", "/assets/app",
                "/assets/",
                "/assets/..\\app.css", "/assets/sub/app.css",
            ] {
                #expect(try await site.send(.get, path).status == 404, "\(path)")
            }
        }
    }
}
