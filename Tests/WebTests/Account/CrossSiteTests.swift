import OAuth
import Portal
import Storage
import Testing

@Suite struct CrossSiteTests {
    /// What a request says of where it came from, none of which is one of our own pages.
    static let foreign: [[(String, String)]] = [
        [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")],
        [("Sec-Fetch-Site", "same-site"), ("Origin", "http://127.0.0.1:8080")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Origin", "https://evil.example")],
        [("Origin", "null")],
        [("Origin", "http://127.0.0.1:8081")],
        [("Origin", "http://127.0.0.1:8080.evil.example")],
        [],
    ]

    @Test(arguments: CrossSiteTests.foreign.indices)
    func `Case 122: a consent that was not sent from our page gives no code`(index: Int) async throws {
        let site = try await TestSite()
        let browser = try await site.browser(signedInAs: site.cast.ada)
        let page = try await browser.get(try site.authorizePath())
        let ticket = try #require(page.hidden("ticket"))
        let fields = [("ticket", ticket), ("decision", "allow"), ("csrf", page.csrf ?? "")]
        let answer = try await browser.post(
            "/t/acme/oauth/authorize", fields, headers: CrossSiteTests.foreign[index])
        #expect(answer.status == 403)
        #expect(answer.location == nil)
        #expect(try site.engine.read { try $0.rows("SELECT id FROM authorization_codes").isEmpty })
        #expect(try site.engine.read { try $0.rows("SELECT id FROM grants").isEmpty })
        // The ticket was not used up: the person's own answer still counts.
        let own = try await browser.post("/t/acme/oauth/authorize", fields)
        #expect(own.status == 303)
        #expect(own.location?.hasPrefix("https://roster.example/callback?") == true)
        #expect(own.location?.contains("code=gw_ac_") == true)
    }

    @Test func `Case 122: a consent without the form's token, or with another session's, gives no code`() async throws {
        let site = try await TestSite()
        let browser = try await site.browser(signedInAs: site.cast.ada)
        let ticket = try #require(try await browser.get(try site.authorizePath()).hidden("ticket"))
        let foreign = try #require(try await site.browser(signedInAs: site.cast.mallory).get("/account").csrf)
        for csrf in ["", "0", foreign] {
            let answer = try await browser.post(
                "/t/acme/oauth/authorize", [("ticket", ticket), ("decision", "allow"), ("csrf", csrf)])
            #expect(answer.status == 403)
            #expect(answer.location == nil)
        }
        #expect(try site.engine.read { try $0.rows("SELECT id FROM authorization_codes").isEmpty })
    }

    @Test func `Case 181: nobody can be signed in from another site`() async throws {
        let site = try await TestSite()
        let (email, password) = (try site.cast.mallory.email, try site.cast.mallory.password)
        for headers in CrossSiteTests.foreign where !headers.isEmpty {
            let browser = site.browser()
            let answer = try await browser.submit(
                "/login", ["email": email, "password": password], headers: headers)
            #expect(answer.status == 403, "\(headers)")
            #expect(browser.session == nil)
        }
        // Without the form's token, or with that of the attacker's own browser, it is not our form either.
        let attackers = try #require(try await site.browser().get("/login").csrf)
        for csrf in ["", attackers] {
            let browser = site.browser()
            _ = try await browser.get("/login")
            let answer = try await browser.post("/login", [("email", email), ("password", password), ("csrf", csrf)])
            #expect(answer.status == 403)
            #expect(browser.session == nil)
        }
    }
}
