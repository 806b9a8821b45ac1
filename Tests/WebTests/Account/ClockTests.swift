import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing

/// The clock jumps by a year, and back: what should live does, and nothing lives on that should not (F7).
@Suite("A clock that is moved by a year")
struct ClockTests {
    private static let year: Int64 = 365 * 86_400

    @Test func `a year ahead and back: what was made before goes on as if nothing had been`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let token = try await ada.makeToken(expires: "90").token
        let endless = try await ada.makeToken("For good", expires: "never").token
        let link = try await reset(of: site.cast.grace, at: site)
        site.clock.move(by: Self.year)
        #expect(try await !ada.isSignedIn)
        #expect(try await site.call("/v2/me", token).status == 401)
        #expect(try await site.call("/v2/me", endless).status == 200)
        #expect(try await site.browser().get(link).status == 410)
        site.clock.move(by: -Self.year)
        #expect(try await ada.isSignedIn)
        #expect(try await site.call("/v2/me", token).status == 200)
        #expect(try await site.browser().get(link).status == 200)
    }

    @Test func `made while the clock was a year ahead, nothing short-lived outlives the correction`() async throws {
        let site = try await TestSite()
        site.clock.move(by: Self.year)
        let ahead = try await site.browser(signedInAs: site.cast.ada)
        let endless = try await ahead.makeToken("For good", expires: "never").token
        let link = try await reset(of: site.cast.grace, at: site)
        _ = try await ahead.submit("/account/email", ["email": "ada@lovelace.example"])
        let email = try site.link("email", to: "ada@lovelace.example")
        site.clock.move(by: -Self.year)
        #expect(try await !ahead.isSignedIn)
        #expect(try await site.browser().get(link).status == 410)
        #expect(try await site.browser().get(email).status == 410)
        // What has no end has none.
        #expect(try await site.call("/v2/me", endless).status == 200)
        // And nobody is locked out: signing in, asking for links and changing anew all go on.
        let ada = try await site.browser(signedInAs: site.cast.ada)
        #expect(try await ada.get("/tokens/new").status == 200)
        let fresh = try await reset(of: site.cast.grace, at: site)
        #expect(try await site.browser().get(fresh).status == 200)
    }

    @Test func `counted out while the clock was a year ahead, nobody waits a year`() async throws {
        let site = try await TestSite()
        let ada = try site.cast.ada
        site.clock.move(by: Self.year)
        for _ in 0..<11 { _ = try await site.browser().signIn(ada.email, "not it at all") }
        #expect(try await site.browser().signIn(ada.email, ada.password).status == 429)
        site.clock.move(by: -Self.year)
        #expect(try await site.browser().signIn(ada.email, ada.password).status == 303)
    }

    @Test func `an app's code and tokens keep to the right clock, and refreshing goes on`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let code = try await lin.code(at: "northwind")
        site.clock.move(by: Self.year)
        let late = try await site.redeem(code, at: "northwind")
        #expect(late.status == 400)
        site.clock.move(by: -Self.year)
        let answer = try await site.redeem(code, at: "northwind")
        #expect(answer.status == 200)
        let access = try #require(Browser.secret("gw_at_", in: answer.body))
        let refresh = try #require(Browser.secret("gw_rt_", in: answer.body))
        site.clock.move(by: Self.year)
        #expect(try await site.call("/v2/me", access).status == 401)
        let next = try await site.refresh(refresh, at: "northwind")
        #expect(next.status == 200)
        let later = try #require(Browser.secret("gw_at_", in: next.body))
        let last = try #require(Browser.secret("gw_rt_", in: next.body))
        site.clock.move(by: -Self.year)
        // A day's token from a year ahead is not a year's token.
        #expect(try await site.call("/v2/me", later).status == 401)
        #expect(try await site.refresh(last, at: "northwind").status == 200)
    }

    @Test func `two-step sign-in goes on through both`() async throws {
        let world = try await TwoStepWorld()
        for seconds in [Self.year, -Self.year, -Self.year, Self.year] {
            world.site.clock.move(by: seconds)
            let browser = world.site.browser(from: "203.0.113.\(abs(seconds) % 200)")
            let page = try await browser.signIn(world.person.email, world.person.password)
            #expect(try await world.secondStep(browser, page, code: world.nextCode()).status == 303)
        }
    }

    private func reset(of somebody: Cast.Somebody, at site: TestSite) async throws -> String {
        try await site.browser().submit("/forgot", ["email": somebody.email])
        return try site.link("reset", to: somebody.email)
    }
}
