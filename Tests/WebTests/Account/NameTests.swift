import Storage
import Testing
import Web

@Suite struct NameTests {
    @Test func `A person changes their name; what is no name is refused and shown again`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        #expect(try await ada.get("/account").contains("href=\"/account/name\""))
        for typed in ["", " ", "Ada\u{202E}"] {
            let page = try await ada.submit("/account/name", ["name": typed], on: "/account/name")
            #expect(page.status == 422 && page.contains("There is a problem"), "\(typed)")
        }
        let saved = try await ada.submit("/account/name", ["name": "Ada King"], on: "/account/name")
        #expect(saved.location == "/account")
        let account = try await ada.get("/account")
        #expect(account.contains("Your name is changed.") && account.contains("Ada King"))
        #expect(try await ada.get("/account/activity").contains("Changed the name"))
    }

    @Test(arguments: [
        ("mailto:help@example.com", "help@example.com"),
        ("https://example.com/help?a=b", "https://example.com/help?a=b"),
    ])
    func `Where to ask for help stands at the foot of pages and on error pages`(text: String, shown: String) throws {
        var layout = Layout()
        let renderer = try PageRenderer(templatesFolder: TestSite.root + "/Templates")
        #expect(try !renderer.render(ErrorPage.sample, in: layout).contains(">Help</a>"))
        layout.support = SupportAddress(text)
        let page = try renderer.render(ErrorPage.sample, in: layout)
        #expect(page.contains("href=\"\(text)\">\(shown)</a>") && page.contains("href=\"\(text)\">Help</a>"))
    }

    @Test(arguments: [
        "", "help@example.com", "http://example.com", "mailto:", "javascript:alert(1)", "https://a b", "https://a\"",
    ])
    func `What is no place to ask for help is refused`(text: String) { #expect(SupportAddress(text) == nil) }
}
