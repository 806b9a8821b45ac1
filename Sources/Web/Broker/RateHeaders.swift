import HTTPTypes
import Hummingbird
import OAuth

extension RateLimiter.Budget {
    /// How much of its limit a caller has left. Where an answer has such headers already, a provider's through the
    /// proxy, they stay: they say more about what comes next.
    func write(to headers: inout HTTPFields) {
        if let wait, headers[.retryAfter] == nil { headers[.retryAfter] = "\(wait)" }
        guard Self.names.allSatisfy({ headers[$0] == nil }) else { return }
        headers[Self.names[0]] = "\(limit)"
        headers[Self.names[1]] = "\(remaining)"
        // A moment, in seconds since 1970, as clients of the wire format read it.
        headers[Self.names[2]] = "\(reset.seconds)"
    }

    /// Throws when the limit is reached.
    func check() throws(Failure) {
        if let wait { throw Failure.tooManyRequests(retryAfter: wait) }
    }

    private static let names: [HTTPField.Name] = [
        .known("X-RateLimit-Limit"), .known("X-RateLimit-Remaining"), .known("X-RateLimit-Reset"),
    ]
}

extension Site {
    /// Counts one call of a secret key; nil where the operator set no limit.
    func countCall(of key: String) -> RateLimiter.Budget? {
        brokerRule.map { limiter.budget($0, key, at: now()) }
    }

    /// Whether the next call would be refused; counts nothing.
    func isAtLimit(_ key: String) -> Bool {
        brokerRule.flatMap { limiter.wait($0, key, at: now()) } != nil
    }

    private var brokerRule: RateLimiter.Rule? {
        settings.brokerRate > 0 ? RateLimiter.Rule(name: "broker", count: settings.brokerRate, per: 60) : nil
    }
}
