import OAuth
import Portal

/// What the list of tokens is narrowed to, and how it is sorted: `?status=&q=&sort=`.
struct TokenFilter {
    /// The raw values are those of the address.
    enum Order: String, CaseIterable {
        case newest, used, expires, description
    }

    let status: String
    let words: String
    let order: Order

    init(_ query: Form) {
        let asked = query.first("status")
        status = ["active", "expired", "revoked", "all"].first { $0.utf8.elementsEqual(asked.utf8) } ?? "active"
        words = TypedText.line(query.first("q"), atMost: 100) ?? ""
        order = Order(rawValue: query.first("sort")) ?? .newest
    }

    /// What works comes first, whatever the order; what never happened comes last.
    func sorts(_ a: DeveloperTokenSummary, before b: DeveloperTokenSummary, at now: Instant) -> Bool {
        let (isActive, other) = (a.status(at: now) == .active, b.status(at: now) == .active)
        guard isActive == other else { return isActive }
        let distantPast = Instant(seconds: .min), distantFuture = Instant(seconds: .max)
        return switch order {
        case .newest: a.createdAt > b.createdAt
        case .used: (a.lastUsedAt ?? distantPast) > (b.lastUsedAt ?? distantPast)
        case .expires: (a.expiresAt ?? distantFuture) < (b.expiresAt ?? distantFuture)
        case .description: Self.fold(a.description).lexicographicallyPrecedes(Self.fold(b.description))
        }
    }

    func matches(_ token: DeveloperTokenSummary, at now: Instant) -> Bool {
        let state = token.status(at: now).rawValue
        guard status.utf8.elementsEqual("all".utf8) || status.utf8.elementsEqual(state.utf8) else { return false }
        let texts = [token.description, token.tenant.name, token.tenant.slug.text, token.hint]
        return words.isEmpty || texts.contains { Self.fold($0).contains(Self.fold(words)) }
    }

    /// Letters of ASCII compare without case; everything else byte for byte.
    private static func fold(_ text: String) -> [UInt8] {
        text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}

extension TokensPage {
    /// - Parameters:
    ///   - tokens: all of the person's, newest first.
    ///   - obstacle: why there can be no new one; nil when there can.
    init(
        _ tokens: [DeveloperTokenSummary], of person: Person, narrowedBy filter: TokenFilter, obstacle: String?,
        at now: Instant
    ) {
        let shown = tokens.filter { filter.matches($0, at: now) }.sorted { filter.sorts($0, before: $1, at: now) }
        self.init(
            statuses: Self.statuses(chosen: filter.status), orders: Self.orders(chosen: filter.order.rawValue),
            query: filter.words,
            tokens: shown.map { Token($0, of: person, at: now) },
            count: shown.isEmpty ? "" : counted(Int64(shown.count), "token"),
            isFiltered: !tokens.isEmpty || !filter.words.isEmpty, canCreate: obstacle == nil, whyNot: obstacle ?? "")
    }
}

extension TokensPage.Token {
    fileprivate init(_ token: DeveloperTokenSummary, of person: Person, at now: Instant) {
        let path = "/tokens/\(token.id.text)"
        self.init(
            description: token.description, hint: token.hint, tenantName: token.tenant.name,
            scopes: token.scopes.sorted.map(\.text),
            lastUsed: token.lastUsedAt.map { .relative($0, at: now) }, lastUsedFrom: token.lastUsedAddress ?? "",
            created: .day(token.createdAt), expires: token.lastMoment.map { .day($0) }, status: "", statusKind: "",
            regeneratePath: "/tokens/new?from=\(token.id.text)")
        switch token.status(at: now) {
        case .active:
            (status, statusKind) = Self.status(endingAt: token.expiresAt, at: now)
            revokePath = path + "/revoke"
        case .expired:
            (status, statusKind) = ("Expired", "bad")
        case .revoked:
            (status, statusKind) = ("Revoked", "mute")
            // By its owner, by an admin of the workspace, or because somebody reported it as leaked.
            let by = token.revokedBy.map { "by \($0) " } ?? ""
            ending = token.revokedAt.map { "Revoked \(by)on \(Moment.day($0).text)" } ?? ""
        }
    }

    private static func status(endingAt expiry: Instant?, at now: Instant) -> (String, String) {
        guard let expiry, expiry - now <= 7 * 86_400 else { return ("Active", "ok") }
        return ("Expires \(Moment.relative(expiry, at: now).text)", "warn")
    }
}

extension DeveloperTokenSummary {
    /// The last second at which it works: its day is what people chose, the second after belongs to the next day.
    var lastMoment: Instant? { expiresAt.map { $0 - 1 } }
}
