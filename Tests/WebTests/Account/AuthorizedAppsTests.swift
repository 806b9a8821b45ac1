import Foundation
import Testing

@Suite struct AuthorizedAppsTests {
    @Test func `What a person allowed is listed and can be taken back, by nobody else`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        #expect(try await ada.get("/account/apps").status == 200)
        let page = try await ada.get(try site.authorizePath())
        let answer = try await ada.post(
            "/t/acme/oauth/authorize",
            [("ticket", page.hidden("ticket") ?? ""), ("decision", "allow"), ("csrf", page.csrf ?? "")])
        #expect(answer.status == 303)
        let list = try await ada.get("/account/apps")
        #expect(list.contains("Roster Sync") && list.contains("roster.example") && list.contains("people:read"))
        let path = "/account/apps/acme/" + (try #require(list.value(after: "href=\"/account/apps/acme/")))

        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        #expect(try await mallory.get(path).status == 404)
        #expect(try await mallory.submit(path, on: "/account").status == 404)
        #expect(try await ada.get(path.replacingOccurrences(of: "/acme/", with: "/globex/")).status == 404)

        #expect(try await ada.submit(path).location == "/account/apps")
        #expect(try await !ada.get("/account/apps").contains("Roster Sync"))
        #expect(try await ada.get(path).status == 404)
    }
}
