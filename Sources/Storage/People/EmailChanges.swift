package import OAuth
package import Portal

extension Store {
    /// Writes to both addresses: a link to confirm to the new one, a link to take it back to the old one. An address
    /// that has an account already gets another letter, and all pages show the same: its link is in no letter.
    ///
    /// - Returns: nil when the letters are on their way, else the seconds to wait.
    package func askToChangeEmail(
        of person: Person, to email: EmailAddress, confirm: (link: Secret<MailLink>, letter: Letter),
        undo: (link: Secret<MailLink>, letter: Letter), taken: Letter, from address: String = "", at now: Instant
    ) async throws -> Int64? {
        let (digest, undoDigest) = (keyring.digest(confirm.link), keyring.digest(undo.link))
        let (confirmLetter, undoLetter) = (confirm.letter, undo.letter)
        guard let old = EmailAddress(person.email) else { return nil }
        return try await engine.write { db in
            if let wait = try self.count(.emailChanges, person.id.text, in: db, at: now) { return wait }
            if let wait = try self.count(.letters(.emailChange), email.key, in: db, at: now) { return wait }
            try db.run(
                """
                UPDATE email_changes SET expires_at = \(now)
                WHERE person_id = \(person.id) AND confirmed_at IS NULL AND expires_at > \(now)
                """)
            try self.record(.emailChangeAsked, by: person.id, from: address, in: db, at: now)
            try self.enqueue(undoLetter, in: db, at: now)
            try db.run(
                """
                INSERT INTO email_changes (digest, undo_digest, person_id, old_email, old_email_key, new_email,
                    new_email_key, asked_at, expires_at, undo_expires_at)
                VALUES (\(digest), \(undoDigest), \(person.id), \(old.text), \(old.key), \(email.text), \(email.key),
                    \(now), \(now + Lifetime.emailChange), \(now + Lifetime.emailUndo))
                """)
            try self.enqueue(try self.isConfirmed(email, in: db) ? taken : confirmLetter, in: db, at: now)
            return nil
        }
    }

    /// What is waiting for the new mailbox, for the account's page.
    package func waitingEmailChange(of person: ID<Entity.Person>, at now: Instant) throws -> EmailChange? {
        try engine.read { db in
            try db.row(
                """
                \(fragment: EmailChange.select) WHERE c.person_id = \(person) AND c.confirmed_at IS NULL
                    AND c.undone_at IS NULL AND c.expires_at > \(now) AND c.asked_at <= \(now + Lifetime.clockSlack)
                ORDER BY c.asked_at DESC LIMIT 1
                """
            ).map(EmailChange.init)
        }
    }

    /// The change that this link confirms, while it does. Reading uses nothing up.
    package func emailChange(confirmedBy link: Secret<MailLink>, at now: Instant) throws -> EmailChange? {
        let digest = keyring.digest(link)
        return try engine.read { db in try self.change(confirmedBy: digest, in: db, at: now) }
    }

    /// Makes the new address the account's, ends every session but the one it is confirmed in, and lets go of links
    /// that were mailed to the old address.
    ///
    /// - Returns: nil when the link does not work any more, or somebody else confirmed the address meanwhile.
    package func confirmEmailChange(
        _ link: Secret<MailLink>, keeping session: ID<Entity.Session>?, from address: String = "", at now: Instant
    ) async throws -> EmailChange? {
        let digest = keyring.digest(link)
        return try await engine.write { db in
            guard let change = try self.change(confirmedBy: digest, in: db, at: now),
                let email = EmailAddress(change.newEmail), try !self.isConfirmed(email, in: db)
            else { return nil }
            // Whoever signed up with it and never confirmed it does not have it.
            try db.run("DELETE FROM people WHERE email_key = \(email.key) AND verified_at IS NULL")
            try db.run(
                "UPDATE people SET email = \(email.text), email_key = \(email.key) WHERE id = \(change.person.id)")
            try db.run("UPDATE email_changes SET confirmed_at = \(now) WHERE digest = \(digest)")
            try self.cutLoose(change.person.id, keeping: session, in: db, at: now)
            try self.record(.emailChanged, by: change.person.id, from: address, in: db, at: now)
            return change
        }
    }

    /// The change that this link, sent to the old address, takes back.
    package func emailChange(undoneBy link: Secret<MailLink>, at now: Instant) throws -> EmailChange? {
        let digest = keyring.digest(link)
        return try engine.read { db in try self.change(undoneBy: digest, in: db, at: now) }
    }

    /// Gives the account its old address back, whatever was made of it since, and ends every session. Later changes
    /// are dead with it: their old addresses were somebody else's. So is what would let whoever asked for the change
    /// in again: the password, and all that was made since.
    ///
    /// - Parameter passwordHash: of a password that nobody knows.
    package func undoEmailChange(
        _ link: Secret<MailLink>, leaving passwordHash: PasswordHash, from address: String = "", at now: Instant
    ) async throws -> EmailChange? {
        let digest = keyring.digest(link)
        return try await engine.write { db in
            guard let change = try self.change(undoneBy: digest, in: db, at: now),
                let email = EmailAddress(change.oldEmail)
            else { return nil }
            let holder = try db.row("SELECT id FROM people WHERE email_key = \(email.key) AND verified_at IS NOT NULL")
            guard try holder == nil || holder?.id("id") == change.person.id else { return nil }
            try db.run(
                """
                DELETE FROM people
                WHERE email_key = \(email.key) AND verified_at IS NULL AND id <> \(change.person.id)
                """)
            try db.run(
                "UPDATE people SET email = \(email.text), email_key = \(email.key) WHERE id = \(change.person.id)")
            try db.run(
                """
                UPDATE email_changes SET undone_at = \(now)
                WHERE person_id = \(change.person.id) AND asked_at >= \(change.askedAt) AND undone_at IS NULL
                """)
            try self.cutLoose(change.person.id, keeping: nil, in: db, at: now)
            try db.run("UPDATE people SET password_hash = \(passwordHash) WHERE id = \(change.person.id)")
            try self.endWhatWasMade(by: change.person.id, since: change.askedAt, in: db, at: now)
            try self.record(.emailChangeUndone, by: change.person.id, from: address, in: db, at: now)
            return change
        }
    }
}

extension Store {
    /// What depends on who reads the account's mail ends.
    private func cutLoose(
        _ person: ID<Entity.Person>, keeping session: ID<Entity.Session>?, in db: any Connection, at now: Instant
    ) throws {
        try db.run("DELETE FROM sessions WHERE person_id = \(person) AND id <> \(session?.text ?? "")")
        try db.run("UPDATE mail_links SET used_at = \(now) WHERE person_id = \(person) AND used_at IS NULL")
        try expireCodes(of: person, in: db, at: now)
    }

    /// Ways in that somebody made for themselves: a second step, tokens, access of apps, secrets of their own apps.
    private func endWhatWasMade(
        by person: ID<Entity.Person>, since: Instant, in db: any Connection, at now: Instant
    ) throws {
        try db.run(
            """
            DELETE FROM second_factors WHERE person_id = \(person) AND coalesce(confirmed_at, begun_at) >= \(since)
            """)
        try db.run("DELETE FROM recovery_codes WHERE person_id = \(person) AND created_at >= \(since)")
        try db.run(
            """
            UPDATE developer_tokens SET revoked_at = \(now), revoked_by = \(person)
            WHERE person_id = \(person) AND created_at >= \(since) AND revoked_at IS NULL
            """)
        try db.run(
            """
            UPDATE token_families SET revoked_at = \(now), revoked_because = \(Reason.grantRevoked.rawValue)
            WHERE person_id = \(person) AND created_at >= \(since) AND revoked_at IS NULL
            """)
        for row in try db.rows(
            """
            SELECT DISTINCT tenant_id FROM grants
            WHERE person_id = \(person) AND updated_at >= \(since) AND revoked_at IS NULL
            """)
        {
            try endGrants(
                "person_id = \(person) AND updated_at >= \(since)", in: row.id("tenant_id"),
                because: "email_change_undone", by: person, in: db, at: now)
        }
        try db.run(
            """
            DELETE FROM client_secrets WHERE created_at >= \(since)
                AND app_id IN (SELECT id FROM apps WHERE owner_id = \(person))
            """)
    }

    private func isConfirmed(_ email: EmailAddress, in db: any Connection) throws -> Bool {
        try db.row("SELECT 1 AS one FROM people WHERE email_key = \(email.key) AND verified_at IS NOT NULL") != nil
    }

    private func change(confirmedBy digest: Digest, in db: any Connection, at now: Instant) throws -> EmailChange? {
        try db.row(
            """
            \(fragment: EmailChange.select) WHERE c.digest = \(digest) AND c.confirmed_at IS NULL
                AND c.undone_at IS NULL AND c.expires_at > \(now) AND c.asked_at <= \(now + Lifetime.clockSlack)
                AND c.old_email_key = p.email_key
            """
        ).map(EmailChange.init).flatMap { $0.person.isSuspended ? nil : $0 }
    }

    private func change(undoneBy digest: Digest, in db: any Connection, at now: Instant) throws -> EmailChange? {
        try db.row(
            """
            \(fragment: EmailChange.select) WHERE c.undo_digest = \(digest) AND c.undone_at IS NULL
                AND c.undo_expires_at > \(now) AND c.asked_at <= \(now + Lifetime.clockSlack)
            """
        ).map(EmailChange.init)
    }
}

extension EmailChange {
    static let select: SQL = """
        SELECT c.old_email, c.new_email, c.asked_at, c.expires_at AS change_expires_at, c.confirmed_at, p.*
        FROM email_changes c JOIN (SELECT q.*, e.email_key FROM (\(fragment: Person.select)) q
            JOIN people e ON e.id = q.id) p ON p.id = c.person_id
        """

    init(_ row: Row) throws {
        self.init(
            person: try Person(row), oldEmail: try row.text("old_email"), newEmail: try row.text("new_email"),
            askedAt: try row.instant("asked_at"), expiresAt: try row.instant("change_expires_at"),
            confirmedAt: try row.optionalInstant("confirmed_at"))
    }
}
