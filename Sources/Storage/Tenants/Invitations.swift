package import OAuth
package import Portal

/// How inviting somebody ended.
package enum InvitationOutcome: Equatable, Sendable {
    case sent
    case alreadyMember
    /// As many wait as may.
    case tooMany
    /// Whoever asked is no admin any more, or the invitation was answered meanwhile.
    case gone
}

extension Store {
    /// Invites an address: the link goes into one mail and nowhere else. An invitation that waits already gets a new
    /// link, role and week; the old link dies.
    ///
    /// An address that had enough invitations for now, from whomever, gets no letter; whoever invites cannot tell.
    package func invite(
        _ draft: InvitationDraft, by admin: Member, link: Secret<MailLink>, letter: Letter, from address: String,
        at now: Instant
    ) async throws -> InvitationOutcome {
        let digest = keyring.digest(link)
        let id = ID<Entity.Invitation>.random()
        let tenant = admin.tenant.id
        return try await engine.write { db in
            guard try self.isAdmin(admin, in: db) else { return .gone }
            let known = try db.row(
                """
                SELECT 1 AS one FROM members m JOIN people p ON p.id = m.person_id
                WHERE m.tenant_id = \(tenant) AND p.email_key = \(draft.email.key)
                """)
            guard known == nil else { return .alreadyMember }
            // What ran out gives its place to the next.
            try db.run(
                """
                UPDATE invitations SET withdrawn_at = expires_at
                WHERE tenant_id = \(tenant) AND expires_at <= \(now) AND accepted_at IS NULL AND withdrawn_at IS NULL
                """)
            let waiting = try db.row(
                """
                SELECT count(*) AS waiting, count(*) FILTER (WHERE email_key = \(draft.email.key)) AS same
                FROM invitations WHERE tenant_id = \(tenant) AND accepted_at IS NULL AND withdrawn_at IS NULL
                """)
            let isAnew = try waiting?.boolean("same") ?? false
            guard try isAnew || waiting?.int("waiting") ?? 0 < Invitation.most else { return .tooMany }
            try db.run(
                """
                INSERT INTO invitations (tenant_id, id, digest, email, email_key, role, invited_by, created_at, sent_at,
                    expires_at)
                VALUES (\(tenant), \(id), \(digest), \(draft.email.text), \(draft.email.key), \(draft.role),
                    \(admin.person.id), \(now), \(now), \(now + Invitation.lifetime))
                ON CONFLICT (tenant_id, email_key) WHERE accepted_at IS NULL AND withdrawn_at IS NULL
                DO UPDATE SET digest = excluded.digest, role = excluded.role, invited_by = excluded.invited_by,
                    sent_at = excluded.sent_at, expires_at = excluded.expires_at
                """)
            if try self.mayMail(.invitation, to: draft.email, in: db, at: now) {
                try self.enqueue(letter, in: db, at: now)
            }
            try self.record(
                AuditEvent(
                    .memberInvited, by: .person(admin.person),
                    on: AuditSubject(.invitation, id: id.text, name: draft.email.text), in: tenant,
                    detail: ["role": draft.role.rawValue], from: address), in: db, at: now)
            return .sent
        }
    }

    package func invitations(seenBy admin: Member, at now: Instant) throws -> [Invitation] {
        try engine.read { db in
            try db.rows(
                """
                \(fragment: Invitation.select) WHERE i.tenant_id = \(admin.tenant.id) AND i.expires_at > \(now)
                    AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL
                ORDER BY i.sent_at DESC, i.id LIMIT \(Invitation.most)
                """
            ).map(Invitation.init)
        }
    }

    package func invitation(
        _ id: ID<Entity.Invitation>, seenBy admin: Member, at now: Instant
    ) throws -> Invitation? {
        try invitations(seenBy: admin, at: now).first { $0.id == id }
    }

    package func withdraw(
        _ invitation: Invitation, by admin: Member, from address: String, at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            guard try self.isAdmin(admin, in: db) else { return false }
            let changed = try db.run(
                """
                UPDATE invitations SET withdrawn_at = \(now) WHERE tenant_id = \(admin.tenant.id)
                    AND id = \(invitation.id) AND accepted_at IS NULL AND withdrawn_at IS NULL
                """)
            guard changed == 1 else { return false }
            try self.record(
                AuditEvent(
                    .invitationWithdrawn, by: .person(admin.person),
                    on: AuditSubject(.invitation, id: invitation.id.text, name: invitation.email),
                    in: admin.tenant.id, from: address), in: db, at: now)
            return true
        }
    }

    /// What a link offers, while it works and whoever sent it is an admin who may act. Reading uses nothing up: mail
    /// scanners follow links too.
    package func offer(of link: Secret<MailLink>, at now: Instant) throws -> InvitationOffer? {
        let digest = keyring.digest(link)
        return try engine.read { db in try self.offer(digest, in: db, at: now) }
    }

    /// Joins the tenant, once, as the person that the link was sent to. Somebody who is a member already keeps their
    /// role.
    package func accept(
        _ link: Secret<MailLink>, as person: Person, from address: String, at now: Instant
    ) async throws -> Tenant? {
        guard let email = EmailAddress(person.email) else { return nil }
        let digest = keyring.digest(link)
        return try await engine.write { db in
            try self.accept(digest, as: person, email: email, in: db, from: address, at: now)
        }
    }

    /// Becomes a person here and joins, in one transaction. The link came to the address, so it is confirmed; a sign-up
    /// that was never confirmed gives way to its owner.
    package func signUp(
        _ signUp: SignUp, passwordHash: PasswordHash, accepting link: Secret<MailLink>, from address: String,
        at now: Instant
    ) async throws -> (person: Person, tenant: Tenant)? {
        let digest = keyring.digest(link)
        let id = ID<Entity.Person>.random()
        return try await engine.write { db in
            guard let offer = try self.offer(digest, in: db, at: now), !offer.isKnown,
                EmailAddress(offer.email)?.key.utf8.elementsEqual(signUp.email.key.utf8) == true
            else { return nil }
            try db.run("DELETE FROM people WHERE email_key = \(signUp.email.key) AND verified_at IS NULL")
            let person = try self.insertVerified(
                signUp.email, name: signUp.name, id: id, passwordHash: passwordHash, in: db, at: now)
            guard let tenant = try self.accept(digest, as: person, email: signUp.email, in: db, from: address, at: now)
            else { throw StorageError.unavailable("the invitation was answered meanwhile") }
            return (person: person, tenant: tenant)
        }
    }

    private func offer(_ digest: Digest, in db: any Connection, at now: Instant) throws -> InvitationOffer? {
        try db.row(
            """
            SELECT i.email, i.role, inviter.name AS inviter, \(fragment: Tenant.columns),
                EXISTS (SELECT 1 FROM people p WHERE p.email_key = i.email_key AND p.verified_at IS NOT NULL) AS is_known
            FROM invitations i JOIN live_tenants t ON t.id = i.tenant_id JOIN people inviter ON inviter.id = i.invited_by
            WHERE i.digest = \(digest) AND i.expires_at > \(now) AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL
                AND EXISTS (SELECT 1 FROM members m WHERE m.tenant_id = i.tenant_id AND m.person_id = i.invited_by
                    AND m.role = 'admin')
                AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'person'
                    AND s.subject_id = i.invited_by AND s.reinstated_at IS NULL)
            """
        ).flatMap { row in
            let tenant = try Tenant(row)
            guard !tenant.isSuspended else { return nil }
            return InvitationOffer(
                tenant: tenant, email: try row.text("email"), role: try Role(row), inviter: try row.text("inviter"),
                isKnown: try row.boolean("is_known"))
        }
    }

    private func accept(
        _ digest: Digest, as person: Person, email: EmailAddress, in db: any Connection, from address: String,
        at now: Instant
    ) throws -> Tenant? {
        guard let offer = try offer(digest, in: db, at: now),
            let person = try self.person(person.id, in: db), !person.isSuspended
        else { return nil }
        let changed = try db.run(
            """
            UPDATE invitations SET accepted_at = \(now) WHERE digest = \(digest) AND email_key = \(email.key)
                AND expires_at > \(now) AND accepted_at IS NULL AND withdrawn_at IS NULL
            """)
        guard changed == 1 else { return nil }
        try db.run(
            """
            INSERT INTO members (tenant_id, person_id, role, created_at)
            VALUES (\(offer.tenant.id), \(person.id), \(offer.role), \(now))
            ON CONFLICT (tenant_id, person_id) DO NOTHING
            """)
        try record(
            AuditEvent(
                .memberAdded, by: .person(person), on: .person(person), in: offer.tenant.id,
                detail: ["role": offer.role.rawValue, "invited by": offer.inviter], from: address), in: db, at: now)
        return offer.tenant
    }
}

extension Invitation {
    static let select: SQL = """
        SELECT i.id, i.email, i.role, i.sent_at, i.expires_at, p.name AS inviter
        FROM invitations i JOIN people p ON p.id = i.invited_by
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.id("id"), email: try row.text("email"), role: try Role(row), inviter: try row.text("inviter"),
            sentAt: try row.instant("sent_at"), expiresAt: try row.instant("expires_at"))
    }
}
