package import OAuth
package import Portal

/// How asking an admin ended.
package enum AskingOutcome: Equatable, Sendable {
    case asked(ID<Entity.AccessRequest>)
    /// They wait for an answer already.
    case waiting(ID<Entity.AccessRequest>)
}

extension Store {
    /// Keeps a member's request, with the authorization request to go back to sealed, and writes to the admins.
    ///
    /// - Parameters:
    ///   - path: where the member goes on.
    ///   - letters: to each admin, by the request's ID.
    package func ask(
        for app: App, _ scopes: ScopeSet, by member: Member, note: String, path: String,
        letters: @escaping @Sendable (ID<Entity.AccessRequest>) -> [Letter], from address: String, at now: Instant
    ) async throws -> AskingOutcome {
        let id = ID<Entity.AccessRequest>.random()
        let sealed = try keyring.seal(Array(path.utf8), table: "access_requests", column: "path", row: id.text)
        let tenant = member.tenant.id
        return try await engine.write { db in
            // One that nobody answered in time makes room.
            try db.run(
                """
                DELETE FROM access_requests WHERE tenant_id = \(tenant) AND app_id = \(app.id)
                    AND person_id = \(member.person.id) AND decided_at IS NULL AND expires_at <= \(now)
                """)
            let open = try db.row(
                """
                SELECT id FROM access_requests WHERE tenant_id = \(tenant) AND app_id = \(app.id)
                    AND person_id = \(member.person.id) AND decided_at IS NULL
                """)
            if let open { return .waiting(try open.id("id")) }
            try db.run(
                """
                INSERT INTO access_requests (tenant_id, id, app_id, person_id, scopes, note, sealed_path, created_at,
                    expires_at)
                VALUES (\(tenant), \(id), \(app.id), \(member.person.id), \(scopes.text), \(note), \(sealed), \(now),
                    \(now + AccessRequest.lifetime))
                """)
            for letter in letters(id) { try self.enqueue(letter, in: db, at: now) }
            try self.record(
                AuditEvent(
                    .accessAsked, by: .person(member.person), on: .app(app), in: tenant,
                    detail: ["request": id.text, "scopes": scopes.text], from: address), in: db, at: now)
            return .asked(id)
        }
    }

    /// What waits for an answer, oldest first.
    package func waitingRequests(seenBy admin: Member, at now: Instant, limit: Int) throws -> [AccessRequest] {
        try requests(
            """
            WHERE r.tenant_id = \(admin.tenant.id) AND r.decided_at IS NULL AND r.expires_at > \(now)
            ORDER BY r.created_at, r.id LIMIT \(limit)
            """)
    }

    /// What was answered, newest first.
    package func answeredRequests(seenBy admin: Member, limit: Int) throws -> [AccessRequest] {
        try requests(
            """
            WHERE r.tenant_id = \(admin.tenant.id) AND r.decided_at IS NOT NULL
            ORDER BY r.decided_at DESC, r.id LIMIT \(limit)
            """)
    }

    /// What this member asked for here, newest first.
    package func requests(of member: Member, limit: Int) throws -> [AccessRequest] {
        try requests(
            """
            WHERE r.tenant_id = \(member.tenant.id) AND r.person_id = \(member.person.id)
            ORDER BY r.created_at DESC, r.id LIMIT \(limit)
            """)
    }

    /// One request of the reader's tenant: their own, or anybody's when they are an admin.
    package func request(_ id: ID<Entity.AccessRequest>, seenBy member: Member) throws -> AccessRequest? {
        let found = try requests("WHERE r.tenant_id = \(member.tenant.id) AND r.id = \(id)").first
        return found.flatMap { member.role == .admin || $0.person.id == member.person.id ? $0 : nil }
    }

    /// How many wait in the tenants that this person runs, by tenant.
    package func waitingRequests(
        of person: ID<Entity.Person>, at now: Instant
    ) throws -> [(tenant: ID<Entity.Tenant>, count: Int64)] {
        try engine.read { db in
            try db.rows(
                """
                SELECT r.tenant_id, count(*) AS waiting FROM members m
                JOIN access_requests r ON r.tenant_id = m.tenant_id
                WHERE m.person_id = \(person) AND m.role = 'admin' AND r.decided_at IS NULL AND r.expires_at > \(now)
                    AND r.app_id NOT IN \(fragment: Store.deletedApps)
                GROUP BY r.tenant_id
                """
            ).map { (tenant: try $0.id("tenant_id"), count: try $0.integer("waiting")) }
        }
    }

    /// Answers a request, once. A yes to an app that the rules keep out puts it on the tenant's list.
    ///
    /// - Parameter request: with the app as the admin saw it: a yes to another one is none.
    /// - Returns: false when another admin was faster, it ran out, the app was changed meanwhile, or whoever answers is
    ///   no admin any more.
    package func decide(
        _ request: AccessRequest, allowing: Bool, answer: String, by admin: Member, letter: Letter,
        from address: String, at now: Instant
    ) async throws -> Bool {
        let tenant = admin.tenant.id
        let decision = allowing ? "allowed" : "denied"
        return try await engine.write { db in
            guard try self.isAdmin(admin, in: db),
                try !allowing || self.app(request.app.id, in: db)?.updatedAt == request.app.updatedAt
            else { return false }
            let changed = try db.run(
                """
                UPDATE access_requests SET decided_at = \(now), decided_by = \(admin.person.id),
                    decision = \(decision), answer = \(answer), expires_at = \(now + AccessRequest.lifetime)
                WHERE tenant_id = \(tenant) AND id = \(request.id) AND decided_at IS NULL AND expires_at > \(now)
                """)
            guard changed == 1 else { return false }
            var standing = try self.tenantStanding(of: request.app, in: tenant, in: db)
            if allowing, try !self.policy(of: tenant, in: db).admits(standing) {
                standing.isListed = true
                try self.set(standing, of: request.app.id, in: tenant, by: admin.person.id, in: db, at: now)
            }
            try self.enqueue(letter, in: db, at: now)
            try self.record(
                AuditEvent(
                    allowing ? .accessRequestAllowed : .accessRequestDenied, by: .person(admin.person),
                    on: .app(request.app), in: tenant,
                    detail: [
                        "request": request.id.text, "asked by": request.person.name, "scopes": request.scopes.text,
                    ], from: address), in: db, at: now)
            return true
        }
    }

    /// Where the member who asked goes on: the authorization request they came with. Nobody else gets it.
    package func path(
        of id: ID<Entity.AccessRequest>, for member: Member, at now: Instant
    ) throws -> String? {
        let row = try engine.read { db in
            try db.row(
                """
                SELECT sealed_path FROM access_requests WHERE tenant_id = \(member.tenant.id) AND id = \(id)
                    AND person_id = \(member.person.id) AND expires_at > \(now) AND used_at IS NULL
                """)
        }
        guard let sealed = try row?.optionalBlob("sealed_path") else { return nil }
        let bytes = try keyring.open(sealed, table: "access_requests", column: "path", row: id.text)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Marks an admin's yes as used and forgets where it began.
    ///
    /// - Returns: the admin.
    func useApproval(
        of app: ID<Entity.Client>, by member: Member, in db: any Connection, at now: Instant
    ) throws -> String? {
        try db.row(
            """
            UPDATE access_requests AS r SET used_at = \(now), sealed_path = NULL WHERE r.tenant_id = \(member.tenant.id)
                AND r.app_id = \(app) AND r.person_id = \(member.person.id) AND \(fragment: Store.standingYes(at: now))
            RETURNING decided_by
            """
        )?.text("decided_by")
    }

    /// That the request `r` has a yes that still counts: not used, of the last week, to the app as it is now, and by
    /// somebody who is an admin still.
    static func standingYes(at now: Instant) -> SQL {
        """
        r.decision = 'allowed' AND r.used_at IS NULL AND r.decided_at > \(now - AccessRequest.lifetime)
            AND r.decided_at >= (SELECT a.updated_at FROM live_apps a WHERE a.id = r.app_id)
            AND EXISTS (SELECT 1 FROM members d WHERE d.tenant_id = r.tenant_id AND d.person_id = r.decided_by
                AND d.role = 'admin')
            AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'person' AND s.subject_id = r.decided_by
                AND s.reinstated_at IS NULL)
        """
    }

    /// Takes back what admins said yes to and nobody used yet.
    ///
    /// - Returns: how many.
    func takeBackYeses(
        to app: ID<Entity.Client>, in tenant: ID<Entity.Tenant>, in db: any Connection, at now: Instant
    ) throws -> Int {
        try db.run(
            """
            UPDATE access_requests SET used_at = \(now), sealed_path = NULL WHERE tenant_id = \(tenant)
                AND app_id = \(app) AND decision = 'allowed' AND used_at IS NULL
            """)
    }

    private func requests(_ which: SQL) throws -> [AccessRequest] {
        try engine.readConsistently { db in
            try db.rows(
                """
                SELECT r.id AS request_id, r.app_id AS asked_app, r.scopes, r.note, r.created_at AS asked_at,
                    r.expires_at, r.decided_at, r.decision, r.answer, r.used_at, r.sealed_path IS NOT NULL AS can_go_on,
                    COALESCE((SELECT d.name FROM live_people d WHERE d.id = r.decided_by), '') AS decider, p.*
                FROM access_requests r JOIN (\(fragment: Person.select)) p ON p.id = r.person_id \(fragment: which)
                """
            ).compactMap { row in
                guard let app = try self.app(row.id("asked_app"), in: db) else { return nil }
                return try AccessRequest(row, app: app)
            }
        }
    }
}

extension AccessRequest {
    fileprivate init(_ row: Row, app: App) throws {
        let decision = try row.optionalInstant("decided_at").map { at in
            Decision(
                isAllowed: try row.text("decision").utf8.elementsEqual("allowed".utf8), by: try row.text("decider"),
                at: at, answer: try row.text("answer"))
        }
        self.init(
            id: try row.id("request_id"), app: app, person: try Person(row), scopes: try ScopeSet(row),
            note: try row.text("note"), createdAt: try row.instant("asked_at"),
            expiresAt: try row.instant("expires_at"), decision: decision, isUsed: try !row.isNull("used_at"),
            canGoOn: try row.boolean("can_go_on"))
    }
}
