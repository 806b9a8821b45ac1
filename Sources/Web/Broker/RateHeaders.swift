import HTTPTypes
import Hummingbird
import OAuth

extension RateLimiter.Budget {
    /// How much of its limit a caller has left. Where an answer has such headers already, a provider's through the
    /// proxy, they stay: they say more about what comes next.
    func write(to response: inout Response) {
        if let wait, response.headers[.retryAfter] == nil { response.headers[.retryAfter] = "\(wait)" }
        guard Self.names.allSatisfy({ response.headers[$0] == nil }) else { return }
        response.headers[Self.names[0]] = "\(limit)"
        response.headers[Self.names[1]] = "\(remaining)"
        // A moment, in seconds since 1970, as clients of the wire format read it.
        response.headers[Self.names[2]] = "\(reset.seconds)"
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
        guard settings.brokerRate > 0 else { return nil }
        return limiter.budget(RateLimiter.Rule(name: "broker", count: settings.brokerRate, per: 60), key, at: now())
    }
}
