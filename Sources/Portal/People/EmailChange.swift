package import OAuth

/// A change of address that was asked for.
package struct EmailChange: Sendable {
    package let person: Person
    package let oldEmail: String
    package let newEmail: String
    package let askedAt: Instant
    package let expiresAt: Instant
    package let confirmedAt: Instant?

    package init(
        person: Person, oldEmail: String, newEmail: String, askedAt: Instant, expiresAt: Instant, confirmedAt: Instant?
    ) {
        self.person = person
        self.oldEmail = oldEmail
        self.newEmail = newEmail
        self.askedAt = askedAt
        self.expiresAt = expiresAt
        self.confirmedAt = confirmedAt
    }
}
