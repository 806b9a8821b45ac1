import Foundation
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite struct TenantAdminTests {
    /// Opens the refusal page as this browser and asks with a note; the request's address.
    private func ask(_ browser: Browser, _ note: String = "For the rota.") async throws -> String {
        let page = try await browser.get(try browser.site.authorizePath())
        #expect(page.status == 403)
        let answer = try await browser.submit(
            "/t/acme/requests", ["ticket": try #require(page.hidden("ticket")), "note": note], on: "/account")
        return try #require(answer.location)
    }

    @Test func `Case 138: a member asks, an admin says yes, and the member's flow finishes`() async throws {
        let site = try await TestSite()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let request = try await ask(grace)
        #expect(
            try site.letters(to: "ada@acme.example").first?.contains(site.site.settings.base.text + request) == true)
        #expect(try await grace.get(site.authorizePath()).contains("You asked"))
        #expect(try await ada.get("/dashboard").contains("A member asks for an app at Acme"))
        #expect(try await ada.get("/t/acme/requests").contains("href=\"\(request)\""))
        // What a mail program does: it opens the link, and nothing is decided by that.
        #expect(try await ada.get(request).contains("For the rota."))
        #expect(try await grace.get(request).contains("Waiting"))
        // The words of the scopes speak to Grace.
        #expect(try await ada.get(request).contains("reads: “you” is <bdi>Grace</bdi>."))
        #expect(try await !grace.get(request).contains("“you” is"))
        #expect(try await grace.submit(request, ["decision": "allow"], on: "/account").status == 403)

        let answer = try await ada.reply(to: request, "allow", "Gladly.")
        #expect(answer.location == "/t/acme/requests")
        #expect(try site.letters(to: "grace@acme.example").first?.contains("Gladly.") == true)
        #expect(try await grace.get(request).contains("Gladly."))
        #expect(try await ada.get(request + "/continue").status == 404)
        let path = try #require(try await grace.get(request + "/continue").location)
        let back = try await grace.decide("allow", at: path)
        #expect(back.parameter("state") == "af0ifjsldkj")
        let tokens = try await site.redeem(try #require(back.parameter("code")))
        #expect(tokens.json["scope"] as? String == "people:read")
        let access = try #require(tokens.json["access_token"] as? String)
        #expect(try await site.call("/t/acme/api/v1/people", access).status == 200)
        #expect(try await ada.get("/t/acme/apps").contains("Roster Sync"))
    }

    @Test func `Case 138: a denied member is told why, and gets no code`() async throws {
        let site = try await TestSite()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let request = try await ask(grace)
        _ = try await ada.reply(to: request, "deny", "Use the export.")
        #expect(try await ada.submit(request, ["decision": "allow"], on: "/account").location == request)
        let page = try await grace.get(site.authorizePath())
        #expect(page.status == 403 && page.contains("Use the export."))
        let forced = try await grace.answer(try #require(page.hidden("ticket")), "allow")
        #expect(forced.status == 403 && forced.location == nil)
        #expect(try site.count("grants") == 0)
    }

    @Test func `Case 131: a yes to an app that changed since the admin's page was made is none`() async throws {
        let site = try await TestSite()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let request = try await ask(grace)
        let seen = try #require(try await ada.get(request).hidden("as_of"))
        try await site.change { $0.callbacks.append("https://attacker.example/steal") }
        let fields = [("decision", "allow"), ("answer", ""), ("as_of", seen)]
        #expect(try await ada.submit(request, fields, on: "/account").location == request)
        #expect(try await ada.get(request).contains("the app has changed since you opened this page"))
        #expect(try await grace.get(request).contains("Waiting"))
        #expect(try await ada.submit(request, fields.dropLast() + [("as_of", "")], on: "/account").location == request)
        site.clock.move(by: 2)
        #expect(try await ada.reply(to: request, "allow").location == "/t/acme/requests")
        // Until it is used, the admin can take it back on the app's page.
        let app = "/t/acme/apps/" + (try site.cast.rosterSync.app.id.text)
        #expect(try await ada.get(request).contains("href=\"\(app)\""))
        #expect(try await ada.get(app).contains("Revoke all access"))
        #expect(try await ada.get(app + "/revoke").contains("nobody used yet"))
        #expect(try await ada.submit(app + "/revoke").location == "/t/acme/apps")
        #expect(try await grace.get(site.authorizePath()).status == 403)
    }

    @Test func `a note that cannot be sent is shown again, and the ticket still works`() async throws {
        let site = try await TestSite()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let page = try await grace.get(site.authorizePath())
        let ticket = try #require(page.hidden("ticket"))
        let long = String(repeating: "x", count: 1001)
        let refused = try await grace.submit("/t/acme/requests", ["ticket": ticket, "note": long], on: "/account")
        #expect(refused.status == 422 && refused.contains(long) && refused.hidden("ticket") == ticket)
        #expect(
            try await grace.submit("/t/acme/requests", ["ticket": ticket, "note": ""], on: "/account").status == 303)
    }

    @Test func `an admin revokes what a member gave, and the token is refused at the next request`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let tokens = try await site.tokens()
        let app = try site.cast.rosterSync.app.id.text
        let page = try await ada.get("/t/acme/apps/\(app)")
        #expect(page.contains("ada@acme.example") && page.contains("See people"))
        let grant = try #require(page.value(after: "href=\"/t/acme/apps/\(app)/grants/"))
        let path = "/t/acme/apps/\(app)/grants/" + grant
        #expect(try await ada.get(path).contains("Revoke the access that Ada gave Roster Sync?"))
        #expect(try await ada.submit(path).status == 303)
        #expect(try await site.call("/t/acme/api/v1/people", tokens.access).status == 401)
        #expect(try await site.refresh(tokens.refresh).error == "invalid_grant")
        #expect(try await ada.get("/t/acme/audit?area=grant").contains("Revoked an app’s access"))
    }

    @Test func `all access of an app ends with one button`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let tokens = try await site.tokens()
        let path = "/t/acme/apps/\(try site.cast.rosterSync.app.id.text)/revoke"
        #expect(try await ada.get(path).contains("1 grant"))
        #expect(try await ada.submit(path).location == "/t/acme/apps")
        #expect(try await site.call("/t/acme/api/v1/people", tokens.access).status == 401)
        #expect(try await ada.get("/t/acme/apps").contains("No app has access"))
    }

    @Test func `tightening the policy shows what it contradicts before it is saved`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let tokens = try await site.tokens()
        let fields = [("deciders", "admins"), ("admission", "listed"), ("limited", "no")]
        let asked = try await ada.submit("/t/acme/policy", fields)
        #expect(asked.status == 200 && asked.contains("Not saved yet. Beyond these rules: 1 grant"))
        #expect(try site.store.policy(of: site.cast.acme.id) == TenantPolicy())
        let more = [("existing", "revoke"), ("reviewed", asked.hidden("reviewed") ?? "")]
        // A number that was not the one seen asks again.
        #expect(
            try await ada.submit("/t/acme/policy", fields + [("existing", "revoke"), ("reviewed", "0")]).status == 200)
        #expect(try await ada.submit("/t/acme/policy", fields + more).status == 303)
        #expect(try await site.call("/t/acme/api/v1/people", tokens.access).status == 401)
        // Kept out, for the admin too, who finds the way to let it in.
        let refused = try await ada.get(site.authorizePath())
        #expect(refused.status == 403 && refused.contains("does not let"))
        let clientID = try site.cast.rosterSync.app.clientID
        #expect(refused.contains("/t/acme/apps/add?client_id=\(clientID)"))
        _ = try await ada.submit("/t/acme/apps", ["client_id": clientID], on: "/t/acme/apps/add")
        #expect(try await ada.get(site.authorizePath()).status == 200)
    }

    @Test func `a ceiling is said on the consent page, and holds what was granted below it`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let fields = [("deciders", "members"), ("admission", "any"), ("limited", "yes"), ("scopes", "people:read")]
        #expect(try await ada.submit("/t/acme/policy", fields).status == 303)
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let page = try await grace.get(try site.authorizePath(scope: "people:read people:write"))
        #expect(page.contains("keep this from it"))
        let back = try await grace.answer(try #require(page.hidden("ticket")), "allow")
        let tokens = try await site.redeem(try #require(back.parameter("code")))
        #expect(tokens.json["scope"] as? String == "people:read")
        #expect(try await grace.get(try site.authorizePath(scope: "account:read")).contains("lets no app have this"))
    }

    @Test func `Case 266: rules for tokens hold in the form, and admins see and revoke what members hold`() async throws
    {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let old = try await grace.makeToken(expires: "never")
        let rules = [("longest", "30"), ("limited", "yes"), ("scopes", "people:read")]
        #expect(try await ada.submit("/t/acme/tokens/rules", rules, on: "/t/acme/tokens").status == 303)
        #expect(
            try await grace.get("/tokens/new").contains(
                "Acme lets tokens live for 30 days at most and have only people:read."))
        let refused = try await grace.submit("/tokens", Browser.tokenFields(expires: "90"), on: "/tokens/new")
        #expect(refused.status == 422 && refused.contains("30 days at most") && refused.contains("account:read"))
        #expect(
            try await grace.submit(
                "/tokens", Browser.tokenFields(scopes: ["people:read"], expires: "30"), on: "/tokens/new"
            ).status == 303)
        let list = try await ada.get("/t/acme/tokens")
        #expect(list.contains("grace@acme.example") && list.contains("Has account:read") && !list.contains(old.token))
        let path = "/t/acme/tokens/\(old.id)/revoke"
        #expect(try await ada.submit(path).status == 303)
        #expect(try await site.call("/v2/me", old.token).status == 401)
        #expect(try site.letters(to: "grace@acme.example").first?.contains("Ada, an admin of Acme, revoked") == true)
        // In its owner's list it was the admin's doing, not the owner's.
        let revoked = try await grace.get("/tokens?status=revoked")
        #expect(revoked.contains("Revoked by Ada on") && !revoked.contains("Revoked by Grace"))
    }

    @Test func `Case 118: a test token keeps to the rules for tokens, and its page says so`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let grace = try await site.browser(signedInAs: site.cast.grace)
        func limit(to scope: String) async throws {
            let rules = [("longest", "any"), ("limited", "yes"), ("scopes", scope)]
            #expect(try await ada.submit("/t/acme/tokens/rules", rules, on: "/t/acme/tokens").status == 303)
        }
        try await limit(to: "account:read")
        #expect(try await grace.get("/t/acme/test-token").contains("Acme lets tokens have only account:read."))
        #expect(try await grace.submit("/t/acme/test-token").status == 303)
        let token = try #require(Browser.secret("gw_dt_", in: try await grace.get("/t/acme/test-token").body))
        #expect(try await site.call("/v2/me", token).status == 200)
        #expect(try await site.call("/t/acme/api/v1/people", token).status == 403)
        try await limit(to: "people:write")
        #expect(try await grace.get("/t/acme/test-token").contains("leave nothing that a test token of yours could do"))
        #expect(try await grace.submit("/t/acme/test-token", on: "/account").status == 422)
    }

    @Test func `Case 149: a cursor that was forged, or is another list's, is refused`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        for number in 0..<60 { _ = try await ada.makeToken("Number \(number)") }
        let next = try #require(try await ada.get("/t/acme/tokens").value(after: "href=\"/t/acme/tokens?after="))
        #expect(try await ada.get("/t/acme/tokens?after=" + next).status == 200)
        #expect(try await ada.get("/t/acme/tokens?after=1" + next).status == 400)
        #expect(try await ada.get("/t/acme/audit?after=" + next).status == 400)
        #expect(try await mallory.get("/t/globex/tokens?after=" + next).status == 400)
    }
}

extension Browser {
    /// Answers a member's request as its page, opened now, would.
    fileprivate func reply(to request: String, _ decision: String, _ words: String = "") async throws -> Answer {
        let page = try await get(request)
        return try await submit(
            request, [("decision", decision), ("answer", words), ("as_of", page.hidden("as_of") ?? "")], on: "/account")
    }
}
