import Foundation
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite struct OperatorTests {
    @Test func `Case 139: the operator's desk is there for operators only`() async throws {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let mail = try await site.someMail()
        for path in ["/operator", "/operator/outbox", "/operator/outbox/\(mail)"] {
            #expect(try await olga.get(path).status == 200, "\(path)")
            for somebody in [try site.cast.ada, try site.cast.grace, try site.cast.mallory] {
                #expect(try await site.browser(signedInAs: somebody).get(path).status == 404, "\(path)")
            }
            #expect(try await site.browser().get(path).location?.hasPrefix("/login") == true)
        }
        #expect(try await olga.get("/operator/outbox/mai_0000000000000000").status == 404)
    }

    @Test func `A form that was sent wrongly marks the tab it belongs to, as its page does`() async throws {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let wrong = try await olga.submit("/operator/rules", [("unreviewed_limit", "many")])
        #expect(wrong.status == 422)
        #expect(wrong.contains("href=\"/operator/rules\" aria-current=\"page\""))
        // The theme's form does not send people back to an address that only takes forms.
        #expect(wrong.hidden("back") == "/dashboard")
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let unnamed = try await ada.submit("/t/acme/settings", ["name": ""])
        #expect(unnamed.status == 422 && unnamed.contains("href=\"/t/acme\" aria-current=\"true\""))
    }

    @Test func `A workspace's plan says which plans include the developer tools`() async throws {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let path = try "/operator/tenants/\(site.cast.acme.id.text)"
        #expect(try await olga.get(path).contains(">Network, with the developer tools</option>"))
        try await olga.submit("/operator/rules", [("unreviewed_limit", "0")])
        #expect(try await !olga.get(path).contains("with the developer tools"))
    }

    @Test func `Outside demo mode nobody reads a mail's text, and the demo's addresses are not there`() async throws {
        let site = try await TestSite()
        let mail = try await site.someMail()
        let page = try await site.browser(signedInAs: site.cast.olga).get("/operator/outbox/\(mail)")
        #expect(page.contains("ada@acme.example") && page.contains("The text is not shown"))
        #expect(!page.contains("/reset/"))
        for path in ["/demo/mail", "/demo/mail/\(mail)", "/demo/callback", "/dev/pages", "/dev/pages/error"] {
            #expect(try await site.browser(signedInAs: site.cast.olga).get(path).status == 404, "\(path)")
        }
    }

    @Test func `In demo mode everybody at the demo reads its mail, with its links to press`() async throws {
        let site = try await TestSite(isDemo: true)
        let mail = try await site.someMail()
        let list = try await site.browser().get("/demo/mail")
        #expect(list.contains("href=\"/demo/mail/\(mail)\"") && list.contains("Choose a new password"))
        let page = try await site.browser().get("/demo/mail/\(mail)")
        #expect(page.contains("<a href=\"http://127.0.0.1:8080/reset/gw_ml_"))
        #expect(page.contains("Kept here") && page.contains("no mail server is set up"))
        #expect(list.contains("Kept here") && !list.contains("Waiting"))
        #expect(try await site.browser().get("/demo/mail/mai_0000000000000000").status == 404)
        let desk = try await site.browser(signedInAs: site.cast.olga).get("/operator/outbox/\(mail)")
        #expect(desk.contains("/reset/gw_ml_"))
    }

    @Test func `The outbox is read a page at a time`() async throws {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let now = site.clock.now
        try await site.engine.write { db in
            for number in 0..<120 {
                try db.run(
                    """
                    INSERT INTO outbox (id, kind, recipient, subject, created_at)
                    VALUES (\("mai_\(number)"), 'reset', 'ada@acme.example', \("Letter \(number)."), \(now))
                    """)
            }
        }
        var (seen, path) = ([String](), "/operator/outbox")
        while true {
            let page = try await olga.get(path)
            seen += page.body.components(separatedBy: ">Letter ").dropFirst().map { String($0.prefix { $0 != "." }) }
            #expect(page.contains("Newest mail") == (path != "/operator/outbox"))
            guard let next = page.value(after: "<a class=\"btn\" href=\"/operator/outbox?after=") else { break }
            path = "/operator/outbox?after=" + next
            try #require(seen.count < 200)
        }
        #expect(seen == (0..<120).reversed().map(String.init))
        #expect(try await olga.get("/operator/outbox?after=mai_0000000000000000").contains("No older mail"))
    }

    @Test func `The desk says how the installation is set up and what became of its mail`() async throws {
        let site = try await TestSite()
        _ = try await site.someMail()
        // More than any page lists.
        let now = site.clock.now
        try await site.engine.write { db in
            for number in 0..<1200 {
                try db.run(
                    """
                    INSERT INTO outbox (id, kind, recipient, subject, created_at, next_attempt_at, delivered_at, failed_at)
                    VALUES (\("mai_\(number)"), 'reset', 'x@example.org', 'x', \(now),
                        \(number < 100 ? now : nil), \(number >= 100 && number < 1150 ? now : nil),
                        \(number >= 1150 ? now : nil))
                    """)
            }
        }
        let page = try await site.browser(signedInAs: site.cast.olga).get("/operator")
        #expect(page.contains("http://127.0.0.1:8080") && page.contains("production"))
        #expect(page.contains("Workspace addresses"))
        // Without a mail server nothing waits to be sent, and nothing fails.
        #expect(page.contains("<b>1201</b><span class=\"muted\">Mail kept here</span>"))
        #expect(!page.contains("Mail that failed"))
        let health = try await site.browser(signedInAs: site.cast.olga).get("/operator/health")
        #expect(
            health.contains("Mail kept here") && health.contains(">1201</a>") && !health.contains("Mail that waits"))
    }

    @Test func `Each exhibit of the gallery is a whole page`() async throws {
        let site = try await TestSite(isDemo: true)
        let browser = site.browser()
        let gallery = try await browser.get("/dev/pages")
        for exhibit in Exhibit.all {
            #expect(gallery.contains("href=\"/dev/pages/\(exhibit.name)\""))
            let page = try await browser.get("/dev/pages/\(exhibit.name)")
            #expect(page.status == 200, "\(exhibit.name)")
            #expect(page.contains("</html>"), "\(exhibit.name)")
        }
        #expect(try await browser.get("/dev/pages/nothing").status == 404)
    }

    @Test func `The demo's callback page offers a call only for what looks like a code of ours`() async throws {
        let site = try await TestSite(isDemo: true)
        let browser = site.browser()
        let code = Secret<AuthorizationCode>.random().reveal()
        let issuer = Browser.encode("http://127.0.0.1:8080/t/acme")
        let page = try await browser.get("/demo/callback?code=\(code)&state=demo&iss=\(issuer)")
        #expect(page.contains("-d code=\(code)") && page.contains("$CLIENT_SECRET"))
        #expect(page.contains("http://127.0.0.1:8080/t/acme/oauth/token"))

        let denied = try await browser.get(
            "/demo/callback?error=access_denied&error_description=The+person+refused&state=demo&iss=\(issuer)")
        #expect(denied.contains("access_denied") && denied.contains("The person refused"))

        for hostile in ["$(rm -rf ~)", "x; rm -rf ~", "gw_ac_\(String(repeating: "a", count: 36))", code + "`id`", ""] {
            let page = try await browser.get("/demo/callback?code=\(Browser.encode(hostile))&iss=\(issuer)")
            #expect(page.status == 200)
            #expect(!page.contains("curl") && !page.contains("rm -rf"))
        }
        let bare = try await browser.get("/demo/callback")
        #expect(bare.contains("Nothing came back yet") && !bare.contains("no_code") && !bare.contains("was refused"))
        let elsewhere = try await browser.get(
            "/demo/callback?code=\(code)&iss=\(Browser.encode("http://127.0.0.1:8080.evil.example/t/acme"))")
        #expect(!elsewhere.contains("8080.evil.example/t/acme") && !elsewhere.contains("curl"))
    }
}

extension TestSite {
    /// The ID of a mail to Ada that carries a link.
    func someMail() async throws -> String {
        _ = try await browser().submit("/forgot", ["email": "ada@acme.example"])
        return try #require(try store.outbox().first).id.text
    }
}
