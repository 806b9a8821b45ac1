import HTTPTypes
import OAuth
import Synchronization

/// What was counted since the server started, for `/metrics`.
///
/// Every counter is made at the start and found by its place: counting is a relaxed addition, without a lock, and no
/// label has a value that a request could choose.
package final class Metrics: Sendable {
    /// By class of route and status.
    private let requests: [[Counter]]
    private let durations: [Histogram]
    private let issued: [Counter]
    private let refused: [Counter]
    private let proxied = (succeeded: Counter(), failed: Counter())

    init() {
        requests = RouteClass.allCases.map { _ in Self.statuses.map { _ in Counter() } + [Counter()] }
        durations = RouteClass.allCases.map { _ in Histogram() }
        issued = TokenIssue.allCases.map { _ in Counter() }
        refused = OAuthError.Code.allCases.map { _ in Counter() }
    }

    func note(_ status: HTTPResponse.Status, of route: RouteClass, since started: ContinuousClock.Instant) {
        let place = Self.statuses.firstIndex(of: status.code) ?? Self.statuses.count
        requests[route.place][place].add()
        durations[route.place].note(started.duration(to: .now))
    }

    func noteIssued(_ kind: TokenIssue) { issued[kind.place].add() }

    /// The token endpoint said no.
    func noteRefused(_ code: OAuthError.Code) {
        guard let place = OAuthError.Code.allCases.firstIndex(of: code) else { return }
        refused[place].add()
    }

    /// A call through the broker's proxy ended.
    func noteProxied(hasFailed: Bool) { (hasFailed ? proxied.failed : proxied.succeeded).add() }

    /// What this server answers with, most frequent first; anything else is "other".
    private static let statuses = [
        200, 303, 401, 302, 404, 400, 403, 304, 201, 202, 204, 301, 405, 406, 409, 410, 413, 414, 415, 421, 422, 429,
        431,
        500, 502, 503, 504,
    ]
}

/// What made a token that works at the API.
enum TokenIssue: String, CaseIterable {
    case authorizationCode = "authorization_code"
    case refreshToken = "refresh_token"
    case clientCredentials = "client_credentials"
    /// A V1 access token that was exchanged for a V2 pair.
    case v1Token = "v1_token"
    case directFlow = "direct_flow"
    /// A person made it for themselves.
    case developerToken = "developer_token"

    init(_ request: TokenRequest) {
        switch request {
        case .authorizationCode: self = .authorizationCode
        case .clientCredentials: self = .clientCredentials
        case .refreshToken(let refresh):
            if case .accessToken = refresh.token { self = .v1Token } else { self = .refreshToken }
        }
    }
}

extension Metrics {
    /// All of it in Prometheus' text format, the counters first.
    func write(to text: inout MetricsText) {
        text.begin("gatewright_http_requests_total", .counter, "Requests answered, by kind of address and status.")
        for route in RouteClass.allCases {
            for (place, counter) in requests[route.place].enumerated() where counter.value > 0 {
                let status = place < Self.statuses.count ? "\(Self.statuses[place])" : "other"
                text.sample(counter.value, [("route", route.rawValue), ("status", status)])
            }
        }
        text.begin(
            "gatewright_http_request_duration_seconds", .histogram, "From the request's headers to the answer's.")
        for route in RouteClass.allCases {
            durations[route.place].write(to: &text, label: ("route", route.rawValue))
        }
        text.begin("gatewright_tokens_issued_total", .counter, "Tokens given out, by what they were given for.")
        for kind in TokenIssue.allCases { text.sample(issued[kind.place].value, [("grant", kind.rawValue)]) }
        text.begin("gatewright_token_refusals_total", .counter, "Refusals of the token endpoints, by error.")
        for (code, counter) in zip(OAuthError.Code.allCases, refused) where counter.value > 0 {
            text.sample(counter.value, [("error", code.rawValue)])
        }
        text.begin("gatewright_proxy_calls_total", .counter, "Calls of the broker's proxy, by how they ended.")
        text.sample(proxied.succeeded.value, [("outcome", "success")])
        text.sample(proxied.failed.value, [("outcome", "failure")])
    }
}

/// Something that only goes up.
final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    var value: UInt64 { count.load(ordering: .relaxed) }

    func add(_ amount: UInt64 = 1) { count.wrappingAdd(amount, ordering: .relaxed) }
}

/// How many took how long.
final class Histogram: Sendable {
    /// Upper ends in microseconds; one more takes what is longer.
    private static let ends: [UInt64] = [
        250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000,
    ]

    private let counts = (0...ends.count).map { _ in Counter() }
    private let microseconds = Counter()

    func note(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let spent = UInt64(clamping: seconds) * 1_000_000 + UInt64(clamping: attoseconds / 1_000_000_000_000)
        counts[Self.ends.firstIndex { spent <= $0 } ?? Self.ends.count].add()
        microseconds.add(spent)
    }

    func write(to text: inout MetricsText, label: (name: String, value: String)) {
        var total: UInt64 = 0
        for (end, counter) in zip(Self.ends, counts) {
            total += counter.value
            text.sample(total, [label, ("le", "\(Double(end) / 1_000_000)")], suffix: "_bucket")
        }
        total += counts[Self.ends.count].value
        text.sample(total, [label, ("le", "+Inf")], suffix: "_bucket")
        text.sample(Double(microseconds.value) / 1_000_000, [label], suffix: "_sum")
        text.sample(total, [label], suffix: "_count")
    }
}

extension CaseIterable where Self: Equatable, AllCases == [Self] {
    /// Where it stands among its kind.
    fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
