import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing

@Suite struct SignInTests {
    static let wrong = "this is not the password"

    @Test func `Signing in leads where the person wanted to go, and the page says which app asked`() async throws {
        let site = try await TestSite()
        let browser = site.browser()
        let asked = try await browser.get(try site.authorizePath())
        #expect(asked.status == 303)
        let page = try await browser.get(try #require(asked.location))
        #expect(page.contains("Roster Sync"))
        let next = try #require(page.hidden("next"))
        let answer = try await browser.post(
            "/login",
            ["email": site.cast.ada.email, "password": site.cast.ada.password, "next": next, "csrf": page.csrf ?? ""])
        #expect(answer.status == 303)
        #expect(answer.location == (try site.authorizePath()))
        #expect(try await browser.get("/login").location == "/dashboard")
        #expect(try await browser.get("/login?next=/tokens").location == "/tokens")
    }

    @Test func `Case 169: unknown, unconfirmed and suspended people get the answer of a wrong password`() async throws {
        let site = try await TestSite()
        let newcomer = site.browser(from: "198.51.100.9")
        try await newcomer.submit(
            "/signup", ["name": "Nora", "email": "nora@new.example", "password": "Nora likes trains"])
        try await site.suspend(site.cast.grace.person)
        let browser = site.browser()
        var seen: Set<String> = []
        for (email, password) in [
            (try site.cast.ada.email, Self.wrong), ("unknown@acme.example", Self.wrong),
            ("nora@new.example", "Nora likes trains"), (try site.cast.grace.email, Self.wrong),
            ("not an address", Self.wrong),
        ] {
            let answer = try await browser.signIn(email, password)
            #expect(answer.status == 422)
            seen.insert(answer.everything(hiding: email))
        }
        #expect(seen.count == 1)
        #expect(browser.session == nil)
    }

    @Test func `Case 184: suspended people are told so, when they know the password, and stay outside`() async throws {
        let site = try await TestSite()
        let grace = try site.cast.grace
        try await site.suspend(grace.person)
        let browser = site.browser()
        for _ in 0..<12 {
            let answer = try await browser.signIn(grace.email, grace.password)
            #expect(answer.status == 422)
            #expect(answer.contains("This account is suspended. The reason is in the mail of 21 Nov 2026."))
        }
        #expect(browser.session == nil)
        let guess = try await browser.signIn(grace.email, Self.wrong)
        #expect(!guess.contains("suspended"))
    }

    @Test func `Case 170: of two hundred parallel guesses no more than ten are tried`() async throws {
        let site = try await TestSite()
        let ada = try site.cast.ada
        let browser = site.browser()
        let form = try #require(try await browser.get("/login").csrf)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await browser.post(
                        "/login", [("email", ada.email), ("password", "guess \(number) of many"), ("csrf", form)]
                    ).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 422 } == 10)
        #expect(statuses.count { $0 == 429 } == 190)
        // Now even the right one has to wait, and is told how long …
        let answer = try await browser.signIn(ada.email, ada.password)
        #expect(answer.status == 429)
        #expect(answer.headers[.retryAfter].flatMap { Int($0) }.map { (1...3600).contains($0) } == true)
        #expect(answer.contains("Too many attempts."))
        // … but whoever comes from elsewhere is not locked out (case 171), and waiting helps.
        #expect(try await site.browser(from: "203.0.113.5").signIn(ada.email, ada.password).status == 303)
        site.clock.move(by: 3601)
        #expect(try await browser.signIn(ada.email, ada.password).status == 303)
    }

    @Test func `Case 170: a success starts the count anew`() async throws {
        let site = try await TestSite()
        let ada = try site.cast.ada
        let browser = site.browser()
        for _ in 0..<3 {
            for _ in 0..<9 { #expect(try await browser.signIn(ada.email, Self.wrong).status == 422) }
            #expect(try await browser.signIn(ada.email, ada.password).status == 303)
            browser.session = nil
        }
    }

    @Test func `Case 172: every spelling and every form counts as the same person`() async throws {
        let site = try await TestSite()
        let ada = try site.cast.ada
        let signedIn = try await site.browser(signedInAs: ada)
        let browser = site.browser()
        for email in [
            "ADA@acme.example", " ada@acme.example", "ada@acme.example  ", "Ada@ACME.Example", "ada@Acme.example",
        ] {
            #expect(try await browser.signIn(email, Self.wrong).status == 422)
        }
        for _ in 0..<5 {
            let answer = try await signedIn.submit(
                "/account/password", ["current_password": Self.wrong, "password": "a brand new pass phrase"],
                on: "/account")
            #expect(answer.status == 422)
        }
        #expect(try await browser.signIn("aDa@acme.example", ada.password).status == 429)
        // The browser she is signed in on has ten of its own (case 171), whatever the form.
        for number in 0..<6 {
            let answer = try await signedIn.submit(
                "/account/password", ["current_password": Self.wrong, "password": "a brand new pass phrase"],
                on: "/account")
            #expect(answer.status == (number < 5 ? 422 : 429))
        }
        signedIn.session = nil
        #expect(try await signedIn.signIn(ada.email, ada.password).status == 429)
    }

    @Test func `Case 172: spellings that only look like the address are nobody's`() async throws {
        let site = try await TestSite()
        let ada = try site.cast.ada
        for email in [
            "ada@acme.example\u{0301}", "\u{FF41}da@acme.example", "ada\u{200B}@acme.example", "ada@acme.example.",
        ] {
            #expect(try await site.browser().signIn(email, ada.password).status == 422, "\(email)")
        }
    }

    @Test func `Case 174: a password that is too long is refused before any hashing`() async throws {
        let site = try await TestSite()
        let email = try site.cast.ada.email
        #expect(try await site.browser().signIn(email, String(repeating: "x", count: 1025)).status == 400)
        #expect(try await site.browser().signIn(email, String(repeating: "x", count: 1 << 20)).status == 413)
        let fields = ["name": "Nora", "email": "nora@new.example", "password": String(repeating: "xy", count: 600)]
        #expect(try await site.browser().submit("/signup", fields.map { ($0.key, $0.value) }).status == 422)
    }

    @Test func `Case 174: more sign-ins at once than can be hashed soon are told to wait, not kept`() async throws {
        let slow = try PasswordHasher(
            parameters: Argon2Parameters(memoryKiB: 8192, passes: 1, lanes: 1), threads: 1, waiting: 4)
        let site = try await TestSite(passwords: slow)
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for number in 0..<150 {
                group.addTask {
                    let browser = site.browser(from: "203.0.113.\(number)")
                    return try await browser.signIn("somebody\(number)@acme.example", Self.wrong)
                }
            }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(Set(answers.map(\.status)).isSubset(of: [422, 429]))
        #expect(answers.contains { $0.status == 422 })
        #expect(answers.contains { $0.status == 429 })
        for answer in answers where answer.status == 429 { #expect(answer.headers[.retryAfter] != nil) }
    }

    @Test func `Case 175: a password kept at lower cost is hashed anew when its owner signs in`() async throws {
        let site = try await TestSite()
        let ada = try site.cast.ada
        let cheaper = try PasswordHasher(
            parameters: Argon2Parameters(memoryKiB: 32, passes: 1, lanes: 1), threads: 1, waiting: 4)
        try await site.store.rehash(ada.person.id, to: cheaper.hash(ada.password))
        #expect(try await site.browser().signIn(ada.email, Self.wrong).status == 422)
        #expect(try site.store.passwordHash(of: ada.person.id)?.text.contains("m=32,") == true)
        #expect(try await site.browser().signIn(ada.email, ada.password).status == 303)
        #expect(try site.store.passwordHash(of: ada.person.id)?.text.contains("m=64,") == true)
        #expect(try await site.browser().signIn(ada.email, ada.password).status == 303)
    }

    @Test func `Case 180: after signing in nobody is sent to another site`() async throws {
        let site = try await TestSite()
        let ada = try site.cast.ada
        for next in [
            "//evil.example", "/\\evil.example", "/%09/evil.example", "/%2f/evil.example", "https:evil.example",
            "https://evil.example/", "/./%2f%2fevil.example", "javascript:alert(1)", "//\u{0301}evil.example",
            "/\r\nLocation: https://evil.example", "/x\r\nSet-Cookie: a=b", "http://127.0.0.1:8080@evil.example/",
            "/..//evil.example", "///evil.example", "/\tx", " /dashboard", "evil.example", "", "/\u{2025}/evil", "?x",
            "#x",
        ] {
            let page = try await site.browser().get("/login?next=" + Browser.encode(next))
            #expect(page.status == 200)
            #expect((page.hidden("next") ?? "").isEmpty, "\(next)")
            let browser = site.browser()
            let answer = try await browser.submit(
                "/login", ["email": ada.email, "password": ada.password, "next": next])
            #expect(answer.status == 303, "\(next)")
            #expect(answer.location == "/dashboard", "\(next)")
            let away = try await browser.submit("/logout", ["next": next], on: "/account")
            #expect(away.location == "/login", "\(next)")
        }
        let browser = site.browser()
        let good = "/t/acme/oauth/authorize?redirect_uri=https%3A%2F%2Froster.example%2Fcallback&state=%22a%20b"
        #expect(try await browser.signIn(ada.email, ada.password, next: good).location == good)
    }

    @Test func `Case 180: the theme is kept, and its form returns to our own pages only`() async throws {
        let site = try await TestSite()
        let browser = site.browser()
        let answer = try await browser.submit("/theme", ["theme": "dark", "back": "/scopes"], on: "/")
        #expect(answer.location == "/scopes")
        #expect(browser[cookie: "gw_theme"] == "dark")
        #expect(
            try await browser.submit("/theme", ["theme": "auto", "back": "//evil.example"], on: "/").location == "/")
        #expect(browser[cookie: "gw_theme"] == nil)
        #expect(try await browser.submit("/theme", ["theme": "evil"], on: "/").status == 400)
    }
}
