import Foundation
import OAuth
import Portal
import Storage
import Testing

@Suite struct WorkspaceTests {
    @Test func `A person opens a workspace and is its admin; its list is empty until they ask for sample people`()
        async throws
    {
        let site = try await TestSite()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let answer = try await grace.submit("/tenants", ["name": "Choir", "slug": "choir"], on: "/tenants/new")
        #expect(answer.location == "/t/choir")
        let page = try await grace.get("/t/choir")
        #expect(page.contains("Admin") && page.contains("Its list of people is empty"))
        #expect(page.contains("http://127.0.0.1:8080/t/choir/oauth/authorize"))
        #expect(page.contains("http://choir.localhost:8080"))
        let token = try await grace.makeToken(scopes: ["people:write", "people:read"], at: "choir").token
        #expect(try await site.call("/t/choir/api/v1/people", token).contains("\"results\":[]"))
        #expect(page.contains("No people yet") && page.contains("Add sample people"))
        #expect(try await grace.submit("/t/choir/sample-people", on: "/t/choir").location == "/t/choir")
        let filled = try await grace.get("/t/choir")
        #expect(filled.contains("24 people") && !filled.contains("Add sample people"))
        #expect(try await site.call("/t/choir/api/v1/people", token).contains("Amina"))
        // A second press, from a page that was open before, adds nobody.
        try await grace.submit("/t/choir/sample-people", on: "/account")
        #expect(try await grace.get("/t/choir").contains("Nothing was added"))
        #expect(try await site.call("/t/acme/api/v1/people", token).status != 200)
    }

    @Test(arguments: ["acme", "admin", "xn--acme", "Choir", "ab", "choir--club", "\u{430}cme", "choir.", ""])
    func `Cases 144, 145: names that are taken, ours, or look like another are refused`(slug: String) async throws {
        let site = try await TestSite()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let page = try await grace.submit("/tenants", ["name": "Choir", "slug": slug], on: "/tenants/new")
        #expect(page.status == 422)
        #expect(page.contains("href=\"#field-slug\"") && page.contains("value=\"Choir\""))
        #expect(try site.count("tenants") == 3)
    }

    @Test func `Case 133: a workspace is renamed under the rules that it was named by`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        for name in [
            "Gatewright Security Team", "G\u{430}tewright", "Ac\u{43C}e", "", String(repeating: "a", count: 81),
        ] {
            let page = try await ada.submit("/t/acme/settings", ["name": name])
            #expect(page.status == 422 && page.contains("href=\"#field-name\""), "\(name)")
        }
        #expect(try site.store.tenant(site.cast.acme.slug)?.name == "Acme")
        #expect(try await ada.submit("/t/acme/settings", ["name": "Acme Events"]).status == 303)
        #expect(try site.store.tenant(site.cast.acme.slug)?.name == "Acme Events")
    }

    @Test func `Case 145: a reserved name is refused in the same words as a taken one`() async throws {
        let site = try await TestSite()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        for slug in ["acme", "admin"] {
            let page = try await grace.submit("/tenants", ["name": "Choir", "slug": slug], on: "/tenants/new")
            #expect(page.contains("This address is not available. Choose another one."))
        }
    }

    @Test func `Case 139: a workspace is shown to its members, to nobody else`() async throws {
        let site = try await TestSite()
        let browser = try await site.browser(signedInAs: site.cast.grace)
        #expect(try await browser.get("/t/acme").contains("href=\"/t/acme/members\""))
        let grace = try await browser.get("/t/acme/members")
        #expect(grace.status == 200)
        #expect(grace.contains("ada@acme.example") && grace.contains("(you)") && grace.contains("Member"))
        for somebody in [try site.cast.mallory, try site.cast.lin, try site.cast.olga] {
            let browser = try await site.browser(signedInAs: somebody)
            for path in ["/t/acme", "/t/acme/members", "/t/nowhere", "/t/ACME"] {
                let answer = try await browser.get(path)
                #expect(answer.status == 404)
                #expect(!answer.contains("ada@acme.example"))
            }
        }
        #expect(try await site.browser().get("/t/acme").location == "/login?next=%2Ft%2Facme")
    }

    @Test func `Case 267: one person runs at most ten workspaces`() async throws {
        let site = try await TestSite()
        let somebody = try site.cast.mallory
        for number in 2...10 {
            let draft = TenantDraft(name: "Number \(number)", slug: try #require(Slug("number-\(number)")))
            _ = try await site.store.openTenantBeyondQuota(
                draft, kind: .standard, admin: somebody.person.id, at: site.clock.now)
        }
        let mallory = try await site.browser(signedInAs: somebody)
        let page = try await mallory.submit("/tenants", ["name": "More", "slug": "more-of-it"], on: "/tenants/new")
        #expect(page.status == 422)
        #expect(page.contains("You run 10 workspaces"))
        #expect(try site.store.tenant(try #require(Slug("more-of-it"))) == nil)
    }

    @Test func `Sample people are added by an admin of the workspace, by nobody else`() async throws {
        let site = try await TestSite()
        let draft = TenantDraft(name: "Choir", slug: try #require(Slug("choir")))
        let choir = try #require(
            try await site.store.openTenantBeyondQuota(
                draft, kind: .standard, admin: site.cast.ada.person.id, at: site.clock.now))
        try await site.store.addMember(site.cast.grace.person.id, to: choir.id, as: .member, at: site.clock.now)
        let grace = try await site.browser(signedInAs: site.cast.grace)
        #expect(try await !grace.get("/t/choir").contains("Add sample people"))
        #expect(try await grace.submit("/t/choir/sample-people", on: "/account").status == 403)
        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        #expect(try await mallory.submit("/t/choir/sample-people", on: "/account").status == 404)
        let ada = try await site.browser(signedInAs: site.cast.ada)
        #expect(try await ada.get("/t/choir").contains("No people yet"))
        // Nothing is done in a suspended workspace.
        _ = try await site.store.suspend(
            .tenant(choir), because: "a test", by: site.cast.olga.person, letters: [], at: site.clock.now)
        #expect(try await ada.submit("/t/choir/sample-people", on: "/account").status == 403)
        let choirs = try #require(try site.store.membership(of: site.cast.ada.person.id, in: choir.id))
        #expect(try site.store.tenant(of: choirs).contacts(from: 0, limit: 10).contacts.isEmpty)
    }

    @Test func `Case 267: forty forms sent at once open no more than ten`() async throws {
        let site = try await TestSite()
        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        let csrf = try #require(try await mallory.get("/tenants/new").csrf)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<40 {
                group.addTask {
                    try await mallory.post(
                        "/tenants", [("name", "R\(number)"), ("slug", "race-\(number)-x"), ("csrf", csrf)]
                    ).status
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 303 } == 9 && statuses.count { $0 == 422 } == 31)
        #expect(try site.store.memberships(of: site.cast.mallory.person.id).count == 10)
    }

    @Test func `Somebody whose address is not confirmed opens no workspace`() async throws {
        let site = try await TestSite()
        let nora = try await site.unconfirmed()
        let page = try await nora.submit("/tenants", ["name": "Nora", "slug": "noras"], on: "/tenants/new")
        #expect(page.status == 422)
        #expect(page.contains("Confirm your email address first"))
        #expect(try site.count("tenants") == 3)
    }
}
