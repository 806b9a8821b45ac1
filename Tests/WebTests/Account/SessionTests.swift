import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing

@Suite struct SessionTests {
    @Test func `Case 157: a cookie planted before the sign-in is not taken over`() async throws {
        let site = try await TestSite()
        let browser = site.browser()
        let planted = Secret<SessionCookie>.random().reveal()
        browser.session = planted
        _ = try await browser.signIn(site.cast.ada.email, site.cast.ada.password)
        #expect(browser.session != planted)
        #expect(try await browser.isSignedIn)
        browser.session = planted
        #expect(try await !browser.isSignedIn)
    }

    @Test func `Case 157: signing in again ends the session that came with it`() async throws {
        let site = try await TestSite()
        let browser = try await site.browser(signedInAs: site.cast.ada)
        let first = try #require(browser.session)
        let answer = try await browser.signIn(site.cast.grace.email, site.cast.grace.password)
        #expect(answer.status == 303)
        #expect(browser.session != first)
        #expect(try await browser.get("/account").contains(site.cast.grace.email))
        browser.session = first
        #expect(try await !browser.isSignedIn)
    }

    @Test func `Case 158: under https the session cookie is bound to this host and hidden from scripts`() async throws {
        let site = try await TestSite(base: "https://developers.example")
        let browser = site.browser()
        let answer = try await browser.signIn(site.cast.ada.email, site.cast.ada.password)
        let cookie = try #require(answer.setCookies.first { $0.hasPrefix("__Host-gw_session=") })
        let attributes = cookie.split(separator: ";").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(Set(attributes) == ["Path=/", "HttpOnly", "SameSite=Lax", "Secure", "Max-Age=1209600"])
        #expect(cookie.utf8.count < 4096)
        let strangers = try await site.browser().get("/login").setCookies
        #expect(!strangers.isEmpty)
        for other in strangers {
            #expect(other.hasPrefix("__Host-gw_") && other.contains("; Secure") && !other.contains("Domain"))
        }
        #expect(try await browser.isSignedIn)
    }

    @Test func `Case 159: a session cookie that comes twice, or under a look-alike name, is nobody's`() async throws {
        let site = try await TestSite()
        let session = try #require(try await site.browser(signedInAs: site.cast.ada).session)
        let stranger = Secret<SessionCookie>.random().reveal()
        let status = { (cookie: String) async throws -> Int in
            try await site.send(.get, "/account", headers: [("Cookie", cookie)]).status
        }
        #expect(try await status("gw_session=\(session)") == 200)
        #expect(try await status("a=b;\tgw_session=\(session) ; c=d") == 200)
        for cookie in [
            "gw_session=\(session); gw_session=\(session)", "gw_session=\(stranger); gw_session=\(session)",
            "gw_session=\(session); gw_session=", "\u{2000}gw_session=\(session)", "gw_session\u{2000}=\(session)",
            "gw%5Fsession=\(session)", "GW_SESSION=\(session)", "gw_session=\"\(session)\"", "gw_session= \(session)",
            "gw_session=\(session)x", "__Host-gw_session=\(session)",
        ] {
            #expect(try await status(cookie) == 303, "\(cookie)")
        }
        let twoHeaders = [("Cookie", "gw_session=\(session)"), ("Cookie", "gw_session=\(stranger)")]
        #expect(try await site.send(.get, "/account", headers: twoHeaders).status == 303)
    }

    @Test func `a form that was open while the session ended says so; a page that is asked for does not`() async throws
    {
        let site = try await TestSite()
        let browser = try await site.browser(signedInAs: site.cast.ada)
        let page = try await browser.get("/account/name")
        let csrf = try #require(page.csrf)
        browser.session = nil
        #expect(try await browser.get("/account/name").location == "/login?next=%2Faccount%2Fname")
        #expect(try await !browser.get("/login").contains("signed out"))
        let sent = try await browser.post("/account/name", ["name": "Ada Augusta", "csrf": csrf])
        #expect(sent.status == 303 && sent.location == "/login")
        #expect(try await browser.get("/login").contains("You were signed out meanwhile, and nothing was changed."))
        #expect(try await !browser.get("/login").contains("signed out meanwhile"), "said once")
    }

    @Test func `Case 160: signing out ends the session at once, for every copy of the cookie`() async throws {
        let site = try await TestSite()
        let browser = try await site.browser(signedInAs: site.cast.ada)
        let cookie = try #require(browser.session)
        let answer = try await browser.submit("/logout", on: "/account")
        #expect(answer.status == 303)
        #expect(answer.location == "/login")
        #expect(browser.session == nil)
        browser.session = cookie
        #expect(try await !browser.isSignedIn)
    }

    @Test func `Case 160: requests under way while signing out do not bring the session back`() async throws {
        let site = try await TestSite()
        let browser = try await site.browser(signedInAs: site.cast.ada)
        let cookie = try #require(browser.session)
        // Old enough that being seen is noted and written.
        site.clock.move(by: 3600)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = try await browser.get("/account") } }
            group.addTask { try await browser.submit("/logout", on: "/account") }
            for _ in 0..<10 { group.addTask { try await site.store.flushUses() } }
            try await group.waitForAll()
        }
        try await site.store.flushUses()
        browser.session = cookie
        #expect(try await !browser.isSignedIn)
    }

    @Test func `Case 162: a session ends after twelve hours without use`() async throws {
        let site = try await TestSite()
        let browser = try await site.browser(signedInAs: site.cast.ada)
        site.clock.move(by: 12 * 3600 - 1)
        #expect(try await browser.isSignedIn)
        try await site.store.flushUses()
        site.clock.move(by: 12 * 3600 - 1)
        #expect(try await browser.isSignedIn)
        try await site.store.flushUses()
        site.clock.move(by: 12 * 3600)
        #expect(try await !browser.isSignedIn)
    }

    @Test func `Case 162: a session ends after fourteen days of use, and no clock prolongs it`() async throws {
        let site = try await TestSite()
        let browser = try await site.browser(signedInAs: site.cast.ada)
        for _ in 0..<33 {
            site.clock.move(by: 10 * 3600)
            #expect(try await browser.isSignedIn)
            try await site.store.flushUses()
        }
        // A day back and used there: the end stays where it was.
        site.clock.move(by: -86_400)
        #expect(try await browser.isSignedIn)
        try await site.store.flushUses()
        site.clock.move(by: 86_400)
        #expect(try await browser.isSignedIn)
        try await site.store.flushUses()
        site.clock.move(by: 14 * 86_400 - 33 * 10 * 3600)
        #expect(try await !browser.isSignedIn)
    }

    @Test func `Case 163: changing the password ends all other sessions and gives this one a new cookie`() async throws
    {
        let site = try await TestSite()
        let other = try await site.browser(signedInAs: site.cast.ada)
        let browser = try await site.browser(signedInAs: site.cast.ada)
        let before = try #require(browser.session)
        let answer = try await browser.submit(
            "/account/password", ["current_password": site.cast.ada.password, "password": "a brand new pass phrase"],
            on: "/account")
        #expect(answer.status == 303)
        #expect(try await browser.isSignedIn)
        #expect(try await !other.isSignedIn)
        browser.session = before
        #expect(try await !browser.isSignedIn)
        #expect(try site.letters(to: site.cast.ada.email).first?.contains("password was changed") == true)
        #expect(try await site.browser().signIn(site.cast.ada.email, site.cast.ada.password).status == 422)
        #expect(try await site.browser().signIn(site.cast.ada.email, "a brand new pass phrase").status == 303)
    }

    @Test func `Case 163: a wrong current password changes nothing`() async throws {
        let site = try await TestSite()
        let browser = try await site.browser(signedInAs: site.cast.ada)
        let answer = try await browser.submit(
            "/account/password", ["current_password": "not it at all", "password": "a brand new pass phrase"],
            on: "/account")
        #expect(answer.status == 422)
        #expect(answer.contains("This is not your current password."))
        #expect(try await site.browser().signIn(site.cast.ada.email, site.cast.ada.password).status == 303)
    }

    @Test func `Case 163: a password set by mail ends every session; so does a suspension`() async throws {
        let site = try await TestSite()
        let (ada, grace) = (try site.cast.ada, try site.cast.grace)
        let browser = try await site.browser(signedInAs: ada)
        try await site.browser().submit("/forgot", ["email": ada.email])
        let answer = try await site.browser().submit(
            try site.link("reset", to: ada.email), ["password": "a brand new pass phrase"])
        #expect(answer.location == "/login")
        #expect(try await !browser.isSignedIn)

        let other = try await site.browser(signedInAs: grace)
        try await site.suspend(grace.person)
        #expect(try await !other.isSignedIn)
    }

    @Test func `Case 165: a person sees their sessions and ends one, or all others, and nobody else's`() async throws {
        let site = try await TestSite()
        let first = try await site.browser(signedInAs: site.cast.ada)
        let second = try await site.browser(signedInAs: site.cast.ada, from: "198.51.100.24")
        let page = try await first.get("/account")
        #expect(page.contains("198.51.100.24"))
        let end = try #require(page.value(after: "action=\"/account/sessions/ses_"))
        let path = "/account/sessions/ses_" + end
        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        #expect(try await mallory.submit(path, on: "/account").status == 404)
        #expect(try await second.isSignedIn)
        #expect(try await first.submit(path, on: "/account").location == "/account")
        #expect(try await !second.isSignedIn)

        let third = try await site.browser(signedInAs: site.cast.ada)
        #expect(try await first.submit("/account/sessions/end-others", on: "/account").status == 303)
        #expect(try await !third.isSignedIn)
        #expect(try await first.isSignedIn)
    }

    @Test func `Case 166: what the database knows of a session cannot be presented as one`() async throws {
        let site = try await TestSite()
        let browser = try await site.browser(signedInAs: site.cast.ada)
        let cookie = try #require(browser.session)
        let kept = try site.engine.read { db in
            try db.rows("SELECT id, hex(digest) AS digest FROM sessions").flatMap {
                [try $0.text("id"), try $0.text("digest"), try $0.text("digest").lowercased()]
            }
        }
        #expect(kept.count == 3)
        for text in kept + kept.map({ "gw_ss_" + $0 }) {
            browser.session = text
            #expect(try await !browser.isSignedIn)
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: site.folder) {
            let bytes = try #require(FileManager.default.contents(atPath: site.folder + "/" + name))
            #expect(bytes.range(of: Data(cookie.utf8)) == nil, "\(name) holds the cookie")
        }
    }

    @Test func `Case 110: a session cookie is no authentication at the API, nor a bearer token on a page`() async throws
    {
        let site = try await TestSite()
        let ada = try site.cast.ada
        let browser = try await site.browser(signedInAs: ada)
        for path in ["/v2/me", "/t/acme/api/v1/me", "/t/acme/api/v1/people"] {
            #expect(try await browser.get(path).status == 401, "\(path)")
        }
        let member = try #require(try site.store.membership(of: ada.person.id, in: site.cast.acme.id))
        let token = Secret<OAuth.DeveloperToken>.random()
        let scopes = try #require(ScopeSet(parsing: "account:read people:read"))
        _ = try await site.store.makeBeyondQuota(
            DeveloperTokenDraft(member: member, description: "A test", scopes: scopes, expiresAt: nil), token: token,
            letter: Letter(kind: .tokenCreated, recipient: ada.email, subject: "A test", body: "A test"),
            at: site.clock.now)
        let bearer = [("Authorization", "Bearer " + token.reveal())]
        #expect(try await site.send(.get, "/v2/me", headers: bearer).status == 200)
        for path in ["/account", "/dashboard", "/tokens"] {
            let answer = try await site.send(.get, path, headers: bearer)
            #expect(answer.status == 303)
            #expect(answer.location?.hasPrefix("/login") == true)
        }
    }
}
