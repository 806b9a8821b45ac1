package import OAuth

/// What a tenant's admins decided about apps. Without a word of theirs: admins allow any app, and nothing is limited.
package struct TenantPolicy: Equatable, Sendable {
    /// Who may allow an app.
    package enum Deciders: String, Sendable, CaseIterable { case admins, members }

    /// Which apps may be allowed at all.
    package enum Admission: String, Sendable, CaseIterable {
        case any
        /// Those that an operator reviewed, and those on the tenant's own list.
        case reviewed
        /// Those on the tenant's own list.
        case listed
    }

    package var deciders = Deciders.admins
    package var admission = Admission.any
    /// The most that an app may hold; nil limits nothing. An app with a ceiling of its own has that one instead.
    package var ceiling: ScopeSet?

    package init(
        deciders: Deciders = .admins, admission: Admission = .any, ceiling: ScopeSet? = nil
    ) {
        self.deciders = deciders
        self.admission = admission
        self.ceiling = ceiling
    }
}

/// How one app stands with one tenant.
package struct AppStanding: Equatable, Sendable {
    /// An operator checked who runs it.
    package var isReviewed = false
    /// The tenant's admins put it on their list.
    package var isListed = false
    /// Instead of the policy's own.
    package var ceiling: ScopeSet?

    package init(isReviewed: Bool = false, isListed: Bool = false, ceiling: ScopeSet? = nil) {
        self.isReviewed = isReviewed
        self.isListed = isListed
        self.ceiling = ceiling
    }
}

extension TenantPolicy {
    package func admits(_ app: AppStanding) -> Bool {
        switch admission {
        case .any: true
        case .reviewed: app.isReviewed || app.isListed
        case .listed: app.isListed
        }
    }

    package func ceiling(of app: AppStanding) -> ScopeSet? { app.ceiling ?? ceiling }

    /// Whether somebody in this role may allow the app, and how much of it.
    ///
    /// - Parameter settled: what an admin said yes to for a member who asked, and what such a member has allowed since.
    package func permission(of role: Role, for app: AppStanding, settled: ScopeSet) -> Permission {
        let verdict: Permission.Verdict =
            if !admits(app) { .clientNotAdmitted } else if role == .admin || deciders == .members { .may } else {
                .needsAdmin
            }
        return Permission(verdict, settled: settled, ceiling: ceiling(of: app))
    }
}

/// Grants of one tenant that are alike to its rules.
package struct GrantGroup: Hashable, Sendable {
    package let app: ID<Entity.Client>
    package let scopes: ScopeSet
    /// The role in which they were given.
    package let allowedAs: Role
    /// An admin said yes to each of them.
    package let isApproved: Bool
    package let count: Int64

    package init(app: ID<Entity.Client>, scopes: ScopeSet, allowedAs: Role, isApproved: Bool, count: Int64) {
        self.app = app
        self.scopes = scopes
        self.allowedAs = allowedAs
        self.isApproved = isApproved
        self.count = count
    }
}

/// Why a grant that exists could not be given today.
package enum Contradiction: Equatable, Sendable {
    case appNotAdmitted
    /// A member gave it without asking, when members were free to.
    case membersMayNot
    /// It holds these scopes beyond the ceiling. Its tokens cannot use them.
    case tooMuch(ScopeSet)
}

extension TenantPolicy {
    /// The gravest reason; nil when the rules have nothing against it.
    package func contradiction(of grants: GrantGroup, to app: AppStanding) -> Contradiction? {
        guard admits(app) else { return .appNotAdmitted }
        guard grants.allowedAs == .admin || grants.isApproved || deciders == .members else { return .membersMayNot }
        let beyond = grants.scopes.subtracting(grants.scopes.narrowed(to: ceiling(of: app)))
        return beyond.isEmpty ? nil : .tooMuch(beyond)
    }
}
