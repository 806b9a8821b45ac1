package import OAuth

/// One customer of the operator.
package struct Tenant: Sendable {
    package enum Kind: String, Sendable { case standard, sandbox }
    /// What the operator sold; decides whether its admins may use the developer tools.
    package enum Plan: String, Sendable, CaseIterable { case standard, network, enterprise }

    package let id: ID<Entity.Tenant>
    package let slug: Slug
    package let name: String
    package let kind: Kind
    package let createdAt: Instant
    package let isSuspended: Bool
    package let plan: Plan

    package init(
        id: ID<Entity.Tenant>, slug: Slug, name: String, kind: Kind, createdAt: Instant, isSuspended: Bool = false,
        plan: Plan = .standard
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.kind = kind
        self.createdAt = createdAt
        self.isSuspended = isSuspended
        self.plan = plan
    }
}

extension Tenant {
    /// A name as it was typed, for a new tenant or an old one. Field name: `name`.
    package static func check(name typed: String) -> Checked<String> {
        guard let name = TypedText.line(typed, atMost: 80) else {
            return .invalid([Problem("name", "Enter a name, up to 80 characters.")])
        }
        if let problem = PublicName.problem(withBrand: name) { return .invalid([Problem("name", problem)]) }
        return .valid(name)
    }
}

/// A person in a tenant: whoever holds one may ask for that tenant's data. Made by look-ups of the membership only; a
/// review holds that, the compiler does not.
package struct Member: Sendable {
    package let tenant: Tenant
    package let person: Person
    package let role: Role
    package let since: Instant

    package init(tenant: Tenant, person: Person, role: Role, since: Instant) {
        self.tenant = tenant
        self.person = person
        self.role = role
        self.since = since
    }
}

/// What somebody typed to open a new tenant, checked for form. Whether the slug is free only the store knows.
package struct TenantDraft: Sendable {
    package let name: String
    package let slug: Slug

    package init(name: String, slug: Slug) {
        self.name = name
        self.slug = slug
    }

    /// Field names: `name`, `slug`.
    package static func check(name: String, slug: String) -> Checked<TenantDraft> {
        var problems: [Problem] = []
        var goodName: String?
        switch Tenant.check(name: name) {
        case .valid(let name): goodName = name
        case .invalid(let found): problems += found
        }
        let goodSlug = Slug(slug)
        if goodSlug == nil {
            problems.append(
                Problem("slug", "Use 3 to 40 lower-case letters, digits and single hyphens, such as acme-events."))
        }
        if let goodSlug, goodSlug.isReserved { problems.append(taken) }
        guard let goodName, let goodSlug, problems.isEmpty else { return .invalid(problems) }
        return .valid(TenantDraft(name: goodName, slug: goodSlug))
    }

    /// The tenant every newcomer gets to try things in. Its address says nothing about the person.
    package static func sandbox(
        ofSomebodyCalled name: String, using random: inout some RandomNumberGenerator
    ) -> TenantDraft? {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        let tail = (0..<8).compactMap { _ in letters.randomElement(using: &random) }
        let name = TypedText.line(name + "'s sandbox", atMost: 80)
            .flatMap { PublicName.problem(withBrand: $0) == nil ? $0 : nil }
        return Slug("sandbox-" + String(decoding: tail, as: UTF8.self)).map {
            TenantDraft(name: name ?? "My sandbox", slug: $0)
        }
    }

    /// The same words for reserved, taken and quarantined names.
    package static let taken = Problem("slug", "This address is not available. Choose another one.")
}
