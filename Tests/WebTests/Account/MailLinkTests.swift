import OAuth
import Portal
import Storage
import Testing

@Suite struct MailLinkTests {
    static let new = "a brand new pass phrase"

    /// A site, and a link of Ada's to choose a password.
    private func asked() async throws -> (TestSite, String) {
        let site = try await TestSite()
        try await site.browser().submit("/forgot", ["email": site.cast.ada.email])
        return (site, try site.link("reset", to: site.cast.ada.email))
    }

    @Test func `Case 178: a link to choose a password works once, and signs nobody in`() async throws {
        let (site, link) = try await asked()
        let browser = site.browser()
        let page = try await browser.get(link)
        let weak = try await browser.submit(link, ["password": "short"])
        #expect(weak.status == 422)
        let answer = try await browser.submit(link, ["password": Self.new])
        #expect(answer.status == 303)
        #expect(answer.location == "/login")
        #expect(browser.session == nil)
        #expect(try await browser.get(link).status == 410)
        let again = try await browser.post(link, [("password", "yet another phrase"), ("csrf", page.csrf ?? "")])
        #expect(again.status == 410)
        #expect(try await browser.signIn(site.cast.ada.email, Self.new).status == 303)
    }

    @Test func `Case 178: looking at a link uses nothing up`() async throws {
        let (site, link) = try await asked()
        for _ in 0..<5 { #expect(try await site.browser().get(link).status == 200) }
        #expect(try await site.browser().submit(link, ["password": Self.new]).status == 303)
        try await site.browser().submit("/signup", ["name": "Nora", "email": "nora@new.example", "password": Self.new])
        let other = try site.link("verify", to: "nora@new.example")
        for _ in 0..<5 { #expect(try await site.browser().get(other).status == 200) }
        #expect(try await site.browser().submit(other, ["password": Self.new]).status == 303)
    }

    @Test func `Case 178: a link to a new password ends after an hour, one to confirm an address after a day`()
        async throws
    {
        let (site, link) = try await asked()
        try await site.browser().submit("/signup", ["name": "Nora", "email": "nora@new.example", "password": Self.new])
        let verify = try site.link("verify", to: "nora@new.example")
        let browser = site.browser()
        let csrf = try #require(try await browser.get(link).csrf)
        site.clock.move(by: 3600)
        #expect(try await browser.get(link).status == 410)
        #expect(try await browser.post(link, [("password", Self.new), ("csrf", csrf)]).status == 410)
        #expect(try await browser.get(verify).status == 200)
        site.clock.move(by: 23 * 3600)
        #expect(try await browser.get(verify).status == 410)
        #expect(try await browser.post(verify, [("csrf", csrf)]).status == 410)
    }

    @Test func `Case 178: a link dies when the password is changed, and when a newer one is sent`() async throws {
        let (site, link) = try await asked()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        try await ada.submit(
            "/account/password", ["current_password": site.cast.ada.password, "password": Self.new], on: "/account")
        #expect(try await site.browser().get(link).status == 410)

        site.clock.move(by: 1)
        try await site.browser().submit("/forgot", ["email": site.cast.ada.email])
        let second = try site.link("reset", to: site.cast.ada.email)
        site.clock.move(by: 1)
        try await site.browser().submit("/forgot", ["email": site.cast.ada.email])
        #expect(try await site.browser().get(second).status == 410)
        #expect(try await site.browser().get(site.link("reset", to: site.cast.ada.email)).status == 200)
    }

    @Test func `Case 178: a link of one purpose does not serve another, and an empty one serves none`() async throws {
        let (site, reset) = try await asked()
        try await site.browser().submit("/signup", ["name": "Nora", "email": "nora@new.example", "password": Self.new])
        let verify = try site.link("verify", to: "nora@new.example")
        let browser = site.browser()
        let csrf = try #require(try await browser.get("/login").csrf)
        let swapped = [
            "/reset/" + verify.dropFirst("/verify/".count), "/verify/" + reset.dropFirst("/reset/".count),
            "/reset/gw_ml_", "/reset/x", "/verify/x",
        ]
        for path in swapped {
            #expect(try await browser.get(path).status == 410, "\(path)")
            #expect(try await browser.post(path, [("password", Self.new), ("csrf", csrf)]).status == 410, "\(path)")
        }
        #expect(try await browser.get("/reset").status == 404)
        #expect(try await browser.get("/reset/").status == 404)
        #expect(try await browser.get(verify).status == 200)
        #expect(try await browser.get(reset).status == 200)
    }

    @Test func `Case 178: of many uses at once exactly one counts`() async throws {
        let (site, link) = try await asked()
        let browser = site.browser()
        let csrf = try #require(try await browser.get(link).csrf)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try await browser.post(link, [("password", "pass phrase number \(number)"), ("csrf", csrf)]).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 303 } == 1)
        #expect(statuses.count { $0 == 410 } == 19)
    }

    @Test func `Case 178: the database holds no link that could be followed`() async throws {
        let (site, link) = try await asked()
        let secret = link.dropFirst("/reset/".count)
        let digests = try site.engine.read { db in try db.rows("SELECT hex(digest) AS digest FROM mail_links") }
        #expect(digests.count == 1)
        let bodies = try site.engine.read { db in try db.rows("SELECT hex(sealed_body) AS body FROM outbox") }
        let hex = secret.utf8.map { String($0, radix: 16, uppercase: true) }.joined()
        for row in bodies { #expect(try !row.text("body").contains(hex)) }
    }
}
