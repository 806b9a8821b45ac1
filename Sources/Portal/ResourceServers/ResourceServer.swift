package import OAuth

/// An API that stands behind this installation and may ask about the tokens that are presented to it.
/// RFC 6749 §1.1 calls it a resource server; pages say "API".
package struct ResourceServer: Sendable {
    package let id: ID<Entity.ResourceServer>
    /// What it sends as `client_id`.
    package let clientID: String
    package let name: String
    /// The one tenant whose tokens it may ask about; nil for all.
    package let tenant: Tenant?
    package let hint: String
    package let createdBy: String
    package let createdAt: Instant
    package let lastUsedAt: Instant?
    package let revokedAt: Instant?

    package init(
        id: ID<Entity.ResourceServer>, clientID: String, name: String, tenant: Tenant?, hint: String,
        createdBy: String, createdAt: Instant, lastUsedAt: Instant?, revokedAt: Instant?
    ) {
        self.id = id
        self.clientID = clientID
        self.name = name
        self.tenant = tenant
        self.hint = hint
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.revokedAt = revokedAt
    }

    /// Marks its `client_id`, so that nobody confuses it with an app's.
    package static let clientIDPrefix = "gw_rs_"
}

/// What an operator says of a new one.
package struct ResourceServerDraft: Sendable {
    package let name: String
    package let tenant: Tenant?

    package static let unknownTenant = Problem(
        "tenant", "There is no tenant with this slug. Leave it empty for all tenants.")

    /// - Parameters:
    ///   - slug: the tenant's, or nothing for all of them.
    ///   - find: the tenant of a slug.
    package static func check(
        name: String, slug: String, find: (Slug) throws -> Tenant?
    ) rethrows -> Checked<ResourceServerDraft> {
        var problems: [Problem] = []
        let line = TypedText.line(name, atMost: 60)
        if line == nil { problems.append(Problem("name", "Enter a name of up to 60 characters, such as Orders API.")) }
        var tenant: Tenant?
        if !slug.isEmpty {
            tenant = try Slug(slug).flatMap(find)
            if tenant == nil { problems.append(unknownTenant) }
        }
        guard let line, problems.isEmpty else { return .invalid(problems) }
        return .valid(ResourceServerDraft(name: line, tenant: tenant))
    }
}
