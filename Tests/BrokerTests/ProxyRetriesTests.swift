import Broker
import OAuth
import Testing

@Suite("What the proxy tries again")
struct ProxyRetriesTests {
    /// 6 November 1994, 08:49:37.
    private let now = Instant(seconds: 784_111_777)

    private func retries(_ count: String = "3", on list: String = "") throws -> ProxyRetries {
        try #require(ProxyRetries(count, on: list))
    }

    @Test func `a count is a whole number from 0 to 10, and nothing means none`() throws {
        #expect(try retries("").most == 0)
        #expect(try retries("10").most == 10)
        for wrong in ["-1", "11", "1.5", "three", " 1", "\u{661}", "99999999999999999999"] {
            #expect(ProxyRetries(wrong, on: "") == nil, "\(wrong)")
        }
    }

    @Test func `what the provider may answer better next time is asked again`() throws {
        let plain = try retries()
        for status in [429, 500, 502, 503, 599] { #expect(plain.wants(status, [])) }
        for status in [200, 301, 400, 401, 403, 404, 409] { #expect(!plain.wants(status, [])) }
        let listed = try retries(on: "404, 409,x,,410")
        for status in [404, 409, 410, 500] { #expect(listed.wants(status, [])) }
        #expect(!listed.wants(400, []))
    }

    @Test func `a 403 is asked again only where nothing is left of a limit`() throws {
        let plain = try retries()
        #expect(plain.wants(403, [("x-ratelimit-remaining", "0")]))
        #expect(!plain.wants(403, [("x-ratelimit-remaining", "1")]))
        #expect(!plain.wants(404, [("x-ratelimit-remaining", "0")]))
    }

    @Test func `of calls without an answer those are made again that were sent, or could not be`() throws {
        let plain = try retries()
        for failure in [ProviderAnswer.Failure.timedOut, .broken, .unreachable] { #expect(plain.wants(failure)) }
        for failure in [ProviderAnswer.Failure.refusedAddress, .malformed, .tooLarge, .busy] {
            #expect(!plain.wants(failure))
        }
    }

    @Test(
        arguments: [
            ("retry-after", "7", 7), ("retry-after", "0", 0), ("retry-after", "-3", 0), ("retry-after", "3600", 30),
            ("retry-after", "Sun, 06 Nov 1994 08:49:49 GMT", 12), ("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT", 0),
            ("retry-after", "Mon, 07 Nov 1994 08:49:37 GMT", 30), ("x-ratelimit-reset", "784111782", 5),
            ("x-ratelimit-reset", "9", 9), ("x-rate-limit-reset", "784111700", 0),
        ] as [(String, String, Int64)])
    func `RFC 9110 §10.2.3: the pause is what the provider says, up to half a minute`(
        name: String, value: String, seconds: Int64
    ) throws {
        #expect(try retries().pause(before: 5, [("date", "x"), (name, value)], at: now) == seconds * 1000)
    }

    @Test(arguments: [
        "", "soon", "nan", "Sun, 06 Nov 1994 08:49:49", "Sun, 06 Nov 1994 08:49:49 CET", "06 Nov 1994 08:49:49 GMT",
        "Sun, 06 nov 1994 08:49:49 GMT", "Sunday, 06-Nov-94 08:49:49 GMT", "Sun, 6 Nov 1994 08:49:49 GMT",
    ])
    func `where it says nothing that can be read, the pause doubles`(value: String) throws {
        let plain = try retries()
        let pauses = (0...9).map { plain.pause(before: $0, [("retry-after", value)], at: now) }
        #expect(pauses == [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000])
        #expect(plain.pause(before: 0, [("retry-after", value), ("x-ratelimit-reset", "2")], at: now) == 2000)
    }

    @Test func `a provider's own headers count behind Retry-After and before what others use`() throws {
        let own = Provider.Pauses(after: ["x-come-back-in"], at: ["x-come-back-at"], remaining: ["x-left"])
        let retries = try #require(ProxyRetries("3", on: "", pauses: own))
        #expect(retries.wants(403, [("x-left", "0")]) && !retries.wants(403, [("x-left", "1")]))
        func pause(_ headers: [(name: String, value: String)]) -> Int64 {
            retries.pause(before: 0, headers, at: now)
        }
        #expect(pause([("x-come-back-in", "0.25"), ("x-ratelimit-reset", "9")]) == 250)
        #expect(pause([("x-come-back-at", "784111779"), ("x-ratelimit-reset", "9")]) == 2000)
        #expect(pause([("x-come-back-at", "9223372036854775807")]) == 30_000)
        #expect(pause([("x-come-back-in", "4"), ("retry-after", "1.5")]) == 1500)
        #expect(pause([("x-come-back-in", "soon"), ("x-come-back-at", "Sun, 06 Nov 1994 08:49:40 GMT")]) == 3000)
    }

    @Test func `the first name that can be read wins`() throws {
        #expect(
            try retries().pause(before: 0, [("x-ratelimit-reset", "9"), ("retry-after", "2")], at: now) == 2000)
        #expect(try retries().pause(before: 1, [], at: now) == 1000)
    }
}
