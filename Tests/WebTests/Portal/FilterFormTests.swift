import Foundation
import Testing
import Web

@Suite struct FilterFormTests {
    @Test(arguments: ["/operator/audit", "/t/acme/audit", "/t/acme/env/dev/activity"])
    func `A day that is none is said below its field, and the other fields stay in their row`(path: String)
        async throws
    {
        let site = try await TestSite()
        let somebody = path.hasPrefix("/operator") ? try site.cast.olga : try site.cast.ada
        let browser = try await site.browser(signedInAs: somebody)
        // Opening them makes the environments.
        if path.hasPrefix("/t/acme/env") { _ = try await browser.get("/t/acme/env") }
        let page = try await browser.get(path + "?from=yesterday&until=2031-01-01")
        #expect(page.status == 422)
        let fields = page.body.components(separatedBy: "<label for=\"field-from\">")
        let from = try #require(fields.last?.components(separatedBy: "</div>").first)
        let input = try #require(from.range(of: "value=\"yesterday\"")?.lowerBound)
        let error = try #require(from.range(of: "<p class=\"err\" id=\"err-from\">")?.lowerBound)
        #expect(fields.count == 2 && input < error)
        #expect(page.body.components(separatedBy: "<div class=\"bad\">").count == 2)
    }

    @Test func `Whoever is somebody else just now is told so where a page is not theirs, as where there is none`()
        async throws
    {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        for path in ["/t/acme/audit", "/t/nowhere/audit", "/operator", "/nowhere"] {
            let page = try await lin.get(path)
            #expect(page.status == 404, "\(path)")
            #expect(page.contains("signed in as <b><bdi>lin@northwind.example</bdi></b>"), "\(path)")
            #expect(page.hidden("next") == path, "\(path)")
        }
        #expect(try await !site.browser().get("/nowhere").contains("You are signed in"))
    }

    @Test func `A log that is narrowed by a day alone does not say that it is narrowed to somebody`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        // Events that nobody did, but the server itself: it makes the environments.
        _ = try await ada.get("/t/acme/env")
        #expect(try await ada.get("/t/acme/audit").contains("Gatewright"))
        for query in ["?from=2020-01-01", "?from=yesterday", "?area=environment"] {
            let page = try await ada.get("/t/acme/audit" + query)
            #expect(!page.contains("<span class=\"tag mute\">By"), "\(query)")
            #expect(!page.contains("<span class=\"tag mute\">About"), "\(query)")
            #expect(page.contains(">Show everything</a>"), "\(query)")
        }
    }
}
