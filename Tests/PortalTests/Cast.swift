import OAuth
import Portal

/// The cast, as values.
enum Cast {
    /// 2026-11-21T09:14:02Z, a Saturday.
    static let now = Instant(seconds: 1_795_252_442)

    static let ada = person("per_ada", "Ada", "ada@acme.example")
    static let acme = tenant("ten_acme", "acme", "Acme")
    static let globex = tenant("ten_globex", "globex", "Globex")

    static func person(_ id: String, _ name: String, _ email: String) -> Person {
        Person(
            id: ID(id), email: email, name: name, createdAt: now, verifiedAt: now, isOperator: false, isSuspended: false
        )
    }

    static func tenant(_ id: String, _ slug: String, _ name: String) -> Tenant {
        guard let slug = Slug(slug) else { preconditionFailure("a slug of the cast is malformed") }
        return Tenant(id: ID(id), slug: slug, name: name, kind: .standard, createdAt: now)
    }

    static func member(of tenant: Tenant = acme, _ role: Role) -> Member {
        Member(tenant: tenant, person: ada, role: role, since: now)
    }
}

extension ScopeDescription {
    /// What is shipped, shortened.
    static let catalogue = [
        entry("account:read", .low), entry("people:read", .normal), entry("people:write", .high),
        entry("tags:read", .normal), entry("tags:write", .high), entry("billing:manage", .high),
        entry("default", .high),
    ]

    static let sensitive = ScopeSet(catalogue.filter { $0.sensitivity == .high }.map(\.scope))

    private static func entry(_ name: String, _ sensitivity: Sensitivity) -> ScopeDescription {
        guard let scope = Scope(name) else { preconditionFailure("a scope of the catalogue is malformed") }
        return ScopeDescription(
            scope: scope, title: name, sentence: "What \(name) is.", group: "All", sensitivity: sensitivity)
    }
}

extension Checked {
    var value: Value? {
        if case .valid(let value) = self { value } else { nil }
    }

    /// The fields that something is wrong with, in order.
    var fields: [String] {
        if case .invalid(let problems) = self { problems.map(\.field) } else { [] }
    }
}
