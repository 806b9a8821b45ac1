import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing

@Suite("Another email address")
struct EmailChangeTests {
    let site: TestSite
    let ada: Browser
    let old: String
    let password: String
    let new = "ada@lovelace.example"

    init() async throws {
        site = try await TestSite()
        ada = try await site.browser(signedInAs: site.cast.ada)
        (old, password) = (try site.cast.ada.email, try site.cast.ada.password)
    }

    private func ask(_ email: String) async throws -> Answer {
        try await ada.submit("/account/email", ["email": email])
    }

    @Test func `the old address signs in until the new one is confirmed, then only the new one`() async throws {
        #expect(try await ask(new).location == "/account")
        #expect(try await ada.get("/account").contains(new))
        #expect(try await site.browser().signIn(old, password).status == 303)
        #expect(try await site.browser().signIn(new, password).status == 422)
        let link = try site.link("email", to: new)
        // Mail scanners follow links; nothing changes by that.
        #expect(try await site.browser().get(link).contains("Confirm your new address"))
        #expect(try await site.browser().signIn(new, password).status == 422)
        #expect(try await site.browser().submit(link).location == "/login")
        #expect(try await site.browser().signIn(new, password).status == 303)
        #expect(try await site.browser().signIn(old, password).status == 422)
        #expect(try await site.browser().get(link).status == 410)
    }

    @Test func `Case 163: the change ends all sessions but the one it is confirmed in, and links to the old address`()
        async throws
    {
        let other = try await site.browser(signedInAs: site.cast.ada)
        _ = try await ask(new)
        _ = try await site.browser().submit("/forgot", ["email": old])
        let reset = try site.link("reset", to: old)
        #expect(try await ada.submit(try site.link("email", to: new)).location == "/account")
        #expect(try await ada.isSignedIn)
        #expect(try await !other.isSignedIn)
        #expect(try await site.browser().get(reset).status == 410)
    }

    @Test func `Case 164: it takes a proof that is not old`() async throws {
        site.clock.move(by: 601)
        #expect(try await ada.get("/account/email").location?.hasPrefix("/account/confirm") == true)
        #expect(try await ada.submit("/account/email", ["email": new], on: "/account").status == 403)
        #expect(try site.letters(to: new).isEmpty)
    }

    @Test func `the old mailbox takes it back for a week, before and after it happened`() async throws {
        _ = try await ask(new)
        let undo = try site.link("email/undo", to: old)
        #expect(try await ada.submit(try site.link("email", to: new)).status == 303)
        site.clock.move(by: 6 * 86_400)
        let thief = site.browser()
        #expect(try await thief.signIn(new, password).status == 303)
        #expect(try await site.browser().get(undo).contains("and it was moved"))
        #expect(try await site.browser().submit(undo).location == "/forgot")
        #expect(try await !thief.isSignedIn)
        #expect(try await site.browser().signIn(old, password).status == 303)
        #expect(try await site.browser().signIn(new, password).status == 422)
        #expect(try await site.browser().get(undo).status == 410)
    }

    @Test func `taken back before it happened, the new mailbox can do nothing any more`() async throws {
        _ = try await ask(new)
        _ = try await site.browser().submit(try site.link("email/undo", to: old))
        #expect(try await site.browser().get(try site.link("email", to: new)).status == 410)
        #expect(try await !ada.isSignedIn)
    }

    @Test func `moved on twice by a thief, the first owner still gets it back, and no later mailbox undoes that`()
        async throws
    {
        _ = try await ask(new)
        let undo = try site.link("email/undo", to: old)
        _ = try await ada.submit(try site.link("email", to: new))
        site.clock.move(by: 60)
        _ = try await ask("third@elsewhere.example")
        let second = try site.link("email/undo", to: new)
        _ = try await ada.submit(try site.link("email", to: "third@elsewhere.example"))
        #expect(try await site.browser().submit(undo).location == "/forgot")
        #expect(try await site.browser().signIn(old, password).status == 303)
        #expect(try await site.browser().get(second).status == 410)
    }

    @Test(arguments: [(86_399, 200, 200), (86_400, 410, 200), (7 * 86_400, 410, 410)] as [(Int64, Int, Int)])
    func `the link to the new address lives a day, the one to the old a week`(
        seconds: Int64, confirm: Int, undo: Int
    ) async throws {
        _ = try await ask(new)
        site.clock.move(by: seconds)
        #expect(try await site.browser().get(try site.link("email", to: new)).status == confirm)
        #expect(try await site.browser().get(try site.link("email/undo", to: old)).status == undo)
    }

    @Test func `Case 169: an address with an account is told of it, and the page says what it always says`()
        async throws
    {
        let taken = try await ask(try site.cast.mallory.email)
        #expect(taken.location == "/account")
        let letter = try #require(try site.letters(to: site.cast.mallory.email).first)
        #expect(letter.contains("has an account of its own"))
        #expect(!letter.contains("/email/"))
    }

    @Test func `an address that somebody confirms meanwhile is theirs`() async throws {
        _ = try await ask(new)
        let link = try site.link("email", to: new)
        _ = try await site.browser().submit(
            "/signup", ["name": "Nora", "email": new, "password": "walks by the sea"])
        _ = try await site.browser().submit(try site.link("verify", to: new))
        #expect(try await ada.submit(link, on: "/account").status == 410)
        #expect(try await site.browser().signIn(old, password).status == 303)
    }

    @Test func `Case 178: the links are good for nothing else, and only their own kind works here`() async throws {
        _ = try await ask(new)
        let link = try site.link("email", to: new).split(separator: "/").last ?? ""
        for path in ["/reset/", "/verify/", "/email/undo/"] {
            #expect(try await site.browser().get(path + link).status == 410, "\(path)")
        }
    }

    @Test(arguments: ["", "ada@", "a b@c.example", "ada@acme.example", "ADA@acme.example"])
    func `a wrong address, or the old one, is said`(email: String) async throws {
        #expect(try await ask(email).status == 422)
    }
}
