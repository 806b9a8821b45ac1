import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing

@Suite("Leaving, with one's data")
struct DepartureTests {
    @Test func `the page says what goes, the typed address makes it go, and nothing of it works afterwards`()
        async throws
    {
        let site = try await TestSite()
        let person = try site.cast.lin
        let lin = try await site.browser(signedInAs: person)
        let token = try await lin.makeToken(at: "northwind").token
        let page = try await lin.get("/account/delete")
        #expect(page.contains("Northwind is deleted with all its data"))
        #expect(page.contains("The app Roster Sync is deleted"))
        #expect(page.contains("1 developer token of yours stops working"))
        let wrong = try await lin.submit("/account/delete", ["confirm_name": "lin"])
        #expect(wrong.status == 422)
        #expect(try await site.call("/v2/me", token).status == 200)

        let done = try await lin.submit("/account/delete", ["confirm_name": person.email])
        #expect(done.location == "/login")
        #expect(try await !lin.isSignedIn)
        #expect(try await site.call("/v2/me", token).status == 401)
        #expect(try await site.browser().signIn(person.email, person.password).status == 422)
        #expect(try !(await site.accepts(site.cast.rosterSync.app.clientID, site.cast.rosterSync.secret)))
        #expect(try site.letters(to: person.email).first?.contains("your account is deleted") == true)
        #expect(try site.letters(to: person.email).count == 1)
        let ended = try site.store.auditPage(.everything, limit: 50).entries.filter { $0.action == "tenant.deleted" }
        #expect(ended.map(\.subjectID) == [try site.cast.northwind.id.text])
    }

    @Test func `Case 146: the name of a tenant that went along is nobody's for a while`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        _ = try await lin.submit("/account/delete", ["confirm_name": try site.cast.lin.email])
        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        let answer = try await mallory.submit(
            "/tenants", ["name": "Mine now", "slug": "northwind"], on: "/tenants/new")
        #expect(answer.status == 422)
        site.clock.move(by: 90 * 86_400 + 1)
        let later = try await site.browser(signedInAs: site.cast.mallory)
        let again = try await later.submit("/tenants", ["name": "Mine now", "slug": "northwind"], on: "/tenants/new")
        #expect(again.status == 303)
    }

    @Test func `the only admin of a tenant with others in it hands over first`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let page = try await ada.get("/account/delete")
        #expect(page.contains("You are the only admin of Acme"))
        #expect(!page.contains("confirm_name"))
        _ = try await ada.submit("/account/delete", ["confirm_name": try site.cast.ada.email], on: "/account")
        #expect(try await ada.isSignedIn)
        try await site.store.addMember(
            site.cast.grace.person.id, to: site.cast.acme.id, as: .admin, at: site.clock.now)
        #expect(try await ada.get("/account/delete").contains("You leave Acme"))
        _ = try await ada.submit("/account/delete", ["confirm_name": try site.cast.ada.email])
        #expect(try await !ada.isSignedIn)
        let grace = try await site.browser(signedInAs: site.cast.grace)
        #expect(try await grace.get("/t/acme").status == 200)
    }

    @Test func `somebody suspended counts as nobody who is left, in a workspace and at the desk`() async throws {
        let site = try await TestSite()
        let (ada, grace) = (try site.cast.ada, try site.cast.grace)
        try await site.store.addMember(grace.person.id, to: site.cast.acme.id, as: .admin, at: site.clock.now)
        _ = try await site.store.makeOperator(
            try #require(EmailAddress(grace.email)), name: "Grace", passwordHash: "", setsPassword: false, link: nil,
            at: site.clock.now)
        try await site.suspend(grace.person)
        let browser = try await site.browser(signedInAs: ada)
        #expect(try await browser.get("/account/delete").contains("You are the only admin of Acme"))
        _ = try await browser.submit("/account/delete", ["confirm_name": ada.email], on: "/account")
        #expect(try await browser.isSignedIn)
        let olga = try await site.browser(signedInAs: site.cast.olga)
        #expect(try await olga.get("/account/delete").contains("only operator"))
    }

    @Test func `the only operator stays`() async throws {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        #expect(try await olga.get("/account/delete").contains("only operator"))
        _ = try await olga.submit("/account/delete", ["confirm_name": try site.cast.olga.email], on: "/account")
        #expect(try await olga.isSignedIn)
    }

    @Test func `Case 164: both deletion and export want a fresh proof`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        site.clock.move(by: 601)
        #expect(try await lin.get("/account/delete").location?.hasPrefix("/account/confirm") == true)
        let fields = ["confirm_name": try site.cast.lin.email]
        #expect(
            try await lin.submit("/account/delete", fields.map { ($0.key, $0.value) }, on: "/account").status == 403)
        #expect(try await lin.submit("/account/export", on: "/account").status == 403)
    }

    @Test func `the export is one's own data as JSON, under a name of ours, without secrets`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let token = try await lin.makeToken("Nightly \"sync\"", at: "northwind").token
        _ = try await lin.code(at: "northwind")
        let answer = try await lin.submit("/account/export", on: "/account")
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.contentDisposition] == "attachment; filename=\"gatewright-2026-11-21.json\"")
        #expect(answer.headers[.cacheControl]?.contains("no-store") == true)
        let root = try JSONSerialization.jsonObject(with: Data(answer.body.utf8))
        let json = try #require(root as? [String: Any])
        #expect((json["person"] as? [String: Any])?["email"] as? String == (try site.cast.lin.email))
        for list in ["tenants", "developer_tokens", "apps", "allowed_apps", "sessions", "activity"] {
            #expect((json[list] as? [Any])?.isEmpty == false, "\(list)")
        }
        let session = try #require(lin.session)
        for secret in [token, session, try site.cast.rosterSync.secret, "$argon2"] {
            #expect(!answer.contains(secret))
        }
        #expect(!answer.contains("mallory"))
        #expect(try await lin.get("/account/activity").contains("Exported their data"))
    }

    @Test func `every reference to a person goes with them, or is dealt with by name`() async throws {
        let site = try await TestSite()
        let kept = try site.engine.read { db in
            try db.rows(
                """
                SELECT m.name || '.' || k."from" AS reference FROM sqlite_schema m, pragma_foreign_key_list(m.name) k
                WHERE m.type = 'table' AND k."table" = 'people' AND k.on_delete NOT IN ('CASCADE', 'SET NULL')
                ORDER BY 1
                """
            ).map { try $0.text("reference") }
        }
        #expect(kept == ["apps.owner_id"])
    }

    @Test func `where somebody else was when they did it stands in nobody's activity and export`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada, from: "203.0.113.66")
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let id = try site.cast.grace.person.id.text
        _ = try await ada.submit("/t/acme/members/\(id)/role", ["role": "admin"], on: "/t/acme/members")
        let page = try await grace.get("/account/activity")
        #expect(page.contains("role") && page.contains("Ada") && page.contains("not shown"))
        #expect(page.contains("198.51.100.1"), "her own")
        let export = try await grace.submit("/account/export", on: "/account")
        #expect(export.contains("member.role_changed") && export.contains("198.51.100.1"))
        for text in [page.body, export.body] { #expect(!text.contains("203.0.113.66")) }
        #expect(try await ada.get("/account/activity").contains("203.0.113.66"))
    }

    @Test func `signing out everywhere ends this session too`() async throws {
        let site = try await TestSite()
        let (one, other) = (
            try await site.browser(signedInAs: site.cast.ada), try await site.browser(signedInAs: site.cast.ada)
        )
        #expect(try await one.submit("/account/sessions/end-all", on: "/account").location == "/login")
        #expect(try await !one.isSignedIn)
        #expect(try await !other.isSignedIn)
    }

    @Test func `the activity is one's own, and goes on page by page`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        for _ in 0..<60 { _ = try await site.browser(signedInAs: site.cast.ada) }
        _ = try await site.browser(signedInAs: site.cast.mallory, from: "203.0.113.66")
        let page = try await ada.get("/account/activity")
        #expect(!page.contains("203.0.113.66"))
        let older = try #require(page.value(after: "href=\"/account/activity?before="))
        let next = try await ada.get("/account/activity?before=" + older)
        #expect(next.contains("Signed in"))
        #expect(next.contains("Newest"))
        for odd in ["x", "-1", "99999999999999999999", "1%00"] {
            #expect(try await ada.get("/account/activity?before=" + odd).status == 200)
        }
    }
}
