import Broker
import Foundation
import HTTPTypes
import Hummingbird
import OAuth

/// How often a proxied call is made again, and for what.
struct ProxyRetries {
    let most: Int
    let statuses: Set<Int>

    init(_ request: Request) throws {
        let text = request.headers[.known("Retries")] ?? ""
        guard text.utf8.isEmpty || Int(text).map({ (0...10).contains($0) }) == true else {
            throw BrokerRefusal.badRequest("invalid_headers", "Retries must be a whole number from 0 to 10.")
        }
        most = Int(text) ?? 0
        let list = (request.headers[.known("Retry-On")] ?? "").utf8.split { $0 == 0x2C || $0 == 0x20 }
        statuses = Set(list.compactMap { Int(String(decoding: $0, as: UTF8.self)) })
    }

    func wants(_ answer: ProxyAnswer) -> Bool {
        switch answer {
        case .failed(let failure): return failure == .timedOut || failure == .broken || failure == .unreachable
        case .response(let status, let headers, _):
            if status >= 500 || status == 429 || statuses.contains(status) { return true }
            return status == 403 && headers.contains { $0.name == "x-ratelimit-remaining" && $0.value == "0" }
        }
    }

    /// In milliseconds: what the provider says, else doubling; at most half a minute, since somebody waits.
    func pause(before attempt: Int, after answer: ProxyAnswer, at now: Instant) -> Int64 {
        guard case .response(_, let headers, _) = answer else { return Self.doubling(attempt) }
        for name in ["retry-after", "x-ratelimit-reset", "x-rate-limit-reset"] {
            guard let text = headers.first(where: { $0.name == name })?.value, let wait = Self.wait(text, at: now)
            else { continue }
            return min(max(wait, 0), 30) * 1000
        }
        return Self.doubling(attempt)
    }

    private static func doubling(_ attempt: Int) -> Int64 { min(30_000, 500 << Int64(min(attempt, 6))) }

    /// Seconds from now, a moment in seconds since 1970, or a date (RFC 9110 §10.2.3). Providers use all three, under
    /// any of the names; what is over ten years from now is a moment.
    private static func wait(_ text: String, at now: Instant) -> Int64? {
        if let number = Int64(text) { return number > 315_360_000 ? number - now.seconds : number }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return format.date(from: text).map { Int64($0.timeIntervalSince1970) - now.seconds }
    }
}
