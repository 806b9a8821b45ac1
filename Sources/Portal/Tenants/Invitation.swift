package import OAuth

/// Somebody who was asked to join a tenant and has not answered.
package struct Invitation: Sendable {
    package let id: ID<Entity.Invitation>
    package let email: String
    package let role: Role
    package let inviter: String
    package let sentAt: Instant
    package let expiresAt: Instant

    package init(
        id: ID<Entity.Invitation>, email: String, role: Role, inviter: String, sentAt: Instant, expiresAt: Instant
    ) {
        self.id = id
        self.email = email
        self.role = role
        self.inviter = inviter
        self.sentAt = sentAt
        self.expiresAt = expiresAt
    }

    /// In seconds: a week.
    package static let lifetime: Int64 = 7 * 86_400
    /// How many may wait in one tenant.
    package static let most = 100
}

/// What the holder of an invitation's link is offered.
package struct InvitationOffer: Sendable {
    package let tenant: Tenant
    package let email: String
    package let role: Role
    package let inviter: String
    /// There is a person with this address who can sign in.
    package let isKnown: Bool

    package init(tenant: Tenant, email: String, role: Role, inviter: String, isKnown: Bool) {
        self.tenant = tenant
        self.email = email
        self.role = role
        self.inviter = inviter
        self.isKnown = isKnown
    }
}

/// What an admin typed to invite somebody.
package struct InvitationDraft: Sendable {
    package let email: EmailAddress
    package let role: Role

    package init(email: EmailAddress, role: Role) {
        self.email = email
        self.role = role
    }

    /// Field names: `email`, `role`.
    package static func check(email: String, role: String) -> Checked<InvitationDraft> {
        var problems: [Problem] = []
        let goodEmail = EmailAddress(email)
        if goodEmail == nil {
            problems.append(Problem("email", "Enter an email address like name@example.com."))
        }
        let goodRole = Role.allCases.first { $0.rawValue.utf8.elementsEqual(role.utf8) }
        if goodRole == nil { problems.append(Problem("role", "Choose what they will be.")) }
        guard let goodEmail, let goodRole else { return .invalid(problems) }
        return .valid(InvitationDraft(email: goodEmail, role: goodRole))
    }
}
