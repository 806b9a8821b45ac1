package import OAuth
package import Portal

/// How a change to a tenant's members ended.
package enum MemberOutcome: Equatable, Sendable {
    case done
    case refused(MemberObstacle)
    /// Whoever asked is no admin any more, or whom it was about no member: nothing was changed.
    case gone
}

extension Store {
    /// One page of a tenant's members: admins first, then by name.
    ///
    /// - Parameters:
    ///   - words: part of a name or an address; empty finds everybody.
    ///   - last: the last one of the page before.
    package func members(
        seenBy member: Member, matching words: String, after last: ID<Entity.Person>?, limit: Int
    ) throws -> (members: [Member], hasMore: Bool) {
        let found = try engine.readConsistently { db in
            let place: SQL =
                try last.flatMap { last in
                    try db.row(
                        """
                        SELECT m.role, p.name FROM members m JOIN people p ON p.id = m.person_id
                        WHERE m.tenant_id = \(member.tenant.id) AND m.person_id = \(last)
                        """
                    ).map { row in
                        "AND (m.role, p.name, p.id) > (\(try row.text("role")), \(try row.text("name")), \(last))"
                    }
                } ?? ""
            let match: SQL =
                words.isEmpty
                ? "" : "AND (instr(lower(p.name), lower(\(words))) > 0 OR instr(lower(p.email), lower(\(words))) > 0)"
            return try db.rows(
                """
                \(fragment: Member.select) WHERE m.tenant_id = \(member.tenant.id) \(fragment: match)
                    \(fragment: place)
                ORDER BY m.role, p.name, p.id LIMIT \(limit + 1)
                """
            ).map(Member.init)
        }
        return (members: Array(found.prefix(limit)), hasMore: found.count > limit)
    }

    /// The member of the reader's tenant with this ID.
    package func member(_ person: ID<Entity.Person>, seenBy reader: Member) throws -> Member? {
        try membership(of: person, in: reader.tenant.id)
    }

    /// Gives a member another role. The rule is asked inside the transaction: two admins who demote each other at once
    /// do not leave a tenant without one.
    package func change(
        _ person: ID<Entity.Person>, to role: Role, by admin: Member, letter: Letter, from address: String,
        at now: Instant
    ) async throws -> MemberOutcome {
        try await engine.write { db in
            guard try self.isAdmin(admin, in: db), let member = try self.member(person, of: admin.tenant.id, in: db)
            else { return .gone }
            guard member.role != role else { return .done }
            if let obstacle = try self.obstacle(to: .become(role), of: member, in: db) { return .refused(obstacle) }
            try db.run(
                """
                UPDATE members SET role = \(role) WHERE tenant_id = \(admin.tenant.id) AND person_id = \(person)
                """)
            // What somebody sent as an admin is not worth more than they are.
            if role == .member { try self.withdrawInvitations(by: person, in: admin.tenant.id, in: db, at: now) }
            if person != admin.person.id { try self.enqueue(letter, in: db, at: now) }
            try self.record(
                AuditEvent(
                    .memberRoleChanged, by: .person(admin.person), on: .person(member.person), in: admin.tenant.id,
                    detail: ["role": role.rawValue], from: address), in: db, at: now)
            return .done
        }
    }

    /// Takes somebody out, with all that let them or their apps in: it stays dead when they are invited again.
    package func remove(
        _ person: ID<Entity.Person>, by admin: Member, letter: Letter, from address: String, at now: Instant
    ) async throws -> MemberOutcome {
        try await engine.write { db in
            guard try self.isAdmin(admin, in: db), let member = try self.member(person, of: admin.tenant.id, in: db)
            else { return .gone }
            if let obstacle = try self.obstacle(to: .leave, of: member, in: db) { return .refused(obstacle) }
            try self.endMembership(of: member, because: "member_removed", by: admin.person, in: db, at: now)
            if person != admin.person.id { try self.enqueue(letter, in: db, at: now) }
            try self.record(
                AuditEvent(
                    .memberRemoved, by: .person(admin.person), on: .person(member.person), in: admin.tenant.id,
                    from: address), in: db, at: now)
            return .done
        }
    }

    /// Somebody goes by themselves.
    package func leave(_ member: Member, from address: String, at now: Instant) async throws -> MemberOutcome {
        try await engine.write { db in
            guard let member = try self.current(member, in: db) else { return .gone }
            if let obstacle = try self.obstacle(to: .leave, of: member, in: db) { return .refused(obstacle) }
            try self.endMembership(of: member, because: "member_left", by: member.person, in: db, at: now)
            try self.record(
                AuditEvent(
                    .memberRemoved, by: .person(member.person), on: .person(member.person), in: member.tenant.id,
                    detail: ["how": "left"], from: address), in: db, at: now)
            return .done
        }
    }
}

extension Store {
    /// The member as they are now, not as they were when the page was made; nil when they may not act.
    func current(_ member: Member, in db: any Connection) throws -> Member? {
        guard let now = try self.member(member.person.id, of: member.tenant.id, in: db), !now.person.isSuspended,
            !now.tenant.isSuspended
        else { return nil }
        return now
    }

    func isAdmin(_ member: Member, in db: any Connection) throws -> Bool {
        try current(member, in: db)?.role == .admin
    }

    func member(
        _ person: ID<Entity.Person>, of tenant: ID<Entity.Tenant>, in db: any Connection
    ) throws -> Member? {
        try db.row("\(fragment: Member.select) WHERE m.tenant_id = \(tenant) AND m.person_id = \(person)")
            .map(Member.init)
    }

    private func obstacle(
        to change: MemberChange, of member: Member, in db: any Connection
    ) throws -> MemberObstacle? {
        let row = try db.row(
            """
            SELECT count(*) AS others FROM members m
            WHERE m.tenant_id = \(member.tenant.id) AND m.role = 'admin' AND m.person_id <> \(member.person.id)
                AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'person'
                    AND s.subject_id = m.person_id AND s.reinstated_at IS NULL)
            """)
        return change.obstacle(for: member.role, otherAdmins: try row?.integer("others") ?? 0)
    }

    private func endMembership(
        of member: Member, because reason: String, by actor: Person, in db: any Connection, at now: Instant
    ) throws {
        let (tenant, person) = (member.tenant.id, member.person.id)
        try db.run("DELETE FROM members WHERE tenant_id = \(tenant) AND person_id = \(person)")
        try endGrants("person_id = \(person)", in: tenant, because: reason, by: actor.id, in: db, at: now)
        try db.run(
            """
            UPDATE developer_tokens SET revoked_at = \(now), revoked_by = \(actor.id)
            WHERE tenant_id = \(tenant) AND person_id = \(person) AND revoked_at IS NULL
            """)
        try withdrawInvitations(by: person, in: tenant, in: db, at: now)
        try db.run("DELETE FROM access_requests WHERE tenant_id = \(tenant) AND person_id = \(person)")
    }

    private func withdrawInvitations(
        by person: ID<Entity.Person>, in tenant: ID<Entity.Tenant>, in db: any Connection, at now: Instant
    ) throws {
        try db.run(
            """
            UPDATE invitations SET withdrawn_at = \(now) WHERE tenant_id = \(tenant) AND invited_by = \(person)
                AND accepted_at IS NULL AND withdrawn_at IS NULL
            """)
    }
}
