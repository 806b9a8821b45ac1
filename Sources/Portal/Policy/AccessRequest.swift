package import OAuth

/// A member asks an admin to let an app in.
package struct AccessRequest: Sendable {
    package enum State: Equatable, Sendable {
        case waiting
        case allowed
        case denied
        /// Nobody answered in time.
        case expired
    }

    package let id: ID<Entity.AccessRequest>
    package let app: App
    package let person: Person
    package let scopes: ScopeSet
    package let note: String
    package let createdAt: Instant
    package let expiresAt: Instant
    package let decision: Decision?
    /// The yes was used: the member has allowed the app since.
    package let isUsed: Bool
    /// The authorization request that it began with can still be gone back to.
    package let canGoOn: Bool

    package struct Decision: Sendable {
        package let isAllowed: Bool
        package let by: String
        package let at: Instant
        /// What the admin said to it; may be empty.
        package let answer: String

        package init(isAllowed: Bool, by: String, at: Instant, answer: String) {
            self.isAllowed = isAllowed
            self.by = by
            self.at = at
            self.answer = answer
        }
    }

    package init(
        id: ID<Entity.AccessRequest>, app: App, person: Person, scopes: ScopeSet, note: String, createdAt: Instant,
        expiresAt: Instant, decision: Decision?, isUsed: Bool, canGoOn: Bool
    ) {
        self.id = id
        self.app = app
        self.person = person
        self.scopes = scopes
        self.note = note
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.decision = decision
        self.isUsed = isUsed
        self.canGoOn = canGoOn
    }

    package func state(at now: Instant) -> State {
        if let decision { return decision.isAllowed ? .allowed : .denied }
        return now < expiresAt ? .waiting : .expired
    }

    /// In seconds, for an admin to answer and, once they said yes, for the member to go on: a week each.
    package static let lifetime: Int64 = 7 * 86_400

    /// What is wrong with the note (`note`) or the answer (`answer`); both may be empty.
    package static func text(_ typed: String, field: String) -> Checked<String> {
        guard typed.utf8.contains(where: { $0 > 0x20 }) else { return .valid("") }
        guard let text = TypedText.paragraph(typed, atMost: 1000) else {
            return .invalid([Problem(field, "Use up to 1,000 characters of plain text.")])
        }
        return .valid(text)
    }
}
