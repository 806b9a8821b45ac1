import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

/// A site where Ada turned two-step sign-in on, through the pages.
struct TwoStepWorld {
    let site: TestSite
    let ada: Browser
    let person: Cast.Somebody
    let seed: [UInt8]
    let recovery: [String]

    init() async throws {
        site = try await TestSite()
        person = try site.cast.ada
        ada = try await site.browser(signedInAs: person)
        _ = try await ada.submit("/account/second-factor/begin", on: "/account/second-factor")
        seed = try #require(try site.store.waitingSeed(of: person.person.id))
        let answer = try await ada.submit("/account/second-factor", ["code": Self.code(seed, at: site.clock.now)])
        try #require(answer.location == "/account/second-factor/codes")
        let page = try await ada.get("/account/second-factor/codes").body
        let list = try #require(page.components(separatedBy: "aria-label=\"Recovery codes\">").last)
        recovery = list.prefix { $0 != "<" }.split(separator: "\n").map(String.init)
    }

    static func code(_ seed: [UInt8], at now: Instant) -> String {
        String(decoding: TimeCode.code(seed, at: TimeCode.step(at: now)), as: UTF8.self)
    }

    /// The next code that was not used yet.
    func nextCode() -> String {
        site.clock.move(by: 30)
        return Self.code(seed, at: site.clock.now)
    }

    func secondStep(_ browser: Browser, _ page: Answer, code: String) async throws -> Answer {
        try await browser.post(
            "/login/code",
            [
                ("csrf", page.csrf ?? ""), ("ticket", page.hidden("ticket") ?? ""), ("next", page.hidden("next") ?? ""),
                ("code", code),
            ])
    }
}

@Suite("Two-step sign-in")
struct SecondFactorTests {
    @Test func `turned on with a code, shown with ten recovery codes once, and told by mail`() async throws {
        let world = try await TwoStepWorld()
        #expect(world.recovery.count == 10)
        #expect(world.recovery.allSatisfy { $0.utf8.count == 11 })
        let again = try await world.ada.get("/account/second-factor/codes")
        #expect(!again.contains(world.recovery[0]))
        #expect(again.contains("already shown"))
        #expect(try await world.ada.get("/account/second-factor").contains("10 recovery codes left"))
        #expect(
            try world.site.letters(to: world.person.email).first?.contains("a code from your authenticator") == true)
        #expect(try await !world.ada.get("/account/second-factor").contains(String(Base32.text(world.seed).prefix(8))))
    }

    @Test func `nothing changes before a right code came back`() async throws {
        let site = try await TestSite()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        _ = try await grace.submit("/account/second-factor/begin", on: "/account/second-factor")
        let page = try await grace.get("/account/second-factor")
        #expect(page.contains("<svg class=\"qr\""))
        let wrong = try await grace.submit("/account/second-factor", ["code": "000000"])
        #expect(wrong.status == 422)
        let signedIn = try await site.browser().signIn(site.cast.grace.email, site.cast.grace.password)
        #expect(signedIn.location == "/dashboard")
        _ = try await grace.submit("/account/second-factor/off", on: "/account/second-factor")
        #expect(try await grace.get("/account/second-factor").contains("Set it up"))
    }

    @Test func `sent six times at once it is turned on once, and no code counts as wrong`() async throws {
        let site = try await TestSite()
        let grace = try site.cast.grace
        let browser = try await site.browser(signedInAs: grace)
        _ = try await browser.submit("/account/second-factor/begin", on: "/account/second-factor")
        let seed = try #require(try site.store.waitingSeed(of: grace.person.id))
        let csrf = try #require(try await browser.get("/account/second-factor").csrf)
        let code = TwoStepWorld.code(seed, at: site.clock.now)
        // Five tries are allowed, so the sixth may have to wait, depending on who is quickest.
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try await browser.post("/account/second-factor", [("code", code), ("csrf", csrf)])
                }
            }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        let done = answers.filter { $0.status == 303 }
        #expect(done.count >= 5)
        #expect(done.allSatisfy { $0.location == "/account/second-factor/codes" })
        #expect(try await browser.get("/account/second-factor/codes").contains("aria-label=\"Recovery codes\">"))
        let later = site.browser()
        let page = try await later.signIn(grace.email, grace.password)
        site.clock.move(by: 30)
        let next = TwoStepWorld.code(seed, at: site.clock.now)
        let signedIn = try await later.post(
            "/login/code",
            [("csrf", page.csrf ?? ""), ("ticket", page.hidden("ticket") ?? ""), ("next", ""), ("code", next)])
        #expect(signedIn.status == 303)
    }

    @Test func `Case 164: a code is not left to run out while a password is asked for`() async throws {
        let site = try await TestSite()
        let grace = try site.cast.grace
        let browser = try await site.browser(signedInAs: grace)
        site.clock.move(by: 590)
        _ = try await browser.submit("/account/second-factor/begin", on: "/account/second-factor")
        let seed = try #require(try site.store.waitingSeed(of: grace.person.id))
        let csrf = try #require(try await browser.get("/account/second-factor").csrf)
        site.clock.move(by: 60)
        let code = TwoStepWorld.code(seed, at: site.clock.now)
        let done = try await browser.post("/account/second-factor", [("code", code), ("csrf", csrf)])
        #expect(done.location == "/account/second-factor/codes")
    }

    @Test
    func `Case 164: a wrong code shows the key again only to whoever knows the password, and says what was wrong`()
        async throws
    {
        let site = try await TestSite()
        let grace = try site.cast.grace
        let browser = try await site.browser(signedInAs: grace)
        let path = "/account/second-factor"
        site.clock.move(by: 590)
        _ = try await browser.submit(path + "/begin", on: path)
        let csrf = try #require(try await browser.get(path).csrf)
        site.clock.move(by: 60)
        // A wrong code shows nothing without the password …
        let wrong = try await browser.post(path, [("code", "000000"), ("csrf", csrf)])
        #expect(wrong.status == 403 && wrong.contains("Confirm it is you"))
        // … and with it the page comes back and says what was wrong.
        let told = try await browser.post(
            path,
            [
                ("csrf", wrong.csrf ?? ""), ("kept", wrong.hidden("kept") ?? ""), ("confirm_password", grace.password),
            ])
        #expect(told.status == 422 && told.contains("This code is not right") && told.contains("class=\"qr\""))
    }

    @Test func `Case 164: a key that waited for long takes the password besides the code`() async throws {
        let site = try await TestSite()
        let grace = try site.cast.grace
        let browser = try await site.browser(signedInAs: grace)
        let path = "/account/second-factor"
        _ = try await browser.submit(path + "/begin", on: path)
        let seed = try #require(try site.store.waitingSeed(of: grace.person.id))
        let csrf = try #require(try await browser.get(path).csrf)
        site.clock.move(by: 601)
        #expect(try await browser.get(path).location?.hasPrefix("/account/confirm") == true)
        let code = TwoStepWorld.code(seed, at: site.clock.now)
        #expect(try await browser.post(path, [("code", code), ("csrf", csrf)]).status == 403)
    }

    @Test func `signing in takes the password and then a code, and goes on where it was going`() async throws {
        let world = try await TwoStepWorld()
        let browser = world.site.browser()
        let page = try await browser.signIn(world.person.email, world.person.password, next: "/tokens")
        #expect(page.status == 200)
        #expect(page.contains("Enter the code"))
        #expect(try await !browser.isSignedIn)
        let code = world.nextCode()
        let wrong = try await world.secondStep(browser, page, code: "123456")
        #expect(wrong.status == 422)
        let done = try await world.secondStep(browser, wrong, code: code.prefix(3) + " " + code.suffix(3))
        #expect(done.location == "/tokens")
        #expect(try await browser.isSignedIn)
    }

    @Test func `Case 185: a code works once, on whichever page`() async throws {
        let world = try await TwoStepWorld()
        let code = world.nextCode()
        let (first, second) = (world.site.browser(), world.site.browser())
        let firstPage = try await first.signIn(world.person.email, world.person.password)
        let secondPage = try await second.signIn(world.person.email, world.person.password)
        #expect(try await world.secondStep(first, firstPage, code: code).status == 303)
        #expect(try await world.secondStep(second, secondPage, code: code).status == 422)
        #expect(try await !second.isSignedIn)
    }

    @Test func `Case 185: five wrong codes are counted, from wherever, and the right one waits too`() async throws {
        let world = try await TwoStepWorld()
        var answers: [Int] = []
        for number in 0..<6 {
            let browser = world.site.browser(from: "203.0.113.\(number + 1)")
            let page = try await browser.signIn(world.person.email, world.person.password)
            answers.append(try await world.secondStep(browser, page, code: "12345\(number)").status)
        }
        #expect(answers == [422, 422, 422, 422, 422, 429])
        let browser = world.site.browser(from: "203.0.113.99")
        let page = try await browser.signIn(world.person.email, world.person.password)
        let answer = try await world.secondStep(browser, page, code: world.nextCode())
        #expect(answer.status == 429)
        #expect(answer.headers[.retryAfter] != nil)
        let activity = try await world.ada.get("/account/activity")
        #expect(activity.contains("Gave a wrong code at the second step"))
        #expect(activity.contains("203.0.113.1"))
    }

    @Test func `the ticket of the first step is one browser's, for ten minutes, and dies with the password`()
        async throws
    {
        let world = try await TwoStepWorld()
        let (mine, other) = (world.site.browser(), world.site.browser())
        let page = try await mine.signIn(world.person.email, world.person.password)
        let ticket = try #require(page.hidden("ticket"))
        let csrf = try await other.get("/login").csrf ?? ""
        let stolen = try await other.post("/login/code", ["csrf": csrf, "ticket": ticket, "code": world.nextCode()])
        #expect(stolen.location == "/login")
        for wrong in ["", "x", String(ticket.dropLast(4)), ticket + "AAAA"] {
            let answer = try await mine.post(
                "/login/code", ["csrf": page.csrf ?? "", "ticket": wrong, "code": world.nextCode()])
            #expect(answer.location == "/login")
        }
        world.site.clock.move(by: 600)
        #expect(try await world.secondStep(mine, page, code: world.nextCode()).location == "/login")
        let fresh = try await mine.signIn(world.person.email, world.person.password)
        try await world.site.store.rehash(
            world.person.person.id, to: world.site.site.passwords.hash("another pass phrase"))
        #expect(try await world.secondStep(mine, fresh, code: world.nextCode()).location == "/login")
        #expect(try await !mine.isSignedIn)
    }

    @Test func `a recovery code gets in once, and its owner is told`() async throws {
        let world = try await TwoStepWorld()
        let browser = world.site.browser()
        let page = try await browser.signIn(world.person.email, world.person.password)
        #expect(try await world.secondStep(browser, page, code: world.recovery[3].uppercased()).status == 303)
        #expect(try world.site.letters(to: world.person.email).first?.contains("9 are left") == true)
        let again = try await world.site.browser().signIn(world.person.email, world.person.password)
        let other = world.site.browser()
        let otherPage = try await other.signIn(world.person.email, world.person.password)
        #expect(again.status == 200)
        #expect(try await world.secondStep(other, otherPage, code: world.recovery[3]).status == 422)
    }

    @Test func `Case 164: confirming a dangerous action takes the code as well`() async throws {
        let world = try await TwoStepWorld()
        world.site.clock.move(by: 601)
        let asked = try await world.ada.submit("/tokens", Browser.tokenFields(), on: "/account")
        #expect(asked.status == 403)
        let send = { (code: String) in
            try await world.ada.post(
                "/tokens",
                [
                    ("csrf", asked.csrf ?? ""), ("kept", asked.hidden("kept") ?? ""),
                    ("confirm_password", world.person.password), ("confirm_code", code),
                ])
        }
        #expect(try await send("").status == 422)
        #expect(try await send("000000").status == 422)
        #expect(try await send(world.nextCode()).status == 303)
    }

    @Test func `Case 163: a new password takes the code as well, once the last proof is old`() async throws {
        let world = try await TwoStepWorld()
        world.site.clock.move(by: 601)
        let answer = try await world.ada.submit(
            "/account/password", ["current_password": world.person.password, "password": "a brand new pass phrase"],
            on: "/account")
        #expect(answer.status == 403)
        #expect(!answer.contains("a brand new pass phrase"))
        #expect(answer.contains("confirm_code"))
    }

    @Test func `an app that wants a fresh sign-in gets one with both steps`() async throws {
        let world = try await TwoStepWorld()
        let next = "/t/acme/oauth/authorize?prompt=login&client_id=x"
        let page = try await world.ada.signIn(world.person.email, world.person.password, next: next)
        #expect(page.status == 200)
        let done = try await world.secondStep(world.ada, page, code: world.nextCode())
        #expect(done.location == next)
    }

    @Test func `turned off again with a proof, by its owner or by an operator who is named in the log`() async throws {
        let world = try await TwoStepWorld()
        let olga = try await world.site.browser(signedInAs: world.site.cast.olga)
        let path = "/operator/people/\(world.person.person.id.text)/second-factor"
        #expect(try await world.ada.get(path).status == 404)
        let person = path.replacing("/second-factor", with: "")
        #expect(try await olga.get(person).contains("href=\"\(path)\""))
        #expect(try await olga.get(path).contains("Reset two-step sign-in of"))
        #expect(try await olga.submit(path).status == 303)
        #expect(try await !olga.get(person).contains("href=\"\(path)\""), "nothing left to turn off")
        let letter = try #require(try world.site.letters(to: world.person.email).first)
        #expect(letter.contains("an operator turned off"))
        #expect(try await world.site.browser().signIn(world.person.email, world.person.password).status == 303)
        #expect(try await world.ada.get("/account/activity").contains("Olga"))
        #expect(try await olga.get("/dashboard").contains("Turn on two-step sign-in"))
    }
}
