package import OAuth

extension AppDetails {
    /// Whether an operator who looked at the old app has not seen this one: what people are shown, where they are sent,
    /// what may be asked for, and how well that is kept. An app that asks for less, or keeps it better, needs no new look.
    package func needsNewReview(since old: AppDetails) -> Bool {
        !name.utf8.elementsEqual(old.name.utf8) || !description.utf8.elementsEqual(old.description.utf8)
            || !homepage.utf8.elementsEqual(old.homepage.utf8) || !Set(callbacks).isSubset(of: Set(old.callbacks))
            || !scopes.isSubset(of: old.scopes) || kind != old.kind || (old.pkceRequired && !pkceRequired)
            || (old.tokenFormat == .v2 && tokenFormat == .v1)
    }
}

extension AppDetails {
    /// Whether who holds somebody's session could send codes elsewhere with this change, or take away what keeps a
    /// stolen code from being redeemed.
    package func isDangerous(since old: AppDetails) -> Bool {
        callbacks != old.callbacks || !homepage.utf8.elementsEqual(old.homepage.utf8) || kind != old.kind
            || (old.pkceRequired && !pkceRequired)
    }

    /// Whether people who allowed the old app have to be asked again, and consent pages that are open are stale. Only
    /// the format of tokens may change without: V1 moves to V2 on what was allowed before.
    package func needsNewConsent(since old: AppDetails) -> Bool {
        var alike = old
        alike.tokenFormat = tokenFormat
        return !changes(since: alike).isEmpty
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
