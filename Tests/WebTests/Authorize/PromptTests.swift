import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite struct PromptTests {
    @Test func `Case 128: prompt=none answers login_required, consent_required or a code where the app is known`()
        async throws
    {
        let site = try await TestSite()
        let path = try site.authorizePath(more: "&prompt=none")
        let ada = try await site.browser(signedInAs: site.cast.ada)
        _ = try await ada.code()
        let answer = try await ada.get(path)
        #expect(answer.parameter("code") != nil && answer.parameters.sorted() == ["code", "iss", "state"])
        let wider = try await ada.get(try site.authorizePath(scope: "people:write", more: "&prompt=none"))
        #expect(wider.parameter("error") == "consent_required")
        let grace = try await site.browser(signedInAs: site.cast.grace)
        #expect(try await grace.get(path).parameter("error") == "access_denied")
        ada.session = nil
        let signedOut = try await ada.get(path)
        #expect(signedOut.parameter("error") == "login_required" && signedOut.parameter("state") == "af0ifjsldkj")
    }

    @Test func `Case 27, 128: where it is not, prompt=none asks before it sends anybody on`() async throws {
        let site = try await TestSite()
        let path = try site.authorizePath(more: "&prompt=none")
        let ada = try await site.browser(signedInAs: site.cast.ada)
        for (browser, error) in [
            (site.browser(), "login_required"), (ada, "consent_required"),
            (try await site.browser(signedInAs: site.cast.mallory), "access_denied"),
        ] {
            let answer = try await browser.get(path)
            #expect(answer.status == 200 && answer.location == nil && answer.hidden("ticket") == nil)
            let link = answer.value(after: "href=\"https://roster.example/")
            #expect(link?.contains("error=\(error)&") == true && link?.contains("state=af0ifjsldkj") == true)
        }
        // What Ada allows later makes the app known at Acme, to nobody else and no longer than it lasts.
        _ = try await ada.code()
        #expect(try await site.browser().get(path).status == 200)
        #expect(try await site.browser(signedInAs: site.cast.mallory).get(path).status == 200)
        let grant = try #require(try site.store.grants(of: site.cast.ada.person.id).first)
        try await ada.submit("/account/apps/acme/\(grant.id.text)/revoke")
        #expect(try await ada.get(path).status == 200)
    }

    @Test(arguments: ["none login", "none consent", "nonsense", "login  consent"])
    func `Case 128: prompt values that contradict or are unknown are invalid_request`(prompt: String) async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let answer = try await lin.get(try site.authorizePath(more: "&prompt=" + Browser.encode(prompt)))
        #expect(answer.parameter("error") == "invalid_request")
    }

    @Test(arguments: ["&prompt=login", "&max_age=0", "&prompt=select_account"])
    func `Case 129: signing in again is real, and happens once`(more: String) async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let session = ada.session
        site.clock.move(by: 1)
        let sent = try await ada.get(try site.authorizePath(more: more))
        #expect(sent.status == 303 && sent.location?.hasPrefix("/login?next=") == true)
        let back = try #require(sent.parameter("next"))
        #expect(try await ada.get(back).location?.hasPrefix("/login") == true, "the old sign-in does not do")
        site.clock.move(by: 5)
        let answer = try await ada.signIn(site.cast.ada.email, site.cast.ada.password, next: back)
        #expect(answer.status == 303 && ada.session != session)
        #expect(try await ada.get(back).hidden("ticket") != nil)
    }

    @Test(arguments: ["&prompt=login", "&max_age=0"])
    func `Case 129: a sign-in of the same second, but before, does not do`(more: String) async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let back = try #require(try await ada.get(try site.authorizePath(more: more)).parameter("next"))
        #expect(try await ada.get(back).location?.hasPrefix("/login?next=") == true, "it is the old session")
        // The one that follows in this very second is the answer.
        let after = try await ada.signIn(site.cast.ada.email, site.cast.ada.password, next: back)
        #expect(after.status == 303)
        #expect(try await ada.get(back).hidden("ticket") != nil)
        // Nobody else's browser gets anything out of the address.
        let older = try await site.browser(signedInAs: site.cast.ada)
        site.clock.move(by: 1)
        let next = try #require(try await older.get(try site.authorizePath(more: more)).parameter("next"))
        #expect(try await ada.get(next).location?.hasPrefix("/login?next=") == true, "signed in before it was asked")
    }

    @Test func `Case 129: a client cannot claim that signing in was asked for`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let since = site.clock.now.seconds - 60
        for token in ["", String(repeating: "0", count: 64)] {
            let path = try site.authorizePath(more: "&prompt=login&signed_in_since=\(since)&since_token=\(token)")
            #expect(try await ada.get(path).location?.hasPrefix("/login?next=") == true)
        }
    }

    @Test func `Case 129: max_age asks again only when the sign-in is older`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        site.clock.move(by: 100)
        #expect(try await ada.get(try site.authorizePath(more: "&max_age=100")).status == 200)
        #expect(try await ada.get(try site.authorizePath(more: "&max_age=99")).location?.hasPrefix("/login") == true)
        let lin = try await site.browser(signedInAs: site.cast.lin)
        for age in ["-1", "1e3", "99999999999999999999", "x"] {
            let answer = try await lin.get(try site.authorizePath(more: "&max_age=" + age))
            #expect(answer.parameter("error") == "invalid_request", "\(age)")
        }
    }

    @Test func `Case 130, 131: what was allowed is not asked again, but more is, and prompt=consent always`()
        async throws
    {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        _ = try await ada.code(scope: "people:read")
        let again = try await ada.get(try site.authorizePath())
        #expect(again.status == 302 || again.status == 303)
        #expect(again.parameter("code") != nil)
        #expect(try await ada.get(try site.authorizePath(more: "&prompt=consent")).hidden("ticket") != nil)
        let more = try await ada.get(try site.authorizePath(scope: "people:read people:write"))
        #expect(more.status == 200 && more.hidden("ticket") != nil)
        // Another tenant of the same app is another matter.
        let lin = try await site.browser(signedInAs: site.cast.lin)
        #expect(try await lin.get(try site.authorizePath(at: "northwind")).hidden("ticket") != nil)
    }

    @Test(arguments: [("public", "https://choir.example/callback"), ("public", "http://127.0.0.1/callback")])
    func `Case 130: an app that cannot prove who it is asks every time`(kind: String, callback: String) async throws {
        let site = try await TestSite()
        let app = try await site.browser(signedInAs: site.cast.lin).register(kind: kind, callbacks: [callback])
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let path = try site.authorizePath()
            .replacingOccurrences(of: try site.cast.rosterSync.app.clientID, with: app.clientID)
            .replacingOccurrences(of: Browser.encode(try site.cast.rosterSync.callback), with: Browser.encode(callback))
        #expect(try await ada.decide("allow", at: path).parameter("code") != nil)
        #expect(try await ada.get(path).hidden("ticket") != nil)
        #expect(try await ada.get(path + "&prompt=none").parameter("error") == "consent_required")
    }

    @Test func `Case 131: a revoked permission is asked for again`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        _ = try await ada.code()
        let grant = try #require(try site.store.grants(of: site.cast.ada.person.id).first)
        try await ada.submit("/account/apps/acme/\(grant.id.text)/revoke")
        #expect(try await ada.get(try site.authorizePath()).hidden("ticket") != nil)
    }
}
