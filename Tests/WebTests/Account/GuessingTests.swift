import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite struct GuessingTests {
    static let wrong = "this is not the password"

    /// Wrong passwords for Ada, each from an address of its own; how often each status came.
    private func guess(_ times: Int, at site: TestSite, from prefix: String = "203.0.113") async throws -> [Int: Int] {
        let email = try site.cast.ada.email
        var seen: [Int: Int] = [:]
        for number in 0..<times {
            seen[try await site.browser(from: "\(prefix).\(number)").signIn(email, Self.wrong).status, default: 0] += 1
        }
        return seen
    }

    @Test func `Case 170, 171: guesses from everywhere are stopped, and not for a browser that knows its owner`()
        async throws
    {
        let site = try await TestSite()
        let ada = try site.cast.ada
        let known = try await site.browser(signedInAs: ada)
        known.session = nil
        #expect(try await guess(60, at: site) == [422: 50, 429: 10])
        #expect(try await site.browser(from: "192.0.2.1").signIn(ada.email, ada.password).status == 429)
        #expect(try await known.signIn(ada.email, ada.password).status == 303)
        // Nobody else is held up, and an hour later nobody is.
        #expect(try await site.browser(signedInAs: site.cast.grace, from: "192.0.2.1").isSignedIn)
        site.clock.move(by: 3600)
        #expect(try await site.browser(from: "192.0.2.1").signIn(ada.email, ada.password).status == 303)
    }

    @Test func `Case 171: whoever proves to own the mailbox gets in, also from a new browser`() async throws {
        let site = try await TestSite()
        let ada = try site.cast.ada
        _ = try await guess(60, at: site)
        let browser = site.browser(from: "192.0.2.1")
        try await browser.submit("/forgot", ["email": ada.email])
        let link = try site.link("reset", to: ada.email)
        #expect(try await browser.submit(link, ["password": "a brand new pass phrase"]).status == 303)
        #expect(try await browser.signIn(ada.email, "a brand new pass phrase").status == 303)
        // The browser of the reset is known from now on.
        browser.session = nil
        _ = try await guess(60, at: site, from: "198.18.0")
        #expect(try await browser.signIn(ada.email, "a brand new pass phrase").status == 303)
    }

    @Test func `Case 171: a known browser has its own limit, and the mark in it is nobody else's`() async throws {
        let site = try await TestSite()
        let (ada, mallory) = (try site.cast.ada, try site.cast.mallory)
        let known = try await site.browser(signedInAs: ada)
        known.session = nil
        for _ in 0..<10 { #expect(try await known.signIn(ada.email, Self.wrong).status == 422) }
        #expect(try await known.signIn(ada.email, ada.password).status == 429)
        let attacker = try await site.browser(signedInAs: mallory, from: "192.0.2.9")
        let mark = try #require(attacker[cookie: "gw_device"])
        _ = try await guess(60, at: site)
        let owner = ada.person.id.text
        for forged in [
            mark, mark.replacingOccurrences(of: mallory.person.id.text, with: owner), "\(owner).dev_x.",
            "\(owner).dev_0000000000000000." + String(repeating: "0", count: 64), "..", "",
        ] {
            let browser = site.browser(from: "192.0.2.10")
            browser[cookie: "gw_device"] = forged
            #expect(try await browser.signIn(ada.email, ada.password).status == 429, "\(forged)")
        }
    }

    @Test func `Case 170: the many addresses of one IPv6 network are one`() async throws {
        let site = try await TestSite()
        let email = try site.cast.ada.email
        for number in 1...10 {
            let browser = site.browser(from: "2001:db8:1:1:\(number)::\(number)")
            #expect(try await browser.signIn(email, Self.wrong).status == 422)
        }
        #expect(try await site.browser(from: "2001:db8:1:1:ffff::1").signIn(email, Self.wrong).status == 429)
        #expect(try await site.browser(from: "2001:db8:1:2::1").signIn(email, Self.wrong).status == 422)
        // The same IPv4 address in its two spellings is one place as well.
        for number in 0..<10 {
            let address = number.isMultiple(of: 2) ? "::ffff:192.0.2.7" : "192.0.2.7"
            #expect(try await site.browser(from: address).signIn(email, Self.wrong).status == 422)
        }
        #expect(try await site.browser(from: "::ffff:192.0.2.7").signIn(email, Self.wrong).status == 429)
    }

    @Test func `Case 173: an office may sign in as often as it likes; only failures count`() async throws {
        let site = try await TestSite()
        let ada = try site.cast.ada
        for _ in 0..<120 { #expect(try await site.browser().signIn(ada.email, ada.password).status == 303) }
        // A success of one's own hides nothing: a hundred failures are still the end.
        let grace = try site.cast.grace
        for number in 0..<100 {
            let answer = try await site.browser().signIn("somebody\(number)@acme.example", Self.wrong)
            #expect(answer.status == 422)
            if number.isMultiple(of: 25) {
                #expect(try await site.browser().signIn(grace.email, grace.password).status == 303)
            }
        }
        #expect(try await site.browser().signIn("more@acme.example", Self.wrong).status == 429)
    }

    @Test func `Case 173: passwords tried in bulk slow strangers down, and nobody who is known`() async throws {
        let site = try await TestSite()
        let (ada, grace) = (try site.cast.ada, try site.cast.grace)
        let known = try await site.browser(signedInAs: ada)
        known.session = nil
        for number in 0..<500 {
            let attempt = SignInAttempt(
                email: "victim\(number)@acme.example", network: "203.0.113.\(number / 5)", device: nil)
            #expect(try await site.store.admit(attempt, at: site.clock.now) == .go(isUnderAttack: false))
        }
        // Whoever is slowed down waits two seconds each time; on a busy machine one of a few tries shows who is not.
        var quickest = Duration.seconds(60)
        for _ in 0..<4 where quickest >= .seconds(1.5) {
            let started = ContinuousClock.now
            #expect(try await known.signIn(ada.email, ada.password).status == 303)
            known.session = nil
            quickest = min(quickest, ContinuousClock.now - started)
        }
        #expect(quickest < .seconds(2))
        // A valid password from a new place works, only later.
        let started = ContinuousClock.now
        #expect(try await site.browser(from: "192.0.2.1").signIn(grace.email, grace.password).status == 303)
        #expect(ContinuousClock.now - started >= .seconds(2))
        // And each place has ten tries instead of a hundred.
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try await site.browser(from: "192.0.2.2").signIn("v\(number)@acme.example", Self.wrong).status
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 422 } == 10 && statuses.count { $0 == 429 } == 10)
        site.clock.move(by: 600)
        let later = SignInAttempt(email: "later@acme.example", network: "192.0.2.200", device: nil)
        #expect(try await site.store.admit(later, at: site.clock.now) == .go(isUnderAttack: false))
    }

    @Test func `Case 158: the mark of a known browser is a cookie like the session's, and opens nothing`() async throws
    {
        let site = try await TestSite(base: "https://gatewright.example")
        let browser = site.browser()
        let answer = try await browser.signIn(site.cast.ada.email, site.cast.ada.password)
        let cookie = try #require(answer.setCookies.first { $0.hasPrefix("__Host-gw_device=") })
        for part in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] { #expect(cookie.contains(part)) }
        #expect(!cookie.contains("Domain"))
        let stolen = site.browser()
        stolen[cookie: "__Host-gw_device"] = browser[cookie: "__Host-gw_device"]
        #expect(try await stolen.isSignedIn == false)
    }
}
