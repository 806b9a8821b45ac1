import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing

@Suite("What the owner of an app sees")
struct AppOwnerPagesTests {
    let site: TestSite
    let lin: Browser
    let app: String

    init() async throws {
        site = try await TestSite()
        lin = try await site.browser(signedInAs: site.cast.lin)
        app = "/apps/" + (try site.cast.rosterSync.app.id.text)
    }

    @Test func `a refused token request is explained, without any value of it`() async throws {
        let secret = "gw_cs_" + String(repeating: "0", count: 36)
        let answer = try await site.token([
            ("grant_type", "authorization_code"), ("code", "gw_ac_leaked"), ("client_id", try site.rosterID()),
            ("client_secret", secret),
        ])
        #expect(answer.error == "invalid_client")
        let page = try await lin.get(app + "/activity")
        #expect(page.contains("Client authentication failed."))
        #expect(page.contains("the secret is not one that works"))
        #expect(page.contains("198.51.100.…") && !page.contains("198.51.100.1<"))
        #expect(!page.contains("gw_ac_leaked") && !page.contains(secret))
        let link = try #require(page.value(after: "<a href=\"\(app)/activity/act_"))
        let entry = try await lin.get(app + "/activity/act_" + link)
        #expect(entry.contains("grant_type, client_id, client_secret") || entry.contains("client_id, grant_type"))
        #expect(entry.contains("invalid_client"))
    }

    @Test func `both Basic and a secret in the body is noted, though nobody was authenticated`() async throws {
        let basic = Data("\(try site.rosterID()):\(try site.cast.rosterSync.secret)".utf8).base64EncodedString()
        _ = try await site.token(
            [("grant_type", "refresh_token"), ("refresh_token", "x")] + site.rosterCredentials(),
            headers: [("Authorization", "Basic \(basic)")])
        #expect(try await lin.get(app + "/activity").contains("client_secret_post"))
    }

    @Test func `a callback that is not registered is explained by its difference`() async throws {
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let path = try site.authorizePath().replacingOccurrences(
            of: Browser.encode(try site.cast.rosterSync.callback),
            with: Browser.encode(try site.cast.rosterSync.callback + "/"))
        #expect(try await ada.get(path).status == 400)
        #expect(try await lin.get(app + "/activity").contains("one slash more at the end"))
    }

    @Test func `denials, members who may not and successes are counted`() async throws {
        let ada = try await site.browser(signedInAs: site.cast.ada)
        _ = try await ada.decide("deny", at: site.authorizePath())
        _ = try await site.browser(signedInAs: site.cast.grace).get(site.authorizePath())
        let tokens = try await site.tokens()
        _ = try await site.call("/t/acme/api/v1/people", tokens.access)
        let page = try await lin.get(app + "/activity")
        #expect(page.contains("The person denied the request."))
        #expect(page.contains("do not let this person allow the app"))
        #expect(page.contains("Authorizations a day: 1 in the last 30 days ("))
        #expect(page.contains("Calls to the API: 1 in the last 30 days"))
        let filtered = try await lin.get(app + "/activity?kind=token&outcome=refused&error=invalid_grant")
        #expect(filtered.contains("Nothing like that") && !filtered.contains("denied the request"))
    }

    @Test func `refused calls of the API are explained, with what to do`() async throws {
        let tokens = try await site.tokens(scope: "account:read")
        #expect(try await site.call("/t/acme/api/v1/people", tokens.access).status == 403)
        #expect(try await site.call("/t/globex/api/v1/me", tokens.access).status == 401)
        let page = try await lin.get(app + "/activity?kind=api")
        #expect(page.contains("API call"))
        #expect(page.contains("The access token lacks a scope. The call needs people:read."))
        #expect(page.contains("Ask for the scope when you send people to the authorization address"))
        #expect(page.contains("another workspace's") || page.contains("another workspace&#39;s"))
        site.clock.move(by: 86_400)
        #expect(try await site.call("/v2/me", tokens.access).error == "token_expired")
        let lin = try await site.browser(signedInAs: site.cast.lin)
        #expect(try await lin.get(app + "/activity?error=invalid_token").contains("The access token has expired."))
        let next = try #require(try await site.refresh(tokens.refresh).json["access_token"] as? String)
        let grant = try #require(
            try site.engine.read { try $0.row("SELECT id FROM grants WHERE revoked_at IS NULL")?.text("id") })
        #expect(
            try await site.store.revokeGrant(
                ID(grant), in: site.cast.acme.id, of: site.cast.ada.person.id, at: site.clock.now))
        #expect(try await site.call("/v2/me", next).status == 401)
        let last = try await lin.get(app + "/activity")
        #expect(last.contains("The access token does not work any more."))
        #expect(!last.body.contains(next) && !last.body.contains(tokens.access))
        // A person's own token is their own affair, and one that was never given out is nobody's.
        let entries = try site.store.activity(of: site.cast.rosterSync.app.id).count
        _ = try await site.call("/v2/me", Secret<AccessToken>.random().reveal())
        let own = try await site.browser(signedInAs: site.cast.ada).makeToken(scopes: ["account:read"])
        #expect(try await site.call("/t/acme/api/v1/people", own.token).status == 403)
        try await site.store.flushActivity()
        #expect(try site.store.activity(of: site.cast.rosterSync.app.id).count == entries)
    }

    @Test func `a review is asked for once, and the operator sees who asked and when`() async throws {
        let page = try await lin.get(app)
        #expect(page.contains("Ask for a review"))
        #expect(try await lin.submit(app + "/review", on: app).location == app)
        let waiting = try await lin.get(app)
        #expect(waiting.contains("You asked for a review") && !waiting.contains("Ask for a review"))
        #expect(
            try site.letters(to: "olga@gatewright.example").first?.contains("look at the app \"Roster Sync\"") == true)
        site.clock.move(by: 7200)
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let queue = try await olga.get("/operator/apps?show=asked")
        #expect(queue.contains("Lin asked for a review 2 hours ago"))
        let desk = try await olga.get("/operator" + app)
        #expect(desk.contains("Review asked for") && desk.contains("by Lin, 21 Nov 2026"))
        // Asking twice writes to nobody twice.
        let letters = try site.count("outbox")
        #expect(try await lin.submit(app + "/review", on: "/account").status == 303)
        #expect(try site.count("outbox") == letters)
        let review = [("note", ""), ("as_of", try #require(desk.hidden("as_of")))]
        #expect(try await olga.submit("/operator" + app + "/review", review, on: "/operator" + app).status == 303)
        #expect(try await olga.get("/operator/apps?show=asked").contains("Nothing found"))
        #expect(try await !lin.get(app).contains("review"), "nothing is left to ask for")
        #expect(try await lin.get(app + "/activity").contains("A review was asked for."))
        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        #expect(try await mallory.submit(app + "/review", on: "/account").status == 404)
    }

    @Test func `a V1 client moves to V2 without anybody being asked`() async throws {
        try await site.change { $0.tokenFormat = .v1 }
        let code = try await site.browser(signedInAs: site.cast.ada).code(scope: "account:read")
        let v1 = try #require(try await site.redeem(code).json["access_token"] as? String)
        #expect(try await site.refresh(v1).error == "unauthorized_client")
        #expect(try await lin.get(app + "/token-format").contains("1 V1 token works"))
        #expect(try await lin.submit(app + "/token-format", on: app + "/token-format").status == 303)
        let moved = try await site.refresh(v1)
        #expect(moved.status == 200 && moved.json["expires_in"] as? Int == 86_400)
        let again = try await site.refresh(v1)
        #expect(again.json["access_token"] as? String == moved.json["access_token"] as? String)
        #expect(try await site.call("/v2/me", v1).status == 401)
        #expect(try await site.call("/v2/me", moved.json["access_token"] as? String ?? "").status == 200)
        let activity = try await lin.get(app + "/activity")
        #expect(activity.contains("Switched from V1 to V2"))
        #expect(activity.contains("A V1 token was exchanged for a V2 pair at Acme"))
        let back = try await lin.submit(
            app,
            [
                ("name", "Roster Sync"), ("description", "Keeps the choir's own list of singers in step."),
                ("homepage", "https://roster.example/"), ("callbacks", try site.cast.rosterSync.callback),
                ("scopes", "account:read"), ("pkce", "required"), ("token_format", "v1"), ("action", "save"),
            ], on: app + "/edit")
        #expect(back.status == 422 && back.contains("There is no way back to V1"))
    }

    @Test func `the refresh test shows each step and no token`() async throws {
        let page = try await lin.submit(app + "/token-format/test", on: app + "/token-format")
        #expect(page.status == 200 && page.contains("<b>Passed.</b>"))
        #expect(Browser.secret("gw_at_", in: page.body) == nil && Browser.secret("gw_rt_", in: page.body) == nil)
        #expect(try await lin.get(app + "/activity").contains("The refresh was tested"))
    }

    @Test func `grants are listed and given back`() async throws {
        let tokens = try await site.tokens(scope: "people:read")
        let page = try await lin.get(app + "/grants")
        #expect(page.contains("1 grant by 1 person in 1 workspace"))
        #expect(page.contains("Somebody whose name the app may not read") && !page.contains("ada@"))
        let link = try #require(page.value(after: "class=\"btn small danger\" href=\""))
        #expect(try await lin.get(link).contains("Give back access to Acme?"))
        #expect(try await lin.submit(link).status == 303)
        #expect(try await site.call("/t/acme/api/v1/people", tokens.access).status == 401)
        #expect(try await lin.get(app + "/grants").contains("Nobody has allowed it yet"))
    }

    @Test func `the app's page says what to look at`() async throws {
        try await site.change {
            $0.pkceRequired = false
            $0.tokenFormat = .v1
        }
        let page = try await lin.get(app)
        #expect(page.contains("PKCE is optional") && page.contains("never expire (V1)"))
        #expect(page.contains("\(app)/token-format") && page.contains("\(app)/activity"))
    }
}

@Suite("Test tokens")
struct TestTokenTests {
    @Test func `a token for a day, shown once, of the tenant it was made in`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        #expect(try await ada.get("/t/acme").contains("/t/acme/test-token"))
        #expect(try await ada.get("/t/acme/test-token").contains("Not for production"))
        #expect(try await ada.submit("/t/acme/test-token").status == 303)
        let shown = try await ada.get("/t/acme/test-token")
        let token = try #require(Browser.secret("gw_dt_", in: shown.body))
        #expect(Browser.secret("gw_dt_", in: try await ada.get("/t/acme/test-token").body) == nil)
        #expect(try await site.call("/t/acme/api/v1/people", token).status == 200)
        #expect(try await ada.get("/tokens").contains("Test token, not for production"))
        site.clock.move(by: 86_400)
        #expect(try await site.call("/t/acme/api/v1/people", token).error == "token_expired")
    }

    @Test func `a member's test token may look and not write, and strangers have none`() async throws {
        let site = try await TestSite()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        _ = try await grace.submit("/t/acme/test-token")
        let token = try #require(Browser.secret("gw_dt_", in: try await grace.get("/t/acme/test-token").body))
        #expect(try await site.call("/t/acme/api/v1/people", token).status == 200)
        #expect(try await grace.submit("/t/acme/test-token/revoke", on: "/t/acme/test-token").status == 303)
        #expect(try await site.call("/t/acme/api/v1/people", token).status == 401)
        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        #expect(try await mallory.get("/t/acme/test-token").status == 404)
    }

    @Test func `Case 164: making one asks for the password when the last proof is old`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        site.clock.move(by: 601)
        let page = try await ada.submit("/t/acme/test-token")
        #expect(page.status == 403 && page.contains("Confirm it is you"))
    }
}

extension TestSite {
    fileprivate func rosterID() throws -> String { try cast.rosterSync.app.clientID }
}
