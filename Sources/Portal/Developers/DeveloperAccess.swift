import OAuth

/// Whether somebody may register apps.
package enum DeveloperAccess: Sendable, Equatable {
    /// An operator approved their application.
    case approved
    /// They run a tenant whose plan includes the developer tools; its name.
    case plan(String)
    case closed(Obstacle)

    package enum Obstacle: Sendable, Equatable {
        case emailNotConfirmed
        case notApplied
        case draft
        case waiting
        case changesRequested
        case rejected
    }

    package var isOpen: Bool {
        if case .closed = self { false } else { true }
    }
}

/// The tools are for approved developers and for admins of tenants whose plan includes them.
package func developerAccess(
    of person: Person, application: DeveloperApplication.State?, memberships: [Member], plans: Set<Tenant.Plan>
) -> DeveloperAccess {
    guard person.verifiedAt != nil else { return .closed(.emailNotConfirmed) }
    if application == .approved { return .approved }
    let including = memberships.first {
        $0.role == .admin && $0.tenant.kind == .standard && !$0.tenant.isSuspended && plans.contains($0.tenant.plan)
    }
    if let including { return .plan(including.tenant.name) }
    switch application {
    case nil: return .closed(.notApplied)
    case .draft: return .closed(.draft)
    case .submitted: return .closed(.waiting)
    case .changesRequested: return .closed(.changesRequested)
    case .rejected: return .closed(.rejected)
    case .approved: return .approved
    }
}
