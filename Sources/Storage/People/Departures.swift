package import OAuth
package import Portal

extension Store {
    package func departure(of person: Person) throws -> Departure {
        try engine.readConsistently { db in try self.departure(of: person, in: db) }
    }

    /// Deletes the account and all that hangs on it, for good: none of it works or names them any more, and what there
    /// may be much of goes in the background. Asked for again in the transaction: somebody may have joined a tenant
    /// meanwhile.
    ///
    /// - Returns: what was done; nil when something stands in the way.
    package func delete(
        _ person: Person, letter: Letter, from address: String = "", at now: Instant
    ) async throws -> Departure? {
        try await engine.write { db in
            let departure = try self.departure(of: person, in: db)
            guard departure.isPossible else { return nil }
            for tenant in departure.tenantsToLeave {
                try self.record(.memberRemoved, by: person.id, of: tenant.id, from: address, in: db, at: now)
            }
            try self.record(.personDeleted, by: person.id, from: address, in: db, at: now)
            var untold = Self.mostToldAtOnce
            for row in try db.rows("SELECT id FROM live_apps WHERE owner_id = \(person.id)") {
                guard let app = try self.app(row.id("id"), in: db) else { continue }
                untold -= try self.end(app, telling: untold, from: address, in: db, at: now)
            }
            for tenant in departure.tenantsToDelete {
                try self.record(
                    .tenantDeleted, by: person.id, on: .tenant(tenant), detail: ["slug": tenant.slug.text],
                    from: address, in: db, at: now)
                try self.end(tenant, in: db, at: now)
            }
            try self.forgetInAuditLog(person.id, in: db, at: now)
            try self.end(person, in: db, at: now)
            try db.run("DELETE FROM outbox WHERE recipient = \(person.email)")
            try self.enqueue(letter, in: db, at: now)
            return departure
        }
    }

    private func departure(of person: Person, in db: any Connection) throws -> Departure {
        var departure = Departure()
        let rows = try db.rows(
            """
            SELECT \(fragment: Tenant.columns), m.role,
                (SELECT count(*) FROM members o WHERE o.tenant_id = m.tenant_id AND o.person_id <> m.person_id) AS others,
                (SELECT count(*) FROM members o WHERE o.tenant_id = m.tenant_id AND o.person_id <> m.person_id
                    AND o.role = 'admin' AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'person'
                        AND s.subject_id = o.person_id AND s.reinstated_at IS NULL)) AS admins
            FROM members m JOIN live_tenants t ON t.id = m.tenant_id WHERE m.person_id = \(person.id)
            ORDER BY t.name, t.id
            """)
        for row in rows {
            let tenant = try Tenant(row)
            if try row.integer("others") == 0 {
                departure.tenantsToDelete.append(tenant)
            } else if try row.text("role").utf8.elementsEqual("admin".utf8), try row.integer("admins") == 0 {
                departure.tenantsWithoutAdmin.append(tenant)
            } else {
                departure.tenantsToLeave.append(tenant)
            }
        }
        departure.apps = try db.rows(
            """
            SELECT a.name, (SELECT count(*) FROM grants g WHERE g.app_id = a.id AND g.revoked_at IS NULL
                AND g.tenant_id NOT IN \(fragment: Store.deletedTenants)) AS grants
            FROM live_apps a WHERE a.owner_id = \(person.id) ORDER BY a.name, a.id
            """
        ).map { (name: try $0.text("name"), grants: try $0.int("grants")) }
        if let row = try db.row(
            """
            SELECT (SELECT count(*) FROM developer_tokens WHERE person_id = \(person.id) AND revoked_at IS NULL
                    AND tenant_id NOT IN \(fragment: Store.deletedTenants)) AS tokens,
                (SELECT count(*) FROM grants WHERE person_id = \(person.id) AND revoked_at IS NULL
                    AND tenant_id NOT IN \(fragment: Store.deletedTenants)
                    AND app_id NOT IN \(fragment: Store.deletedApps)) AS grants,
                (SELECT count(*) FROM operators o WHERE o.person_id <> \(person.id)
                    AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'person'
                        AND s.subject_id = o.person_id AND s.reinstated_at IS NULL)) AS operators
            """)
        {
            departure.tokens = try row.int("tokens")
            departure.grants = try row.int("grants")
            departure.isLastOperator = try person.isOperator && row.integer("operators") == 0
        }
        return departure
    }
}
