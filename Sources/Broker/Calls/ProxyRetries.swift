package import OAuth

/// How often a proxied call is made again, for what, and after which pause.
package struct ProxyRetries: Sendable {
    /// At most so many calls behind the first.
    package let most: Int
    private let statuses: Set<Int>
    private let pauses: Provider.Pauses

    /// - Parameters:
    ///   - count: `Retries`, a whole number from 0 to 10; empty for 0.
    ///   - list: `Retry-On`: statuses besides those that always are, separated by commas or blanks.
    ///   - pauses: the provider's own headers.
    /// - Returns: nil when the count is none.
    package init?(_ count: String, on list: String, pauses: Provider.Pauses? = nil) {
        self.pauses = pauses ?? Provider.Pauses(after: [], at: [], remaining: [])
        guard let most = count.utf8.isEmpty ? 0 : Int(count), (0...10).contains(most) else { return nil }
        self.most = most
        statuses = Set(
            list.utf8.split { $0 == 0x2C || $0 == 0x20 }.compactMap { Int(String(decoding: $0, as: UTF8.self)) })
    }

    /// Whether a call that never got an answer could get one: not one that was refused before it was sent.
    package func wants(_ failure: ProviderAnswer.Failure) -> Bool {
        switch failure {
        case .timedOut, .broken, .unreachable: true
        case .refusedAddress, .malformed, .tooLarge, .busy: false
        }
    }

    /// - Parameter headers: names in lower case.
    package func wants(_ status: Int, _ headers: [(name: String, value: String)]) -> Bool {
        if status >= 500 || status == 429 || statuses.contains(status) { return true }
        // Some providers answer so when somebody asks too often.
        let names = pauses.remaining + ["x-ratelimit-remaining"]
        return status == 403 && headers.contains { names.holds($0.name) && $0.value.isSame(as: "0") }
    }

    /// In milliseconds: what the provider says, else half a second, doubled with each try; at most half a minute, since
    /// somebody waits.
    ///
    /// - Parameters:
    ///   - attempt: how often it was tried again before, from 0.
    ///   - headers: of the last answer, names in lower case; empty when there was none.
    package func pause(
        before attempt: Int, _ headers: [(name: String, value: String)], at now: Instant
    ) -> Int64 {
        func value(_ name: String) -> String? { headers.first { $0.name.isSame(as: name) }?.value }
        let own =
            pauses.after.lazy.compactMap { value($0).flatMap(Self.milliseconds) }.first
            ?? pauses.at.lazy.compactMap { value($0).flatMap { Self.untilMoment($0, from: now) } }.first
        let said =
            value("retry-after").flatMap { Self.wait($0, at: now) } ?? own
            ?? ["x-ratelimit-reset", "x-rate-limit-reset"].lazy
            .compactMap { value($0).flatMap { Self.wait($0, at: now) } }.first
        return said.map { min(max($0, 0), 30_000) } ?? min(30_000, 500 << Int64(min(max(attempt, 0), 6)))
    }

    /// `1`, `1.5`: seconds, some with a fraction.
    private static func milliseconds(_ text: String) -> Int64? {
        guard let seconds = Double(text), seconds.isFinite, abs(seconds) < 1e9 else { return nil }
        return Int64((seconds * 1000).rounded(.up))
    }

    /// In milliseconds, to a number of seconds since 1970 or a date (RFC 9110 §10.2.3); an hour at most.
    private static func untilMoment(_ text: String, from now: Instant) -> Int64? {
        let moment = Int64(text).map(Instant.init(seconds:)) ?? Instant(httpDate: text)
        return moment.map { $0 <= now ? 0 : $0 >= now + 3600 ? 3_600_000 : ($0 - now) * 1000 }
    }

    /// In milliseconds. Providers use seconds, a moment in seconds since 1970 and a date under any of the names; what is
    /// over ten years from now is a moment.
    private static func wait(_ text: String, at now: Instant) -> Int64? {
        if let wait = milliseconds(text), wait <= 315_360_000_000 { return wait }
        return untilMoment(text, from: now)
    }
}

extension Instant {
    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7, the form that is sent today); nil for anything else.
    init?(httpDate text: String) {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.utf8.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 6, words[0].utf8.count == 4, words[0].utf8.last == 0x2C, words[5].isSame(as: "GMT"),
            let month = months.firstIndex(where: { $0.isSame(as: words[2]) })
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        self.init(wireText: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
    }
}
