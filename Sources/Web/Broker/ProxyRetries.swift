import Broker
import Foundation
import HTTPTypes
import Hummingbird
import OAuth

/// How often a proxied call is made again, and for what.
struct ProxyRetries {
    let most: Int
    let statuses: Set<Int>
    private let pauses: Provider.Pauses

    /// - Parameter pauses: the provider's own headers.
    init(_ request: Request, _ pauses: Provider.Pauses?) throws {
        self.pauses = pauses ?? Provider.Pauses(after: [], at: [], remaining: [])
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
            let names = pauses.remaining + ["x-ratelimit-remaining"]
            return status == 403 && headers.contains { names.contains($0.name) && $0.value == "0" }
        }
    }

    /// In milliseconds: what the provider says, else doubling; at most half a minute, since somebody waits.
    func pause(before attempt: Int, after answer: ProxyAnswer, at now: Instant) -> Int64 {
        guard case .response(_, let headers, _) = answer else { return Self.doubling(attempt) }
        func value(_ name: String) -> String? { headers.first { $0.name == name }?.value }
        let own =
            pauses.after.lazy.compactMap { value($0).flatMap(Self.milliseconds) }.first
            ?? pauses.at.lazy.compactMap { value($0).flatMap { Self.moment($0) } }.first.map {
                ($0 - now.seconds) * 1000
            }
        let said =
            value("retry-after").flatMap { Self.wait($0, at: now) } ?? own
            ?? ["x-ratelimit-reset", "x-rate-limit-reset"].lazy
            .compactMap { value($0).flatMap { Self.wait($0, at: now) } }.first
        return said.map { min(max($0, 0), 30_000) } ?? Self.doubling(attempt)
    }

    private static func doubling(_ attempt: Int) -> Int64 { min(30_000, 500 << Int64(min(attempt, 6))) }

    /// `1`, `1.5`: seconds, some with a fraction.
    private static func milliseconds(_ text: String) -> Int64? {
        guard let seconds = Double(text), seconds.isFinite, abs(seconds) < 1e9 else { return nil }
        return Int64((seconds * 1000).rounded(.up))
    }

    /// In seconds since 1970: a number, or a date (RFC 9110 §10.2.3).
    private static func moment(_ text: String) -> Int64? {
        if let number = Int64(text) { return number }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return format.date(from: text).map { Int64($0.timeIntervalSince1970) }
    }

    /// In milliseconds: seconds from now, a moment in seconds since 1970, or a date (RFC 9110 §10.2.3). Providers use all three, under
    /// any of the names; what is over ten years from now is a moment.
    private static func wait(_ text: String, at now: Instant) -> Int64? {
        if let wait = milliseconds(text), wait <= 315_360_000_000 { return wait }
        return moment(text).map { min(max($0 - now.seconds, 0), 3600) * 1000 }
    }
}
