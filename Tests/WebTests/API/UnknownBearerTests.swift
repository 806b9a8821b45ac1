import HTTPTypes
import OAuth
import Storage
import Testing
import Web

@Suite struct UnknownBearerTests {
    private func call(_ token: String, at site: TestSite, from address: String) async throws -> Answer {
        try await site.send(.get, "/v2/me", headers: [("Authorization", "Bearer \(token)")], from: address)
    }

    @Test func `Case 52: tokens that nobody was given are counted by network, and hold up no token that works`()
        async throws
    {
        let site = try await TestSite()
        let token = try await site.browser(signedInAs: site.cast.ada).makeToken().token
        for number in 1...60 {
            let made =
                number.isMultiple(of: 2)
                ? Secret<OAuth.DeveloperToken>.random().reveal() : Secret<AccessToken>.random().reveal()
            #expect(try await call(made, at: site, from: "2001:db8::\(number)").status == 401)
        }
        let answer = try await call(Secret<AccessToken>.random().reveal(), at: site, from: "2001:db8::ffff")
        #expect(answer.status == 429 && answer.error == "rate_limited")
        #expect(answer.headers[.retryAfter].flatMap { Int($0) }.map { (1...60).contains($0) } == true)
        #expect(try await call("gw_dt_nonsense", at: site, from: "2001:db8::1").status == 429)
        #expect(try await call(token, at: site, from: "2001:db8::1").status == 200)
        #expect(try await call("nonsense", at: site, from: "2001:db8:0:1::1").status == 401)
        site.clock.move(by: 60)
        #expect(try await call("nonsense", at: site, from: "2001:db8::1").status == 401)
    }

    @Test func `Case 153: a limiter that is full forgets the least used, never those at their limit`() {
        let limiter = RateLimiter(mostKeys: 1600)
        let rule = RateLimiter.Rule(name: "test", count: 20, per: 60)
        let now = Instant(seconds: 1_795_252_442)
        for _ in 0..<20 { #expect(limiter.count(rule, "attacker", at: now) == nil) }
        #expect(limiter.count(rule, "attacker", at: now) != nil)
        for number in 0..<50_000 { _ = limiter.count(rule, "flood \(number)", at: now) }
        #expect(limiter.count(rule, "attacker", at: now) != nil, "the flood opened the door")
        #expect(limiter.count(rule, "somebody new", at: now) == nil)
        #expect(limiter.count(rule, "attacker", at: now + 61) == nil)
    }

    @Test func `Case 52: a limiter remembers as little of a long key as of a short one, and nothing that is over`() {
        let limiter = RateLimiter()
        let rule = RateLimiter.Rule(name: "test", count: 20, per: 60)
        let now = Instant(seconds: 1_795_252_442)
        let long = String(repeating: "a", count: 8100)
        for number in 0..<2000 { #expect(limiter.count(rule, "\(number)" + long, at: now) == nil) }
        for _ in 0..<19 { #expect(limiter.count(rule, "7" + long, at: now) == nil) }
        #expect(limiter.count(rule, "7" + long, at: now) != nil, "keys that differ in their beginning alone are others")
        #expect(limiter.keyCount == 2000)
        for number in 0..<200 { _ = limiter.count(rule, "later \(number)", at: now + 120) }
        #expect(limiter.keyCount == 200)
    }
}
