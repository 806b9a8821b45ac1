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

    /// The password of before opens nothing any more; a mail to the old address does.
    private func chooseAnew() async throws {
        #expect(try await site.browser(from: "203.0.113.66").signIn(old, password).status == 422)
        let owner = site.browser()
        try await owner.submit("/forgot", ["email": old])
        try await owner.submit(try site.link("reset", to: old), ["password": "mine again, and only mine"])
        #expect(try await owner.signIn(old, "mine again, and only mine").location == "/dashboard")
    }

    @Test(arguments: [true, false])
    func `Case 163: taken back, nothing of what was made meanwhile works, and all from before does`(isMoved: Bool)
        async throws
    {
        let before = try await ada.makeToken().token
        let allowed = try await site.redeem(try await ada.code())
        let earlier = try #require(allowed.json["access_token"] as? String)
        site.clock.move(by: 60)
        _ = try await ask(new)
        site.clock.move(by: 60)
        if isMoved { _ = try await ada.submit(try site.link("email", to: new)) }
        // What a thief would do next.
        let token = try await ada.makeToken().token
        let since = try #require(try await site.redeem(try await ada.code()).json["access_token"] as? String)
        _ = try await ada.submit("/account/second-factor/begin", on: "/account/second-factor")
        let seed = try #require(try site.store.waitingSeed(of: site.cast.ada.person.id))
        let code = TwoStepWorld.code(seed, at: site.clock.now)
        #expect(try await ada.submit("/account/second-factor", ["code": code]).status == 303)

        _ = try await site.browser().submit(try site.link("email/undo", to: old))
        for dead in [token, since] { #expect(try await site.call("/v2/me", dead).status == 401) }
        #expect(try await site.call("/v2/me", before).status == 200)
        #expect(try await site.call("/v2/me", earlier).status == 401, "its grant was given anew meanwhile")
        #expect(try await !ada.isSignedIn)
        try await chooseAnew()
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
        #expect(try await site.browser().signIn(new, password).status == 422)
        try await chooseAnew()
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
        try await chooseAnew()
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

    @Test func `Case 169: whether an address has an account is not to be seen on any page`() async throws {
        var seen: Set<String> = []
        for email in [try site.cast.mallory.email, "nobody@globex.example"] {
            #expect(try await ask(email).location == "/account")
            let page = try await ada.get("/account")
            #expect(page.contains(email))
            seen.insert(page.everything(hiding: email))
        }
        #expect(seen.count == 1)
        // It is in no letter's link, so nothing can be confirmed by it; and it can be taken back.
        #expect(try site.letters(to: site.cast.mallory.email).allSatisfy { !$0.contains("/email/") })
        #expect(try await site.browser().get(try site.link("email/undo", to: old)).status == 200)
    }

    @Test func `Case 52: of changes that are asked for, so many go out for one mailbox, and so many for one person`()
        async throws
    {
        for _ in 0..<3 { #expect(try await ask(new).status == 303) }
        let fourth = try await ask(new)
        #expect(fourth.status == 429 && fourth.headers[.retryAfter] != nil)
        #expect(try site.written(to: new) == 3)
        for number in 0..<6 { #expect(try await ask("ada\(number)@lovelace.example").status == 303) }
        #expect(try await ask("ada@byron.example").status == 429)
    }

    @Test func `an address that somebody confirms meanwhile is theirs`() async throws {
        _ = try await ask(new)
        let link = try site.link("email", to: new)
        _ = try await site.browser().submit(
            "/signup", ["name": "Nora", "email": new, "password": "walks by the sea"])
        _ = try await site.browser().submit(try site.link("verify", to: new), ["password": "walks by the sea"])
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
