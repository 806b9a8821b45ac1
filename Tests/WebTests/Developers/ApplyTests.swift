import Foundation
import OAuth
import Portal
import Storage
import Testing

/// Becoming a developer, from the newcomer's side and from the operator's.
struct ApplyTests {
    static let answers = [
        ("organization", "Grace & Co"), ("website", "https://grace.example"),
        ("about", "We write software for choirs and clubs."),
        ("building", "A roster that follows the list of people, for those who plan rehearsals."),
    ]

    private func apply(_ browser: Browser, _ action: String = "submit", _ fields: [(String, String)] = answers)
        async throws
        -> Answer
    {
        try await browser.submit("/developer/apply", fields + [("action", action)])
    }

    private func application(at site: TestSite) throws -> DeveloperApplication {
        try #require(try site.store.application(of: site.cast.grace.person.id))
    }

    @Test func `Somebody applies, is asked for changes, sends them, is approved and registers an app`() async throws {
        let site = try await TestSite()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let olga = try await site.browser(signedInAs: site.cast.olga)
        #expect(try await grace.get("/apps/new").location == "/apps")
        #expect(try await grace.get("/apps").contains("href=\"/developer/apply\""))

        let refused = try await apply(grace, "submit", [("organization", "Grace & Co"), ("website", "grace.example")])
        #expect(refused.status == 422 && refused.contains("value=\"Grace &amp; Co\""))
        #expect(try await apply(grace, "save").location == "/developer/apply")
        #expect(try await olga.get("/operator/applications").contains("Nobody here"))
        #expect(try await apply(grace).location == "/developer/apply")
        #expect(try await grace.get("/developer/apply").contains("Waiting for an operator"))
        #expect(try site.letters(to: site.cast.olga.email).first?.contains("/operator/applications") == true)

        let path = "/operator/applications/" + (try application(at: site).id.text)
        #expect(try await olga.get("/operator/applications").contains("href=\"\(path)\""))
        let silent = try await olga.submit(path, [("decision", "changes_requested"), ("version", "1")])
        #expect(silent.status == 422)
        let fields = [("decision", "changes_requested"), ("reason", "Say which data you keep."), ("version", "1")]
        #expect(try await olga.submit(path, fields).status == 303)
        #expect(try site.letters(to: site.cast.grace.email).first?.contains("Say which data you keep.") == true)
        #expect(try await grace.get("/developer/apply").contains("Say which data you keep."))

        var better = Self.answers
        better[3].1 += " It keeps names only."
        #expect(try await apply(grace, "submit", better).status == 303)
        let page = try await olga.get(path)
        #expect(page.contains("<ins>") && page.contains("It keeps names only."))
        #expect(try await olga.submit(path, [("decision", "approved"), ("version", "1")]).status == 303)
        #expect(try application(at: site).state == .submitted, "version 1 is not what waits")
        #expect(try await olga.submit(path, [("decision", "approved"), ("version", "2")]).status == 303)

        #expect(try site.letters(to: site.cast.grace.email).first?.contains("approved") == true)
        #expect(try await grace.get("/dashboard").contains("/t/sandbox-"))
        _ = try await grace.register()
    }

    @Test func `An admin of a tenant whose plan includes the tools needs no application`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let olga = try await site.browser(signedInAs: site.cast.olga)
        #expect(try await ada.get("/apps/new").location == "/apps")
        let tenant = "/operator/tenants/" + (try site.cast.acme.id.text)
        #expect(try await olga.submit(tenant + "/plan", [("plan", "enterprise")], on: tenant).status == 303)
        #expect(try await ada.get("/apps/new").status == 200)
        #expect(try await ada.get("/t/acme/settings").contains("Enterprise"))
        let rules = try await olga.submit("/operator/rules", [("unreviewed_limit", "10")])
        #expect(rules.status == 303)
        #expect(try await ada.get("/apps/new").location == "/apps", "no plan includes them now")
        #expect(try await olga.submit("/operator/rules", [("unreviewed_limit", "many")]).status == 422)
    }

    @Test func `Tokens need no approval`() async throws {
        let site = try await TestSite()
        let token = try await site.browser(signedInAs: site.cast.grace).makeToken(at: "acme").token
        #expect(try await site.works(token))
    }
}
