import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing

/// What an operator stops, stops at the next request.
struct SuspensionTests {
    private func press(
        _ path: String, _ fields: [(String, String)] = [], on page: String, by olga: Browser
    ) async throws -> Answer {
        try await olga.submit(path, fields, on: page)
    }

    @Test func `Case 150: a suspended app is refused at the next request, its owner is told, and it can come back`()
        async throws
    {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let app = try site.cast.rosterSync.app
        let page = "/operator/apps/\(app.id.text)"
        #expect(try await ada.get(site.authorizePath()).contains("Not reviewed."))
        let silent = try await press(page + "/suspend", [("reason", "")], on: page, by: olga)
        #expect(silent.status == 422)
        #expect(
            try await press(page + "/suspend", [("reason", "It imitates another.")], on: page, by: olga).status == 303)
        #expect(try await ada.get(site.authorizePath()).status == 400)
        let lin = try await site.browser(signedInAs: site.cast.lin)
        #expect(try await lin.get("/apps/\(app.id.text)").contains("It imitates another."))
        #expect(try site.letters(to: site.cast.lin.email).first?.contains("It imitates another.") == true)
        #expect(try await press(page + "/reinstate", on: page, by: olga).status == 303)
        #expect(try await ada.get(site.authorizePath()).status == 200)
    }

    @Test
    func `Case 150: a suspended person is signed out at the next request, and operators cannot suspend themselves`()
        async throws
    {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let token = try await ada.makeToken(at: "acme").token
        let page = "/operator/people/" + (try site.cast.ada.person.id.text)
        #expect(try await press(page + "/suspend", [("reason", "A stolen account.")], on: page, by: olga).status == 303)
        #expect(try await ada.get("/dashboard").location?.hasPrefix("/login") == true)
        let call = try await site.send(.get, "/v2/me", headers: [("Authorization", "Bearer \(token)")])
        #expect(call.status == 401)
        #expect(try await press(page + "/reinstate", on: page, by: olga).status == 303)
        #expect(try await site.send(.get, "/v2/me", headers: [("Authorization", "Bearer \(token)")]).status == 200)
        #expect(try await !ada.isSignedIn, "the session from before is over")
        let own = "/operator/people/" + (try site.cast.olga.person.id.text)
        #expect(try await press(own + "/suspend", [("reason", "Enough.")], on: page, by: olga).status == 403)
    }

    @Test func `Case 150: a suspended tenant is closed at the next request`() async throws {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let token = try await ada.makeToken(at: "acme").token
        let page = "/operator/tenants/" + (try site.cast.acme.id.text)
        #expect(try await press(page + "/suspend", [("reason", "Not paid.")], on: page, by: olga).status == 303)
        #expect(try await ada.get(site.authorizePath()).status == 404)
        #expect(try await site.send(.get, "/v2/me", headers: [("Authorization", "Bearer \(token)")]).status == 401)
        #expect(try site.letters(to: site.cast.ada.email).first?.contains("Not paid.") == true)
        #expect(try await press(page + "/reinstate", on: page, by: olga).status == 303)
        #expect(try await ada.get(site.authorizePath()).status == 200)
    }

    @Test func `An app that was not reviewed stops at its limit, and goes on once it is`() async throws {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let app = try site.cast.rosterSync.app
        #expect(try await olga.submit("/operator/rules", [("unreviewed_limit", "0")]).status == 303)
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let refused = try await ada.get(site.authorizePath())
        #expect(refused.status == 403 && refused.contains("has to be reviewed first"))
        let page = "/operator/apps/\(app.id.text)"
        #expect(try await olga.get("/operator/apps?show=unreviewed").contains("href=\"\(page)\""))
        let shown = try await olga.get(page)
        let asOf = try #require(shown.hidden("as_of"))
        let answer = try await olga.submit(page + "/review", [("note", "Looked at it."), ("as_of", asOf)], on: page)
        #expect(answer.status == 303)
        let consent = try await ada.get(site.authorizePath())
        #expect(consent.status == 200 && !consent.contains("Not reviewed."))
        #expect(try await olga.submit(page + "/withdraw", [("because", "It changed hands.")], on: page).status == 303)
        #expect(try await ada.get(site.authorizePath()).status == 403)
    }

    @Test func `The console's lists, catalogue, log and health are there, and say what happened`() async throws {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        #expect(try await olga.get("/operator/people?q=mallory").contains("mallory@globex.example"))
        #expect(try await olga.get("/operator/people?q=%25").contains("Nothing found"))
        #expect(try await olga.get("/operator/tenants?q=acme&after=nonsense").contains("Acme"))
        #expect(try await olga.get("/operator/tenants?show=suspended").contains("Nothing found"))
        let scope = [
            ("name", "orders:read"), ("title", "See orders"), ("sentence", "What was bought."), ("group", "Orders"),
            ("sensitivity", "normal"), ("position", "50"),
        ]
        #expect(try await olga.submit("/operator/scopes", scope, on: "/operator/scopes/new").status == 422)
        let added = try await olga.submit(
            "/operator/scopes", scope + [("own_api", "yes")], on: "/operator/scopes/new")
        #expect(added.status == 303)
        #expect(try await site.browser().get("/scopes").contains("See orders"))
        #expect(try await olga.get("/operator/scopes/orders:read").contains("Your own API checks it"))
        let removed = try await olga.submit(
            "/operator/scopes/orders:read/remove", [(String, String)](), on: "/operator/scopes/orders:read")
        #expect(removed.status == 303)
        #expect(try await !site.browser().get("/scopes").contains("See orders"))

        let log = try await olga.get("/operator/audit?area=installation")
        #expect(log.contains("installation.scope_removed") && log.contains("Olga (operator)"))
        #expect(try await olga.get("/operator/audit?from=2200-01-01").contains("No event fits."))
        #expect(try await olga.get("/operator/audit?before=x&area=%27").status == 200)
        let unread = try await olga.get("/operator/audit?from=yesterday")
        #expect(unread.status == 422 && unread.contains("Enter a date") && unread.contains("value=\"yesterday\""))
        #expect(try await olga.get("/operator/health").contains("Anchor of the audit log"))
    }
}
