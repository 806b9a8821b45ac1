import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing

@Suite struct SignUpTests {
    static let nora = (name: "Nora Newcomer", email: "nora@new.example", password: "Nora likes trains")

    private func signUp(
        _ name: String = nora.name, _ email: String = nora.email, _ password: String = nora.password,
        at site: TestSite, from address: String = "198.51.100.1"
    ) async throws -> Answer {
        try await site.browser(from: address).submit("/signup", ["name": name, "email": email, "password": password])
    }

    @Test func `A newcomer signs up, confirms the address, signs in and is told what to do next`() async throws {
        let site = try await TestSite()
        #expect(try await signUp(at: site).location == "/signup/sent")
        let browser = site.browser()
        let elsewhere = try await browser.get("/signup/sent")
        #expect(!elsewhere.contains(Self.nora.email) && elsewhere.contains("If you have just signed up"))
        #expect(try await browser.signIn(Self.nora.email, Self.nora.password).status == 422, "not confirmed yet")
        let answer = try await browser.submit(
            try site.link("verify", to: Self.nora.email), ["password": Self.nora.password])
        #expect(answer.location == "/dashboard")
        let dashboard = try await browser.get("/dashboard")
        #expect(dashboard.contains("Your email address is confirmed"))
        #expect(dashboard.contains("Welcome, Nora<"))
        for path in ["/tenants/new?next=/tokens/new", "/developer/apply"] {
            #expect(dashboard.contains("href=\"\(path)\""), "\(path)")
        }
        #expect(!dashboard.contains("href=\"/t/sandbox-"), "a sandbox comes with the approval")
    }

    @Test func `What is wrong with a sign-up is said, and what was typed is kept`() async throws {
        let site = try await TestSite()
        let answer = try await signUp("Nora", "nora@", "short", at: site)
        #expect(answer.status == 422)
        #expect(answer.contains("<title>Error: "))
        #expect(answer.contains("value=\"nora@\""))
        #expect(!answer.contains("value=\"short\""))
        #expect(try site.store.outbox().isEmpty)
    }

    @Test func `Case 169: signing up answers the same for a known address, and only the mail differs`() async throws {
        let site = try await TestSite()
        let new = try await signUp(at: site)
        let known = try await signUp("Ada", try site.cast.ada.email, "another long password", at: site)
        #expect(new.status == known.status && new.location == known.location && new.body == known.body)
        #expect(try site.letters(to: site.cast.ada.email).first?.contains("already has an account") == true)
        #expect(try await site.browser().signIn(site.cast.ada.email, site.cast.ada.password).status == 303)
    }

    @Test func `Case 169: asking for a mail answers the same for every address`() async throws {
        let site = try await TestSite()
        _ = try await signUp(at: site)
        try await site.suspend(site.cast.grace.person)
        let before = try site.store.outbox().count
        for path in ["/forgot", "/verify/resend"] {
            let browser = site.browser()
            _ = try await browser.get(path)
            var seen: Set<String> = []
            for email in [
                try site.cast.ada.email, Self.nora.email, try site.cast.grace.email, "unknown@new.example",
            ] {
                let answer = try await browser.submit(path, ["email": email])
                seen.insert(answer.everything(hiding: email))
            }
            #expect(seen.count == 1, "\(path)")
        }
        // Ada may choose a password, Nora is to confirm her address; nobody else was written to.
        #expect(try site.store.outbox().count == before + 2)
        #expect(try site.link("reset", to: site.cast.ada.email).hasPrefix("/reset/gw_ml_"))
        #expect(try site.written(to: Self.nora.email) == 2)
    }

    @Test func `The page after the form names the address, known or not, to the browser that typed it alone`()
        async throws
    {
        let site = try await TestSite()
        let ada = try site.cast.ada.email
        for (form, page) in [("/signup", "/signup/sent"), ("/forgot", "/forgot/sent")] {
            var seen: Set<String> = []
            for email in [ada, "unknown@new.example"] {
                let browser = site.browser()
                let fields = ["name": "Nia", "email": email, "password": "a long walk by the sea"]
                try await browser.submit(form, fields.map { ($0.key, $0.value) })
                let answer = try await browser.get(page)
                #expect(answer.contains("<b><bdi>\(email)</bdi></b>"))
                let csrf = answer.csrf ?? ""
                seen.insert(answer.everything(hiding: email).replacingOccurrences(of: csrf, with: "CSRF"))
                #expect(try await !site.browser().get(page).contains(email))
            }
            #expect(seen.count == 1, "\(form)")
        }
    }

    @Test func `Case 259: an address gets three mails an hour at most, and one network address asks for thirty`()
        async throws
    {
        let site = try await TestSite()
        let ada = try site.cast.ada
        for _ in 0..<6 {
            #expect(try await site.browser().submit("/forgot", ["email": ada.email]).location == "/forgot/sent")
        }
        #expect(try site.written(to: ada.email) == 3)
        for number in 0..<24 {
            let answer = try await site.browser().submit("/forgot", ["email": "unknown\(number)@new.example"])
            #expect(answer.status == 303)
        }
        let answer = try await site.browser().submit("/forgot", ["email": "unknown@new.example"])
        #expect(answer.status == 429)
        #expect(answer.headers[.retryAfter] != nil)
        site.clock.move(by: 3601)
        #expect(try await site.browser().submit("/forgot", ["email": ada.email]).status == 303)
        #expect(try site.written(to: ada.email) == 4)
    }

    @Test func `Case 177: an address sent twice is refused, and none but a plain one is written to`() async throws {
        let site = try await TestSite()
        let ada = try site.cast.ada
        for path in ["/forgot", "/verify/resend"] {
            let twice = [("email", ada.email), ("email", "mallory@globex.example")]
            #expect(try await site.browser().submit(path, twice).status == 400)
            #expect(try await site.browser().submit(path, [("email[]", ada.email)]).status == 422)
        }
        for (index, email) in [
            "ada@acme.example@globex.example", "ada@acme.example,mallory@globex.example", "\"ada\"@acme.example",
            "ada@acme.example.", "ad\u{0131}@acme.example", "\u{0130}@acme.example",
            "ada@acme.example\r\nBcc: x@y.example",
            "ada @acme.example", "<ada@acme.example>", "ada@", "@acme.example", "ada",
        ].enumerated() {
            let answer = try await site.browser(from: "203.0.113.\(index)").submit("/forgot", ["email": email])
            #expect(answer.status == 422, "\(email)")
        }
        #expect(try site.store.outbox().isEmpty)
        try await site.browser().submit("/forgot", ["email": " ADA@Acme.Example "])
        #expect(try site.store.outbox().map(\.recipient) == [ada.email], "the stored address, not the typed one")
    }

    @Test func `Case 183: an account prepared for somebody else dies when its owner signs up`() async throws {
        let site = try await TestSite()
        let (attackers, owners) = ("the attacker knows this", "only the owner knows this")
        _ = try await signUp("Mallory", Self.nora.email, attackers, at: site, from: "203.0.113.66")
        let early = try site.link("verify", to: Self.nora.email)
        site.clock.move(by: 60)
        _ = try await signUp(Self.nora.name, Self.nora.email, owners, at: site)
        let link = try site.link("verify", to: Self.nora.email)
        #expect(link != early)
        #expect(try await site.browser().get(early).status == 410)
        #expect(try await site.browser().submit(link, ["password": owners]).status == 303)
        #expect(try await site.browser(from: "203.0.113.66").signIn(Self.nora.email, attackers).status == 422)
        let browser = site.browser()
        #expect(try await browser.signIn(Self.nora.email, owners).status == 303)
        #expect(try await browser.get("/account").contains(Self.nora.name))
    }

    @Test func `Case 183: the owner of the address does not confirm a password that somebody else chose`() async throws
    {
        let site = try await TestSite()
        let theirs = "the attacker knows this"
        _ = try await signUp(at: site)
        site.clock.move(by: 60)
        _ = try await signUp("Mallory", Self.nora.email, theirs, at: site, from: "203.0.113.66")
        let link = try site.link("verify", to: Self.nora.email)
        let browser = site.browser()
        #expect(try await browser.get(link).contains("name=\"password\""))
        for password in [Self.nora.password, ""] {
            let answer = try await browser.submit(link, ["password": password])
            #expect(answer.status == 422 && answer.contains("not the password of the sign-up"))
        }
        #expect(browser.session == nil)
        #expect(try await site.browser(from: "203.0.113.66").signIn(Self.nora.email, theirs).status == 422)

        // The same link sets name and password of her own, and signs nobody in.
        let weak = try await browser.submit(link, ["anew": "yes", "name": "Nora", "new_password": "short"])
        #expect(weak.status == 422 && weak.contains("href=\"#field-new_password\"") && weak.contains("<details open>"))
        let anew = ["anew": "yes", "name": "Nora", "new_password": "hers alone from now on"]
        #expect(try await browser.submit(link, anew.map { ($0.key, $0.value) }).location == "/login")
        #expect(browser.session == nil)
        #expect(try await browser.get(link).status == 410)
        #expect(try await site.browser(from: "203.0.113.66").signIn(Self.nora.email, theirs).status == 422)
        #expect(try await browser.signIn(Self.nora.email, "hers alone from now on").status == 303)
        let account = try await browser.get("/account")
        #expect(account.contains("Nora") && !account.contains("Mallory"))
    }

    @Test func `Case 170: a link to confirm is no way to guess a password faster`() async throws {
        let site = try await TestSite()
        _ = try await signUp(at: site)
        let link = try site.link("verify", to: Self.nora.email)
        let browser = site.browser()
        for _ in 0..<10 { #expect(try await browser.submit(link, ["password": "a wrong guess"]).status == 422) }
        let answer = try await browser.submit(link, ["password": Self.nora.password])
        #expect(answer.status == 429 && answer.headers[.retryAfter] != nil)
        // Guessing keeps nobody from choosing their own.
        let anew = ["anew": "yes", "name": "Nora", "new_password": "hers alone from now on"]
        #expect(try await browser.submit(link, anew.map { ($0.key, $0.value) }).status == 303)
        #expect(try await browser.signIn(Self.nora.email, "hers alone from now on").status == 303)
    }

    @Test func `Case 171: a stranger's requests leave the way back to an account open`() async throws {
        let site = try await TestSite()
        let grace = try site.cast.grace
        for _ in 0..<5 {
            let stranger = site.browser(from: "203.0.113.66")
            #expect(try await stranger.submit("/verify/resend", ["email": grace.email]).status == 200)
        }
        #expect(try site.written(to: grace.email) == 0)
        #expect(try await site.browser().submit("/forgot", ["email": grace.email]).status == 303)
        #expect(try site.link("reset", to: grace.email).hasPrefix("/reset/"))
    }
}
