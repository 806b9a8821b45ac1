package import OAuth

/// `expires_in` and `expires_at` as providers really send them: text, fractions, nothing, or a number that would
/// end the process if arithmetic met it. What cannot be right counts as not said.
enum Lifetime {
    /// Ten years: beyond that a provider means "never".
    private static let longest: Int64 = 315_360_000

    /// In seconds, at least 1.
    static func seconds(_ value: JSONValue?, in unit: OAuth2.Token.ExpiryUnit) -> Int64? {
        guard let whole = wholeNumber(value) else { return nil }
        let seconds = unit == .milliseconds ? whole / 1000 : whole
        guard seconds > 0 else { return nil }
        return min(seconds, longest)
    }

    /// Seconds since 1970, or a date as RFC 3339 writes it.
    static func epoch(_ value: JSONValue?) -> Instant? {
        if let date = value?.string.flatMap({ Instant(wireText: $0) }) { return date }
        guard let whole = wholeNumber(value), (1...253_402_300_799).contains(whole) else { return nil }
        return Instant(seconds: whole)
    }

    /// Digits, perhaps with a fraction that is dropped; an exponent is no lifetime. Nine trillion is the most.
    private static func wholeNumber(_ value: JSONValue?) -> Int64? {
        let text: String
        switch value {
        case .number(let digits): text = digits
        case .string(let digits): text = digits
        default: return nil
        }
        let whole = text.utf8.prefix { $0 != 0x2E }
        let fraction = text.utf8.dropFirst(whole.count).dropFirst()
        guard !whole.isEmpty, !text.utf8.contains(where: { !(0x30...0x39).contains($0) && $0 != 0x2E }),
            !fraction.contains(0x2E)
        else { return nil }
        let significant = whole.drop { $0 == 0x30 }
        guard significant.count <= 18 else { return longest }
        return significant.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
}

extension OAuth2.Token {
    /// `expires_at` as somebody sent it: seconds since 1970, or a date (RFC 3339).
    package static func moment(_ value: JSONValue) -> Instant? { Lifetime.epoch(value) }

    /// `expires_in` in seconds.
    package static func lifetime(_ value: JSONValue) -> Int64? { Lifetime.seconds(value, in: .seconds) }
}
