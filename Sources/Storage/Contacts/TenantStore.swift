package import OAuth
package import Portal

/// The data of one tenant, reached only by proof of membership: there is no way to name another tenant's rows.
package struct TenantStore: Sendable {
    let store: Store
    let tenant: ID<Entity.Tenant>
}

extension Store {
    package func tenant(of member: Member) -> TenantStore { TenantStore(store: self, tenant: member.tenant.id) }
}

/// One page of contacts. Positions are IDs, so a page stays right while others add and delete.
package struct ContactPage: Sendable {
    package let contacts: [Contact]
    /// The first ID of the next page, nil on the last one.
    package let next: Int64?
    /// The first ID of the page before, nil on the first one.
    package let previous: Int64?
}

extension TenantStore {
    /// - Parameters:
    ///   - start: the smallest ID on the page.
    ///   - limit: 1 to 100.
    package func contacts(from start: Int64, limit: Int) throws -> ContactPage {
        try store.engine.readConsistently { db in
            let rows = try db.rows(
                """
                \(fragment: Contact.select) WHERE tenant_id = \(tenant) AND id >= \(start)
                ORDER BY id LIMIT \(limit + 1)
                """
            ).map(Contact.init)
            let before = try db.rows(
                "SELECT id FROM contacts WHERE tenant_id = \(tenant) AND id < \(start) ORDER BY id DESC LIMIT \(limit)")
            return ContactPage(
                contacts: Array(rows.prefix(limit)), next: rows.count > limit ? rows[limit].id : nil,
                previous: try before.last?.integer("id"))
        }
    }

    package func contact(_ id: Int64) throws -> Contact? {
        try store.engine.read { db in
            try db.row("\(fragment: Contact.select) WHERE tenant_id = \(tenant) AND id = \(id)").map(Contact.init)
        }
    }

    package func create(_ details: ContactDetails, at now: Instant) async throws -> Contact {
        let tenant = tenant
        return try await store.engine.write { db in
            let id = try Self.nextID(of: tenant, in: db)
            try Self.insert(details, id: id, tenant: tenant, in: db, at: now)
            return Contact(id: id, details: details, createdAt: now, updatedAt: now)
        }
    }

    /// - Parameter change: applied to what is stored, inside the transaction, so that two changes at once both hold.
    /// - Returns: nil when there is no such contact.
    package func update(
        _ id: Int64, at now: Instant, change: @escaping @Sendable (inout ContactDetails) -> Void
    ) async throws -> Contact? {
        let tenant = tenant
        return try await store.engine.write { db in
            guard let row = try db.row("\(fragment: Contact.select) WHERE tenant_id = \(tenant) AND id = \(id)")
            else { return nil }
            let contact = try Contact(row)
            var details = contact.details
            change(&details)
            try db.run(
                """
                UPDATE contacts SET first_name = \(details.firstName), last_name = \(details.lastName),
                    email = \(details.email), phone = \(details.phone),
                    tags = \(details.tags.joined(separator: "\n")), updated_at = \(now)
                WHERE tenant_id = \(tenant) AND id = \(id)
                """)
            return Contact(id: id, details: details, createdAt: contact.createdAt, updatedAt: now)
        }
    }

    package func delete(_ id: Int64) async throws -> Bool {
        let tenant = tenant
        return try await store.engine.write { db in
            try db.run("DELETE FROM contacts WHERE tenant_id = \(tenant) AND id = \(id)") == 1
        }
    }

    static func nextID(of tenant: ID<Entity.Tenant>, in db: any Connection) throws -> Int64 {
        let row = try db.row(
            """
            INSERT INTO contact_counters (tenant_id, last_id) VALUES (\(tenant), 1)
            ON CONFLICT (tenant_id) DO UPDATE SET last_id = contact_counters.last_id + 1 RETURNING last_id
            """)
        guard let row else { throw StorageError.statement("an insert returned no row") }
        return try row.integer("last_id")
    }

    static func insert(
        _ details: ContactDetails, id: Int64, tenant: ID<Entity.Tenant>, in db: any Connection, at now: Instant
    ) throws {
        try db.run(
            """
            INSERT INTO contacts (tenant_id, id, first_name, last_name, email, phone, tags, created_at, updated_at)
            VALUES (\(tenant), \(id), \(details.firstName), \(details.lastName), \(details.email), \(details.phone),
                \(details.tags.joined(separator: "\n")), \(now), \(now))
            """)
    }
}

extension Contact {
    static let select: SQL = """
        SELECT id, first_name, last_name, email, phone, tags, created_at, updated_at FROM contacts
        """

    init(_ row: Row) throws {
        let tags = try row.text("tags").utf8.split(separator: 0x0A).compactMap { String(Substring($0)) }
        self.init(
            id: try row.integer("id"),
            details: ContactDetails(
                firstName: try row.text("first_name"), lastName: try row.text("last_name"),
                email: try row.optionalText("email"), phone: try row.optionalText("phone"), tags: tags),
            createdAt: try row.instant("created_at"), updatedAt: try row.instant("updated_at"))
    }
}
