import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing

/// Case 164: dangerous actions want a proof of identity that is not older than ten minutes.
@Suite("Confirming that it is you")
struct ConfirmationTests {
    let site: TestSite
    let lin: Browser
    let password: String
    let app: String

    init() async throws {
        site = try await TestSite()
        lin = try await site.browser(signedInAs: site.cast.lin)
        password = try site.cast.lin.password
        app = "/apps/" + (try site.cast.rosterSync.app.id.text)
    }

    /// The form that the page which asks would send.
    private func confirm(_ page: Answer, with password: String, at path: String) async throws -> Answer {
        let csrf = try #require(page.csrf)
        return try await lin.post(
            path, [("csrf", csrf), ("kept", try #require(page.hidden("kept"))), ("confirm_password", password)])
    }

    /// Every dangerous action: where its form goes and what it says.
    static let dangerous: [(path: String, fields: [(String, String)])] = [
        ("/tokens", Browser.tokenFields(at: "northwind")),
        ("{app}/secrets", [("overlap", "1h")]),
        ("{app}/secrets/{secret}/revoke", []),
        ("{app}/delete", [("confirm_name", "Roster Sync")]),
        ("{app}", Browser.appFields("Roster Sync", callbacks: ["https://elsewhere.example/callback"])),
        ("/account/sessions/end-others", []),
    ]

    private func address(_ path: String) throws -> String {
        let secret = try #require(
            try site.store.liveSecrets(of: site.cast.rosterSync.app.id, at: site.clock.now).first
        ).id.text
        return path.replacingOccurrences(of: "{app}", with: app).replacingOccurrences(of: "{secret}", with: secret)
    }

    @Test(arguments: 0..<dangerous.count)
    func `Case 164: ten minutes after signing in, a dangerous action asks first and then does what was asked`(
        index: Int
    ) async throws {
        let (path, fields) = (try address(Self.dangerous[index].path), Self.dangerous[index].fields)
        site.clock.move(by: 601)
        let before = try fingerprint()
        let page = try await lin.submit(path, fields, on: "/account")
        #expect(page.status == 403)
        #expect(page.contains("Confirm it is you"))
        #expect(!page.contains("CI deploy"))
        #expect(try fingerprint() == before)

        let wrong = try await confirm(page, with: "not it at all", at: path)
        #expect(wrong.status == 422)
        #expect(wrong.contains("This is not your password."))
        #expect(try fingerprint() == before)

        let done = try await confirm(wrong, with: password, at: path)
        #expect(done.status == 303)
        let after = try fingerprint()
        #expect(path.contains("sessions") || after != before)
    }

    @Test(arguments: [0, 599, 600])
    func `Case 164: within ten minutes of signing in nobody is asked`(seconds: Int64) async throws {
        site.clock.move(by: seconds)
        #expect(try await lin.submit("/tokens", Self.dangerous[0].fields, on: "/account").status == 303)
    }

    @Test func `Case 164: pages whose form is dangerous ask before anything is typed, and are gone back to`()
        async throws
    {
        site.clock.move(by: 601)
        for path in [
            "/tokens/new?description=CI&scopes=people:read", app + "/delete",
            try address("{app}/secrets/{secret}/revoke"),
        ] {
            let answer = try await lin.get(path)
            #expect(answer.location == "/account/confirm?next=" + Browser.encode(path))
        }
        let next = "/tokens/new?description=CI&scopes=people:read"
        let asking = "/account/confirm?next=" + Browser.encode(next)
        let answer = try await lin.submit(
            "/account/confirm", [("confirm_password", password), ("next", next)], on: asking)
        #expect(answer.location == next)
        #expect(try await lin.get(next).status == 200)
        // The proof is for ten minutes, and then the question comes back.
        site.clock.move(by: 601)
        #expect(try await lin.get(next).status == 303)
    }

    @Test func `Case 164: the session goes on under a new cookie, and the one before is dead`() async throws {
        let before = try #require(lin.session)
        site.clock.move(by: 601)
        let asked = try await lin.submit("/tokens", Self.dangerous[0].fields, on: "/account")
        #expect(try await confirm(asked, with: password, at: "/tokens").status == 303)
        let after = try #require(lin.session)
        #expect(after != before)
        #expect(try await lin.isSignedIn)
        lin.session = before
        #expect(try await !lin.isSignedIn)
    }

    @Test func `Case 164: a kept form is good for its own address and its own session only, unchanged`() async throws {
        site.clock.move(by: 601)
        let page = try await lin.submit(app + "/secrets", [("overlap", "now")], on: "/account")
        let kept = try #require(page.hidden("kept"))
        #expect(try await confirm(page, with: password, at: app + "/delete").status == 403)
        #expect(try await lin.get(app).status == 200)
        let changed = (kept.hasPrefix("A") ? "B" : "A") + kept.dropFirst()
        for text in [changed, String(kept.dropLast(4)), "", "%%%", "\u{301}" + kept] where !text.isEmpty {
            let answer = try await lin.post(
                app + "/secrets", [("csrf", page.csrf ?? ""), ("kept", text), ("confirm_password", password)])
            #expect(answer.status == 403)
        }
        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        let csrf = try await mallory.get("/account").csrf ?? ""
        #expect(try await mallory.post(app + "/secrets", ["csrf": csrf, "kept": kept]).status == 403)
        #expect(try site.store.liveSecrets(of: site.cast.rosterSync.app.id, at: site.clock.now).count == 1)
    }

    @Test func `Case 164: signing in for an app's sake confirms by itself, a proof does not count as that`()
        async throws
    {
        site.clock.move(by: 601)
        let session = try #require(try site.store.sessions(of: site.cast.lin.person.id, at: site.clock.now).first)
        _ = try await lin.submit("/account/confirm", ["confirm_password": password])
        let after = try #require(try site.store.sessions(of: site.cast.lin.person.id, at: site.clock.now).first)
        #expect(after.id == session.id)
        #expect(after.confirmedAt == site.clock.now)
        #expect(after.authenticatedAt == session.authenticatedAt)
    }

    @Test func `Case 164: a proof made while the clock was wrong is none once it is right`() async throws {
        site.clock.move(by: 365 * 86_400)
        let ahead = try await site.browser(signedInAs: site.cast.lin)
        #expect(try await ahead.get("/tokens/new").status == 200)
        site.clock.move(by: -365 * 86_400)
        #expect(try await ahead.get("/tokens/new").status == 303)
    }

    @Test func `Case 172: guessing here counts like guessing at the sign-in`() async throws {
        site.clock.move(by: 601)
        for _ in 0..<10 {
            let answer = try await lin.submit("/account/confirm", ["confirm_password": "not it at all"])
            #expect(answer.status == 422)
        }
        let answer = try await lin.submit("/account/confirm", ["confirm_password": password])
        #expect(answer.status == 429)
        #expect(answer.headers[.retryAfter] != nil)
        #expect(try await site.browser().signIn(try site.cast.lin.email, password).status == 429)
    }

    @Test func `what was typed comes back where the form itself is at fault`() async throws {
        site.clock.move(by: 601)
        let fields = Browser.tokenFields("", at: "northwind")
        let asked = try await lin.submit("/tokens", fields, on: "/account")
        let answer = try await confirm(asked, with: password, at: "/tokens")
        #expect(answer.status == 422)
        #expect(answer.contains("Create a token"))
        #expect(answer.contains("value=\"account:read\" checked") || answer.contains("checked"))
    }

    @Test func `a form too large to keep in one field is kept in several`() async throws {
        site.clock.move(by: 601)
        let padding = (0..<8).map { ("padding\($0)", String(repeating: "x", count: 7000)) }
        let asked = try await lin.submit("/tokens", Self.dangerous[0].fields + padding, on: "/account")
        #expect(asked.status == 403)
        let pieces = asked.body.components(separatedBy: "name=\"kept\" value=\"").dropFirst().map { piece in
            ("kept", String(piece.prefix { $0 != "\"" }))
        }
        #expect(pieces.count > 5)
        let answer = try await lin.post(
            "/tokens", pieces + [("csrf", asked.csrf ?? ""), ("confirm_password", password)])
        #expect(answer.status == 303)
    }

    /// What the dangerous actions change.
    private func fingerprint() throws -> String {
        try site.engine.read { db in
            try db.rows(
                """
                SELECT (SELECT count(*) FROM developer_tokens) || ' ' || (SELECT group_concat(id) FROM client_secrets)
                    || ' ' || (SELECT count(*) FROM apps)
                    || ' ' || (SELECT group_concat(uri) FROM app_callbacks) AS it
                """
            ).map { try $0.optionalText("it") ?? "none" }.joined()
        }
    }
}
