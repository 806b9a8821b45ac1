package import OAuth

/// The form for a new developer token, as it was typed.
package struct TokenForm: Sendable {
    /// The slug of the tenant that the token works in.
    package var tenant = ""
    package var description = ""
    package var scopes: [String] = []
    /// A number of days, `custom` or `never`.
    package var expires = "90"
    /// YYYY-MM-DD, read when `expires` is `custom`; the token ends at the end of that day, UTC.
    package var expiresOn = ""
    /// The ID of the token that the new one takes the place of; nil for a token of its own.
    package var replaces: ID<Entity.DeveloperToken>?

    package init() {}

    package static let dayChoices: [Int64] = [7, 30, 60, 90, 365]

    /// Field names are those of the form: `tenant`, `description`, `scopes`, `expires`, `expires_on`.
    ///
    /// - Parameter tokens: what the person has: no two active ones of a tenant share a description, or nobody could
    ///   tell which one to revoke.
    package func check(
        memberships: [Member], catalogue: [ScopeDescription], tokens: [DeveloperTokenSummary] = [], at now: Instant
    ) -> Checked<DeveloperTokenDraft> {
        var problems: [Problem] = []
        let member = memberships.first { $0.tenant.slug.text.utf8.elementsEqual(tenant.utf8) }
        if member == nil { problems.append(Problem("tenant", "Choose where the token works.")) }
        let description = TypedText.line(self.description, atMost: 100)
        if description == nil {
            problems.append(
                Problem("description", "Enter a description, up to 100 characters, such as Nightly export."))
        }
        if let description, let member, isTaken(description, in: member.tenant, among: tokens, at: now) {
            problems.append(.takenDescription(description, at: member.tenant))
        }
        let allowed = ScopeDescription.available(to: member?.role ?? .member, from: catalogue)
        let chosen = allowed.filter { entry in scopes.contains { $0.utf8.elementsEqual(entry.scope.text.utf8) } }
        if chosen.isEmpty { problems.append(Problem("scopes", "Choose at least one scope.")) }
        var expiresAt: Instant?
        switch expiry(at: now) {
        case .valid(let instant): expiresAt = instant
        case .invalid(let more): problems += more
        }
        guard let member, let description, problems.isEmpty else { return .invalid(problems) }
        return .valid(
            DeveloperTokenDraft(
                member: member, description: description, scopes: ScopeSet(chosen.map(\.scope)), expiresAt: expiresAt))
    }

    private func isTaken(
        _ description: String, in tenant: Tenant, among tokens: [DeveloperTokenSummary], at now: Instant
    ) -> Bool {
        tokens.contains { token in
            token.status(at: now) == .active && token.id != replaces && token.tenant.id == tenant.id
                && token.description.utf8.elementsEqual(description.utf8)
        }
    }

    private func expiry(at now: Instant) -> Checked<Instant?> {
        if expires.utf8.elementsEqual("never".utf8) { return .valid(nil) }
        if let days = Int64(expires), Self.dayChoices.contains(days) { return .valid(now + days * 86_400) }
        guard expires.utf8.elementsEqual("custom".utf8) else {
            return .invalid([Problem("expires", "Choose when the token ends.")])
        }
        guard let day = CalendarDate(expiresOn) else {
            return .invalid([Problem("expires_on", "Enter a date as year, month and day, such as 2027-03-31.")])
        }
        let end = Instant(seconds: day.startOfDay.seconds + 86_400)
        guard end > now else { return .invalid([Problem("expires_on", "Choose a date that is not in the past.")]) }
        guard end <= now + 10 * 366 * 86_400 else {
            return .invalid([Problem("expires_on", "Choose a date within the next ten years, or no expiry.")])
        }
        return .valid(end)
    }
}

extension Problem {
    package static func takenDescription(_ description: String, at tenant: Tenant) -> Problem {
        Problem(
            "description",
            "You have an active token “\(description)” at \(tenant.name). Choose another description.")
    }
}

extension ScopeDescription {
    /// A token is bounded by its owner's own rights.
    package static func available(to role: Role, from catalogue: [ScopeDescription]) -> [ScopeDescription] {
        catalogue.filter { role.may(use: $0.scope, isSensitive: $0.sensitivity == .high) }
    }
}
