import OAuth

/// What operators decide on their settings page.
package struct InstallationRules: Sendable, Equatable {
    /// Whose admins may register apps without an application of their own.
    package var developerPlans: Set<Tenant.Plan>
    /// In how many tenants an app may be allowed before an operator has reviewed it; sandboxes do not count.
    package var unreviewedLimit: Int64

    package static let standard = InstallationRules(developerPlans: [.network, .enterprise], unreviewedLimit: 10)

    package init(developerPlans: Set<Tenant.Plan>, unreviewedLimit: Int64) {
        self.developerPlans = developerPlans
        self.unreviewedLimit = unreviewedLimit
    }

    /// Field names: `plans`, `unreviewed_limit`.
    package static func check(plans: [String], unreviewedLimit: String) -> Checked<InstallationRules> {
        var problems: [Problem] = []
        let known = plans.compactMap(Tenant.Plan.init(rawValue:))
        if known.count != plans.count { problems.append(Problem("plans", "Choose among the plans that there are.")) }
        let limit = Int64(unreviewedLimit)
        if limit.map({ (0...10_000).contains($0) }) != true {
            problems.append(Problem("unreviewed_limit", "Enter a whole number from 0 to 10000."))
        }
        guard let limit, problems.isEmpty else { return .invalid(problems) }
        return .valid(InstallationRules(developerPlans: Set(known), unreviewedLimit: limit))
    }

    /// What the log says of a change.
    package func changes(since old: InstallationRules) -> [String: String] {
        var changes: [String: String] = [:]
        if developerPlans != old.developerPlans {
            changes["developer_plans"] = Self.text(old.developerPlans) + " → " + Self.text(developerPlans)
        }
        if unreviewedLimit != old.unreviewedLimit {
            changes["unreviewed_limit"] = "\(old.unreviewedLimit) → \(unreviewedLimit)"
        }
        return changes
    }

    private static func text(_ plans: Set<Tenant.Plan>) -> String {
        plans.isEmpty ? "none" : plans.map(\.rawValue).sorted().joined(separator: " ")
    }
}
