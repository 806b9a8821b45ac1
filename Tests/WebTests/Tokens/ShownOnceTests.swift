import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("Secrets between a form and the page that shows them")
struct ShownOnceTests {
    private let now = Instant(seconds: 1_795_252_442)
    private let ada = ID<Entity.Session>("ses_ada")
    private let mallory = ID<Entity.Session>("ses_mallory")

    @Test func `Case 229: a secret is shown to its session, once, and for ten minutes`() {
        let kept = ShownOnce()
        kept.keep("secret", of: "tok_1", for: ada, at: now)
        #expect(kept.take("tok_1", for: mallory, by: .get, at: now) == nil)
        #expect(kept.take("tok_1", for: ada, by: .head, at: now) == nil)
        #expect(kept.take("tok_1", for: ada, by: .get, at: now) == "secret")
        #expect(kept.take("tok_1", for: ada, by: .get, at: now) == nil)
        kept.keep("older", of: "tok_2", for: ada, at: now)
        kept.keep("newer", of: "tok_2", for: ada, at: now)
        #expect(kept.take("tok_2", for: ada, by: .get, at: now + 599) == "newer")
        kept.keep("late", of: "tok_3", for: ada, at: now)
        #expect(kept.take("tok_3", for: ada, by: .get, at: now + 600) == nil)
    }

    @Test func `Case 229: nobody keeps others' secrets from being shown, and the newest of one's own are there`() {
        let kept = ShownOnce(most: 100)
        for number in 0..<30 { kept.keep("\(number)", of: "tok_\(number)", for: mallory, at: now) }
        #expect(kept.take("tok_9", for: mallory, by: .get, at: now) == nil)
        #expect(kept.take("tok_10", for: mallory, by: .get, at: now) == "10")
        #expect(kept.take("tok_29", for: mallory, by: .get, at: now) == "29")
        // With many sessions, each full.
        for session in 0..<20 {
            for number in 0..<20 {
                kept.keep("x", of: "tok_\(number)", for: ID("ses_\(session)"), at: now + Int64(session))
            }
        }
        kept.keep("hers", of: "tok_1", for: ada, at: now + 20)
        #expect(kept.take("tok_1", for: ada, by: .get, at: now + 20) == "hers")
    }

    @Test func `Case 229, 52: test tokens have a limit, and one person's use it up for nobody else`() async throws {
        let site = try await TestSite()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        for _ in 0..<20 { #expect(try await grace.submit("/t/acme/test-token").status == 303) }
        #expect(Browser.secret("gw_dt_", in: try await grace.get("/t/acme/test-token").body) != nil)
        let more = try await grace.submit("/t/acme/test-token")
        #expect(more.status == 429 && more.headers[.retryAfter] != nil)
        let ada = try await site.browser(signedInAs: site.cast.ada)
        #expect(try await ada.submit("/t/acme/test-token").status == 303)
    }
}
