package import OAuth

/// The form for a tenant's app policy, as it was typed.
package struct PolicyForm: Sendable {
    /// A `TenantPolicy.Deciders`.
    package var deciders = ""
    /// A `TenantPolicy.Admission`.
    package var admission = ""
    /// `yes` when `scopes` are the most an app may hold.
    package var limited = ""
    package var scopes: [String] = []

    package init() {}

    package init(_ policy: TenantPolicy) {
        deciders = policy.deciders.rawValue
        admission = policy.admission.rawValue
        limited = policy.ceiling == nil ? "no" : "yes"
        scopes = policy.ceiling?.sorted.map(\.text) ?? []
    }

    /// Field names: `deciders`, `admission`, `limited`, `scopes`.
    package func check(catalogue: [ScopeDescription]) -> Checked<TenantPolicy> {
        var problems: [Problem] = []
        let deciders = TenantPolicy.Deciders.allCases.first { $0.rawValue.utf8.elementsEqual(self.deciders.utf8) }
        if deciders == nil { problems.append(Problem("deciders", "Choose who may allow apps.")) }
        let admission = TenantPolicy.Admission.allCases.first { $0.rawValue.utf8.elementsEqual(self.admission.utf8) }
        if admission == nil { problems.append(Problem("admission", "Choose which apps may be allowed.")) }
        var ceiling: ScopeSet?
        switch ScopeLimit.check(limited, scopes, catalogue: catalogue) {
        case .valid(let limit): ceiling = limit
        case .invalid(let more): problems += more
        }
        guard let deciders, let admission, problems.isEmpty else { return .invalid(problems) }
        return .valid(TenantPolicy(deciders: deciders, admission: admission, ceiling: ceiling))
    }
}

/// The form for a tenant's rules about developer tokens, as it was typed.
package struct TokenRulesForm: Sendable {
    /// A number of days, or `any`.
    package var longest = ""
    package var limited = ""
    package var scopes: [String] = []

    package init() {}

    package init(_ rules: TokenRules) {
        longest = rules.longestDays.map(String.init) ?? "any"
        limited = rules.scopes == nil ? "no" : "yes"
        scopes = rules.scopes?.sorted.map(\.text) ?? []
    }

    /// Field names: `longest`, `limited`, `scopes`.
    package func check(catalogue: [ScopeDescription]) -> Checked<TokenRules> {
        var problems: [Problem] = []
        let days = Int64(longest).flatMap { TokenRules.lengths.contains($0) ? $0 : nil }
        if days == nil, !longest.utf8.elementsEqual("any".utf8) {
            problems.append(Problem("longest", "Choose how long a token may live."))
        }
        var allowed: ScopeSet?
        switch ScopeLimit.check(limited, scopes, catalogue: catalogue) {
        case .valid(let limit): allowed = limit
        case .invalid(let more): problems += more
        }
        guard problems.isEmpty else { return .invalid(problems) }
        return .valid(TokenRules(longestDays: days, scopes: allowed))
    }
}

/// "Any scope", or these at most.
package enum ScopeLimit {
    /// Field names: `limited`, `scopes`.
    package static func check(
        _ limited: String, _ scopes: [String], catalogue: [ScopeDescription]
    ) -> Checked<ScopeSet?> {
        guard limited.utf8.elementsEqual("yes".utf8) else {
            guard limited.utf8.elementsEqual("no".utf8) else {
                return .invalid([Problem("limited", "Choose whether there is a limit.")])
            }
            return .valid(nil)
        }
        let chosen = catalogue.filter { entry in scopes.contains { $0.utf8.elementsEqual(entry.scope.text.utf8) } }
        guard !chosen.isEmpty else {
            return .invalid([Problem("scopes", "Choose at least one scope, or set no limit.")])
        }
        return .valid(ScopeSet(chosen.map(\.scope)))
    }
}
