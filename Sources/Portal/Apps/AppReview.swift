package import OAuth

extension AppDetails {
    /// Whether an operator who looked at the old app has not seen this one: what people are shown, where they are sent
    /// and what may be asked for. A better description needs no new look.
    package func needsNewReview(since old: AppDetails) -> Bool {
        !name.utf8.elementsEqual(old.name.utf8) || !homepage.utf8.elementsEqual(old.homepage.utf8)
            || !Set(callbacks).isSubset(of: Set(old.callbacks)) || !scopes.isSubset(of: old.scopes)
    }
}

extension App {
    /// - Parameters:
    ///   - others: in how many other tenants, sandboxes not counted, it is allowed now.
    ///   - isAllowedHere: somebody allowed it in this tenant before; that is not taken back.
    package func standing(in tenant: Tenant, others: Int64, isAllowedHere: Bool, limit: Int64) -> ClientStanding {
        guard !isReviewed, tenant.kind == .standard else { return .trusted }
        return others < limit || isAllowedHere ? .unreviewed : .unreviewedAtLimit
    }
}
