package import OAuth

/// What a tenant's admins decided about developer tokens that work there.
package struct TokenRules: Equatable, Sendable {
    /// Nil: any length, also without an end.
    package var longestDays: Int64?
    /// Nil: whatever the owner may do.
    package var scopes: ScopeSet?

    package init(longestDays: Int64? = nil, scopes: ScopeSet? = nil) {
        self.longestDays = longestDays
        self.scopes = scopes
    }

    package static let lengths: [Int64] = [7, 30, 60, 90, 365]

    package func allows(_ scope: Scope) -> Bool { scopes?.contains(scope) ?? true }

    /// What is wrong with a new token, in words for its owner. Field names are those of the form for it.
    package func problems(with draft: DeveloperTokenDraft, at now: Instant) -> [Problem] {
        var problems: [Problem] = []
        let name = draft.member.tenant.name
        if let refused = draft.scopes.sorted.first(where: { !allows($0) }) {
            problems.append(Problem("scopes", "\(name) does not allow tokens to have \(refused.text)."))
        }
        // A date is given as a day, which ends up to 24 hours later.
        if let longestDays, draft.expiresAt.map({ $0 - now > (longestDays + 1) * 86_400 }) ?? true {
            problems.append(
                Problem("expires", "\(name) lets tokens live for \(longestDays) days at most. Choose an earlier end."))
        }
        return problems
    }

    /// For whoever makes a token; nil when there is no rule.
    package func sentence(at tenant: String) -> String? {
        let most = longestDays.map { " live for \($0) days at most" } ?? ""
        let may = scopes.map { " have only \($0.sorted.map(\.text).joined(separator: ", "))" } ?? ""
        guard !most.isEmpty || !may.isEmpty else { return nil }
        return "\(tenant) lets tokens\(most)\(most.isEmpty || may.isEmpty ? "" : " and")\(may)."
    }

    /// Why a token that exists could not be made today, in a few words; nil when it could.
    package func excess(of scopes: ScopeSet, createdAt: Instant, expiresAt: Instant?) -> String? {
        if let beyond = scopes.sorted.first(where: { !allows($0) }) { return "Has \(beyond.text)" }
        guard let longestDays else { return nil }
        guard let expiresAt else { return "Never ends" }
        return expiresAt - createdAt > (longestDays + 1) * 86_400 ? "Lives longer than \(longestDays) days" : nil
    }
}
