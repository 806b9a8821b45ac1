import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing

/// Tokens through addresses, by the real router.
@Suite("The direct flow")
struct DirectFlowPagesTests {
    let site: TestSite
    let lin: Browser
    let ada: Browser
    let app: String

    init() async throws {
        site = try await TestSite()
        lin = try await site.browser(signedInAs: site.cast.lin)
        ada = try await site.browser(signedInAs: site.cast.ada)
        app = "/apps/" + (try site.cast.rosterSync.app.id.text)
    }

    private func path(
        _ callback: String? = nil, key: String? = nil, state: String = "af0ifjsldkj", more: String = ""
    ) throws -> String {
        let roster = try site.cast.rosterSync
        return "/user/oauth_allow?api_key=\(key ?? roster.app.clientID)"
            + "&callback=\(Browser.encode(callback ?? roster.callback))&state=\(state)" + more
    }

    private func turnOn(_ lifetime: DirectLifetime = .hour) async throws {
        let answer = try await lin.submit(app + "/direct", ["lifetime": String(lifetime.rawValue)])
        try #require(answer.status == 303)
    }

    private func decide(_ decision: String) async throws -> Answer {
        let page = try await ada.get(path())
        return try await ada.answer(try #require(page.hidden("ticket"), "\(page.status)"), decision)
    }

    @Test func `an app without a callback on a web server is told what is in the way`() async throws {
        let pocket = try await lin.register("Pocket Roster", kind: "public", callbacks: ["com.example.pocket:/cb"])
        let path = "/apps/\(pocket.id)/direct"
        let answer = try await lin.submit(path, ["lifetime": String(DirectLifetime.hour.rawValue)])
        #expect(answer.status == 422)
        #expect(answer.contains("It needs a callback on a web server") && !answer.contains("Choose how long"))
    }

    @Test func `off by default: nothing is asked and nothing is sent`() async throws {
        let answer = try await ada.get(path())
        #expect(answer.status == 400 && answer.location == nil)
        #expect(answer.contains("the direct flow is off for this app"))
        #expect(try await lin.get(app + "/direct").contains("Off, because this flow leaks tokens."))
        #expect(try await lin.get(app + "/activity").contains("The direct flow is off for this app"))
    }

    @Test func `the token and the state go to the callback, and nothing of this page`() async throws {
        try await turnOn()
        let page = try await ada.get(path())
        #expect(page.contains("Its access travels in an address.") && page.contains("ends after 1 hour"))
        let answer = try await decide("allow")
        #expect(answer.status == 303)
        #expect(answer.parameters == ["access_token", "state"])
        #expect(answer.location?.hasPrefix(try site.cast.rosterSync.callback + "?") == true)
        #expect(answer.header("Referrer-Policy") == "no-referrer" && answer.header("Cache-Control") == "no-store")
        let token = try #require(answer.parameter("access_token"))
        #expect(try await site.call("/t/acme/api/v1/people", token).status == 200)
        site.clock.move(by: 3600)
        #expect(try await site.call("/t/acme/api/v1/people", token).error == "token_expired")
        #expect(try await site.refresh(token).error == "invalid_grant")
    }

    @Test func `Case 1: a callback that differs by one byte gets nothing, not even an error`() async throws {
        try await turnOn()
        let callback = try site.cast.rosterSync.callback
        for wrong in [callback + "/", callback.uppercased(), "https://evil.example/cb", callback + "?a=b", ""] {
            let answer = try await ada.get(path(wrong))
            #expect(answer.status == 400 && answer.location == nil, "\(wrong)")
        }
        #expect(try await ada.get(path(key: "gw_id_0000000000000000000000")).location == nil)
        #expect(try await ada.get("/user/oauth_allow").status == 400)
    }

    @Test func `Case 127: Deny goes back with an error and the state`() async throws {
        try await turnOn()
        let answer = try await decide("deny")
        #expect(answer.parameter("error") == "access_denied" && answer.parameter("state") == "af0ifjsldkj")
        #expect(answer.parameter("access_token") == nil)
    }

    @Test func `Case 130: a yes is never remembered`() async throws {
        try await turnOn()
        _ = try await decide("allow")
        let again = try await ada.get(path())
        #expect(again.status == 200 && again.hidden("ticket") != nil)
    }

    @Test func `Case 123, 124: the ticket decides, once, and only for who was asked`() async throws {
        try await turnOn()
        let ticket = try #require(try await ada.get(path()).hidden("ticket"))
        let grace = try await site.browser(signedInAs: site.cast.grace)
        #expect(try await grace.answer(ticket, "allow").status == 403)
        #expect(try await ada.answer(ticket, "allow").status == 303)
        #expect(try await ada.answer(ticket, "allow").status == 403)
    }

    @Test func `Case 126: turned off between the page and Allow, nothing is sent`() async throws {
        try await turnOn()
        let ticket = try #require(try await ada.get(path()).hidden("ticket"))
        #expect(try await lin.submit(app + "/direct/off", on: app + "/direct").status == 303)
        #expect(try await ada.answer(ticket, "allow").location == nil)
    }

    @Test func `Case 138: a member who may not allow apps gets no token`() async throws {
        try await turnOn()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let answer = try await grace.get(path())
        #expect(answer.status == 403 && answer.location == nil)
    }

    @Test func `a member who asks an admin goes on in this flow, with the token at its end`() async throws {
        try await turnOn()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let page = try await grace.get(path(more: "&tenant=acme"))
        let ticket = try #require(page.hidden("ticket"))
        let asked = try await grace.submit("/t/acme/requests", [("ticket", ticket), ("note", "")], on: "/account")
        let request = try #require(asked.location)
        let asOf = try #require(try await ada.get(request).hidden("as_of"))
        _ = try await ada.submit(request, [("decision", "allow"), ("answer", ""), ("as_of", asOf)])
        let back = try #require(try await grace.get(request + "/continue").location)
        #expect(back.hasPrefix("/user/oauth_allow?tenant=acme&api_key="))
        let consent = try await grace.get(back)
        #expect(consent.status == 200 && consent.contains("Its access travels in an address."))
        let answer = try await grace.answer(try #require(consent.hidden("ticket")), "allow")
        #expect(answer.parameters == ["access_token", "state"] && answer.parameter("state") == "af0ifjsldkj")
        #expect(try await site.call("/v2/me", try #require(answer.parameter("access_token"))).status == 200)
    }

    @Test func `Case 27: nobody signed in is asked to sign in, and comes back`() async throws {
        try await turnOn()
        let stranger = site.browser()
        let answer = try await stranger.get(path())
        #expect(answer.status == 303 && answer.location?.hasPrefix("/login?next=%2Fuser%2Foauth_allow") == true)
    }

    @Test func `with several workspaces the person chooses one`() async throws {
        try await turnOn()
        try await site.store.addMember(
            site.cast.ada.person.id, to: site.cast.globex.id, as: .admin, at: site.clock.now)
        let choice = try await ada.get(path())
        #expect(choice.contains("Where shall") && choice.contains("Acme") && choice.contains("Globex"))
        #expect(choice.hidden("ticket") == nil)
        #expect(try await ada.get(path(more: "&tenant=globex")).contains("to access <bdi>Globex</bdi>?"))
        #expect(try await ada.get(path(more: "&tenant=northwind")).contains("Where shall"))
    }

    @Test func `Case 164: turning it on asks for the password when the last proof is old`() async throws {
        site.clock.move(by: 601)
        let page = try await lin.submit(app + "/direct", ["lifetime": "3600"])
        #expect(page.status == 403 && page.contains("Confirm it is you"))
        #expect(try site.store.directFlow(of: site.cast.rosterSync.app.id) == nil)
    }

    @Test func `a lifetime that is not offered is refused`() async throws {
        for lifetime in ["0", "99999999", "", "never"] {
            let answer = try await lin.submit(app + "/direct", ["lifetime": lifetime])
            #expect(answer.status == 422 && answer.contains("Choose how long a token lives."))
        }
    }

    @Test func `one page has what I granted and my own keys, and makes a new one`() async throws {
        try await turnOn()
        _ = try await decide("allow")
        #expect(try await ada.get("/user/api-keys").contains("Roster Sync"))
        #expect(try await ada.get("/user/api-keys").contains("/account/apps/acme/"))
        let mine = try await lin.get("/user/api-keys")
        #expect(mine.contains(try site.cast.rosterSync.app.clientID) && mine.contains("On, 1 hour"))
        let short = try await lin.submit(
            "/user/api-keys",
            [
                "name": "Choir", "description": "Sings.", "callbacks": "ftp://x", "scopes": "people:read",
                "action": "save",
            ])
        #expect(short.status == 422 && short.contains("at least 20 characters") && short.contains("value=\"Choir\""))
        let made = try await lin.submit(
            "/user/api-keys",
            [
                "name": "Choir", "description": "Keeps the choir's own list of singers in step.",
                "callbacks": "https://choir.example/callback", "scopes": "people:read", "action": "save",
            ])
        #expect(made.status == 303 && made.location?.hasSuffix("/created") == true)
        let shown = try await lin.get(made.location ?? "")
        #expect(Browser.secret("gw_cs_", in: shown.body) != nil)
    }
}
