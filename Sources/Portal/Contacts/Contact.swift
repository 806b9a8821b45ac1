package import OAuth

/// A contact in a tenant: what the tenant's own API serves under `/api/v1/people`.
package struct Contact: Sendable {
    package let id: Int64
    package let details: ContactDetails
    package let createdAt: Instant
    package let updatedAt: Instant

    package init(id: Int64, details: ContactDetails, createdAt: Instant, updatedAt: Instant) {
        self.id = id
        self.details = details
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

package struct ContactDetails: Sendable, Equatable {
    package var firstName: String
    package var lastName: String
    package var email: String?
    package var phone: String?
    package var tags: [String]

    package init(firstName: String, lastName: String, email: String?, phone: String?, tags: [String]) {
        self.firstName = firstName
        self.lastName = lastName
        self.email = email
        self.phone = phone
        self.tags = tags
    }
}
