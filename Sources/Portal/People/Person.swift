package import OAuth

/// Somebody who signs in.
package struct Person: Sendable {
    package let id: ID<Entity.Person>
    package let email: String
    package let name: String
    package let createdAt: Instant
    package let verifiedAt: Instant?
    package let isOperator: Bool
    package let isSuspended: Bool
    /// Whether signing in takes a code besides the password.
    package let hasSecondFactor: Bool

    package init(
        id: ID<Entity.Person>, email: String, name: String, createdAt: Instant, verifiedAt: Instant?,
        isOperator: Bool, isSuspended: Bool, hasSecondFactor: Bool = false
    ) {
        self.id = id
        self.email = email
        self.name = name
        self.createdAt = createdAt
        self.verifiedAt = verifiedAt
        self.isOperator = isOperator
        self.isSuspended = isSuspended
        self.hasSecondFactor = hasSecondFactor
    }
}

/// A signed-in browser.
package struct Session: Sendable {
    package let id: ID<Entity.Session>
    package let person: Person
    package let createdAt: Instant
    package let authenticatedAt: Instant
    /// When they last proved who they are, by signing in or when asked before a dangerous action.
    package let confirmedAt: Instant
    package let lastSeenAt: Instant
    package let expiresAt: Instant
    /// What the browser called itself, shortened; shown to its owner only.
    package let userAgent: String
    package let address: String

    package init(
        id: ID<Entity.Session>, person: Person, createdAt: Instant, authenticatedAt: Instant,
        confirmedAt: Instant, lastSeenAt: Instant, expiresAt: Instant, userAgent: String, address: String
    ) {
        self.id = id
        self.person = person
        self.createdAt = createdAt
        self.authenticatedAt = authenticatedAt
        self.confirmedAt = confirmedAt
        self.lastSeenAt = lastSeenAt
        self.expiresAt = expiresAt
        self.userAgent = userAgent
        self.address = address
    }

    /// Whether a dangerous action may go on without asking again. A proof from a time yet to come is none: the clock
    /// was wrong then or is now; a minute is what two clocks may differ by.
    package func isConfirmed(at now: Instant) -> Bool {
        (-60...Lifetime.confirmation).contains(now - confirmedAt)
    }
}

/// How long sessions and one-time links live, in seconds.
package enum Lifetime {
    /// A session that nobody uses ends after 12 hours …
    package static let idleSession: Int64 = 12 * 3600
    /// … and any session after 14 days.
    package static let session: Int64 = 14 * 86_400
    /// For how long a browser is known as one on which somebody signed in.
    package static let device: Int64 = 365 * 86_400
    /// A proof of identity counts for 10 minutes (ASVS 7.5.1).
    package static let confirmation: Int64 = 600
    package static let verificationLink: Int64 = 86_400
    /// Whoever reads an old mailbox later finds nothing that still works.
    package static let resetLink: Int64 = 3600
    /// A link that confirms a new address …
    package static let emailChange: Int64 = 86_400
    /// … and the one to the old address that takes it back, also once it happened.
    package static let emailUndo: Int64 = 7 * 86_400
    /// A tenant's name is nobody's for so long after it was given up.
    package static let slugQuarantine: Int64 = 90 * 86_400
    /// What claims to be made later than so long from now was made while the clock was wrong, and what it says about its
    /// end is wrong with it. Two days, so that a clock put right by a day signs nobody out.
    package static let clockSlack: Int64 = 2 * 86_400
    package static let consentTicket: Int64 = 600
}
