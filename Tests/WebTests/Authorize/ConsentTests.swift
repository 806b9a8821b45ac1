import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite struct ConsentTests {
    @Test func `§4.1.2, case 31 and 32: Allow sends a code, the state and the issuer with 303, and nothing else`()
        async throws
    {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let answer = try await ada.decide("allow", at: site.authorizePath())
        #expect(answer.status == 303)
        #expect(answer.location?.hasPrefix("https://roster.example/callback?") == true)
        #expect(answer.parameters.sorted() == ["code", "iss", "state"])
        #expect(answer.parameter("state") == "af0ifjsldkj")
        #expect(answer.parameter("iss") == "http://127.0.0.1:8080/t/acme")
        #expect(Secret<AuthorizationCode>(answer.parameter("code") ?? "") != nil)
    }

    @Test func `RFC 9110 §9.3.2: HEAD makes no code, no question and no event`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        _ = try await ada.decide("allow", at: site.authorizePath())
        #expect(try await ada.get(site.authorizePath()).parameter("code") != nil, "the yes is remembered")
        let rows = { try ["authorization_codes", "consent_tickets", "audit_events"].map { try site.count($0) } }
        let before = try rows()
        for path in [
            try site.authorizePath(), try site.authorizePath(scope: "account:read"),
            "/t/acme/audit/export?format=csv", "/user/oauth_allow?api_key=x",
        ] {
            let answer = try await ada.head(path)
            #expect(answer.status == 405, "\(path)")
            #expect(
                answer.header("Allow")?.contains("GET") == true && answer.header("Allow")?.contains("HEAD") == false)
            #expect(answer.location == nil)
        }
        #expect(try rows() == before)
        #expect(try await ada.head("/account").status == 200)
    }

    @Test func `Case 127: Deny sends access_denied, the state and the issuer, and no code`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let answer = try await ada.decide("deny", at: site.authorizePath())
        #expect(answer.status == 303 && answer.parameter("error") == "access_denied")
        #expect(answer.parameter("state") == "af0ifjsldkj" && answer.parameter("code") == nil)
        #expect(answer.parameter("iss") == "http://127.0.0.1:8080/t/acme")
        #expect(try site.store.grants(of: site.cast.ada.person.id).isEmpty)
    }

    @Test func `Case 136: the page says who asks, for what, for whom, and where one goes`() async throws {
        let site = try await TestSite()
        let page = try await site.browser(signedInAs: site.cast.ada).get(try site.authorizePath(scope: "people:write"))
        for text in [
            "Roster Sync", "Lin", "Acme", "Ada", "ada@acme.example", "roster.example", "Add, change and delete people",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(
            page.header("X-Frame-Options") == "DENY"
                && page.header("Content-Security-Policy")?.contains("form-action") == false)
    }

    @Test func `Case 122: a decision from another site is refused`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let page = try await ada.get(try site.authorizePath())
        let fields = [("ticket", page.hidden("ticket") ?? ""), ("csrf", page.csrf ?? ""), ("decision", "allow")]
        for headers in [
            [("Origin", "https://evil.example")], [("Origin", "null")], [], [("Sec-Fetch-Site", "cross-site")],
            [("Sec-Fetch-Site", "same-site"), ("Origin", "http://127.0.0.1:8080")],
            [("Origin", "http://acme.localhost:8080")],
        ] {
            let answer = try await ada.post("/t/acme/oauth/authorize", fields, headers: headers)
            #expect(answer.status == 403 && answer.location == nil, "\(headers)")
        }
        let noToken = try await ada.post("/t/acme/oauth/authorize", fields.filter { $0.0 != "csrf" })
        #expect(noToken.status == 403)
        #expect(try await ada.post("/t/acme/oauth/authorize", fields).parameter("code") != nil)
    }

    @Test func `Case 123: a GET with the decision in it allows nothing`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let ticket = try await ada.get(try site.authorizePath()).hidden("ticket") ?? ""
        let answer = try await ada.get(try site.authorizePath(more: "&ticket=\(ticket)&decision=allow"))
        #expect(answer.status == 200 && answer.location == nil)
        #expect(try site.store.grants(of: site.cast.ada.person.id).isEmpty)
    }

    @Test func `Case 42, 124: a ticket counts only for the session and person it was made for`() async throws {
        let site = try await TestSite()
        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        let path = try site.authorizePath(at: "globex")
        let ticket = try await mallory.get(path).hidden("ticket") ?? ""
        let ada = try await site.browser(signedInAs: site.cast.ada)
        #expect(try await ada.answer(ticket, "allow", tenant: "globex").status == 403)
        #expect(try await ada.answer(ticket, "allow", tenant: "acme").status == 403)
        let elsewhere = try await site.browser(signedInAs: site.cast.mallory)
        #expect(try await elsewhere.answer(ticket, "allow", tenant: "globex").status == 403)
        #expect(try await mallory.answer(ticket, "allow", tenant: "globex").parameter("code") != nil)
        #expect(try await mallory.answer(ticket, "allow", tenant: "globex").status == 403, "a ticket is used once")
    }

    @Test func `Case 42: a page of one person cannot be answered after another signed in beside it`() async throws {
        let site = try await TestSite()
        let browser = try await site.browser(signedInAs: site.cast.ada)
        let ticket = try await browser.get(try site.authorizePath()).hidden("ticket") ?? ""
        try await browser.submit("/logout", on: "/account")
        _ = try await browser.signIn(site.cast.mallory.email, site.cast.mallory.password)
        #expect(try await browser.answer(ticket, "allow").status == 403)
        #expect(try site.store.grants(of: site.cast.ada.person.id).isEmpty)
    }

    @Test func `Case 126: an old page, or one of an app that changed since, is not enough`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let old = try await ada.get(try site.authorizePath()).hidden("ticket") ?? ""
        site.clock.move(by: 601)
        #expect(try await ada.answer(old, "allow").status == 403)
        let stale = try await ada.get(try site.authorizePath()).hidden("ticket") ?? ""
        site.clock.move(by: 1)
        try await site.change { $0.name = "Roster Sink" }
        #expect(try await ada.answer(stale, "allow").status == 403)
        #expect(try await ada.decide("allow", at: site.authorizePath()).parameter("code") != nil)
    }

    @Test(arguments: ["", "maybe", "ALLOW"])
    func `A decision is allow or deny`(decision: String) async throws {
        let site = try await TestSite()
        let answer = try await site.browser(signedInAs: site.cast.ada).decide(decision, at: site.authorizePath())
        #expect(answer.status == 400 && answer.location == nil)
    }

    @Test func `Case 138: a member may not allow, is told who may, and gets no code with any form`() async throws {
        let site = try await TestSite()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let page = try await grace.get(try site.authorizePath())
        #expect(page.status == 403 && page.contains("ada@acme.example") && page.contains("Roster Sync"))
        let ticket = try #require(page.hidden("ticket"))
        #expect(try await grace.answer(ticket, "allow").parameter("code") == nil)
        let other = try #require(try await grace.get(try site.authorizePath()).hidden("ticket"))
        #expect(try await grace.answer(other, "deny").parameter("error") == "access_denied")
        #expect(try await grace.get(try site.authorizePath(more: "&prompt=none")).parameter("code") == nil)
    }

    @Test func `Case 138: an admin who became a member between page and answer may not allow`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let ticket = try await ada.get(try site.authorizePath()).hidden("ticket") ?? ""
        let person = try site.cast.ada.person.id
        try await site.engine.write { db in
            _ = try db.run("UPDATE members SET role = 'member' WHERE person_id = \(person)")
        }
        let answer = try await ada.answer(ticket, "allow")
        #expect(answer.status == 403 && answer.location == nil)
    }

    @Test func `§3.1: somebody of another tenant is told so, without a ticket or names of its admins`() async throws {
        let site = try await TestSite()
        let page = try await site.browser(signedInAs: site.cast.mallory).get(try site.authorizePath())
        #expect(page.status == 403 && page.hidden("ticket") == nil && !page.contains("ada@acme.example"))
    }
}
