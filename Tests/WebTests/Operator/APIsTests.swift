import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("The operator's APIs")
struct APIsTests {
    private func add(_ olga: Browser, _ fields: [(String, String)]) async throws -> Answer {
        try await olga.submit("/operator/apis", fields, on: "/operator/apis")
    }

    @Test func `an operator adds an API, reads its secret once, and it may ask about tokens`() async throws {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        #expect(try await olga.get("/operator").contains("/operator/apis"))
        let answer = try await add(olga, [("name", "Orders API"), ("tenant", "")])
        #expect(answer.status == 303)
        let page = try await olga.get(try #require(answer.location))
        let secret = try #require(Browser.secret("gw_cs_", in: page.body))
        #expect(Browser.secret("gw_cs_", in: try await olga.get(try #require(answer.location)).body) == nil)
        let api = Credentials(id: try #require(try site.store.resourceServers().first).clientID, secret: secret)
        #expect(page.contains(api.id))
        let token = try await site.tokens().access
        #expect(try await site.introspect(token, by: api).isActive == true)
        let list = try await olga.get("/operator/apis")
        #expect(list.contains("Orders API") && list.contains("All tenants") && !list.contains(secret))
    }

    @Test func `one of a single tenant; a slug that nobody has is refused with what was typed`() async throws {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let refused = try await add(olga, [("name", ""), ("tenant", "nowhere")])
        #expect(refused.status == 422 && refused.contains("value=\"nowhere\""))
        #expect(refused.contains("There is no tenant with this slug.") && refused.contains("Enter a name"))
        #expect(try await add(olga, [("name", "Acme's <API>"), ("tenant", "acme")]).status == 303)
        let list = try await olga.get("/operator/apis")
        #expect(list.contains("Acme&#39;s &lt;API&gt;"))
        #expect(try site.store.resourceServers().first?.tenant?.slug.text == "acme")
    }

    @Test func `Case 107: a revoked secret is refused at the next question, and the log says who did it`() async throws
    {
        let site = try await TestSite()
        let api = try await site.api()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let path = "/operator/apis/\(try #require(try site.store.resourceServers().first).id.text)/revoke"
        #expect(try await olga.get(path).contains("Orders API"))
        #expect(try await olga.submit(path, [:], on: path).status == 303)
        #expect(try await site.introspect("x", by: api).status == 401)
        #expect(try await olga.get("/operator/apis").contains("Revoked"))
        let row = try site.engine.read { db in
            try db.row("SELECT actor_name FROM audit_events WHERE action = 'installation.api_revoked'")
        }
        #expect(try row?.text("actor_name") == (try site.cast.olga.person.name))
    }

    @Test func `Case 119: after ten minutes the password is asked for again`() async throws {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        site.clock.move(by: 601)
        #expect(try await add(olga, [("name", "Orders API"), ("tenant", "")]).status == 403)
        #expect(try site.store.resourceServers().isEmpty)
    }

    @Test func `to everybody else the pages are not there`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        #expect(try await ada.get("/operator/apis").status == 404)
        #expect(try await ada.submit("/operator/apis", ["name": "x", "tenant": ""], on: "/account").status == 404)
        #expect(try site.store.resourceServers().isEmpty)
    }
}
