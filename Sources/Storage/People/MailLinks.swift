package import OAuth
package import Portal

/// What a one-time link in a mail is good for; one purpose never serves another.
package enum MailLinkPurpose: String, Sendable {
    case verify, reset

    var lifetime: Int64 {
        switch self {
        case .verify: Lifetime.verificationLink
        case .reset: Lifetime.resetLink
        }
    }

    /// The letter that carries it.
    fileprivate var letter: Letter.Kind {
        switch self {
        case .verify: .verification
        case .reset: .reset
        }
    }
}

extension Store {
    /// Whose link this is, while it still works. Reading uses nothing up: mail scanners follow links too.
    package func owner(
        of link: Secret<MailLink>, for purpose: MailLinkPurpose, at now: Instant
    ) throws -> Person? {
        let digest = keyring.digest(link)
        return try engine.read { db in
            try db.row(
                """
                \(fragment: Person.select)
                JOIN mail_links l ON l.person_id = p.id AND l.email_key = p.email_key
                WHERE l.digest = \(digest) AND l.purpose = \(purpose.rawValue)
                    AND l.used_at IS NULL AND l.expires_at > \(now)
                    AND l.created_at <= \(now + Lifetime.clockSlack)
                """
            ).map(Person.init)
        }
    }

    /// Confirms an address. The link dies with every later sign-up, so what was looked up of its owner just before is
    /// what is confirmed.
    ///
    /// - Parameter anew: replaces what was chosen at sign-up, perhaps by somebody else.
    /// - Returns: the person, or nil when the link is unknown, used or expired.
    package func verify(
        _ link: Secret<MailLink>, anew: (name: String, passwordHash: PasswordHash)? = nil, from address: String = "",
        at now: Instant
    ) async throws -> Person? {
        let digest = keyring.digest(link)
        return try await engine.write { db in
            guard let id = try self.use(digest, for: .verify, in: db, at: now) else { return nil }
            if let anew {
                try db.run(
                    "UPDATE people SET name = \(anew.name), password_hash = \(anew.passwordHash) WHERE id = \(id)")
            }
            try db.run("UPDATE people SET verified_at = \(now) WHERE id = \(id) AND verified_at IS NULL")
            guard let person = try self.person(id, in: db) else { return nil }
            try self.record(.emailConfirmed, by: id, from: address, in: db, at: now)
            return person
        }
    }

    /// Sends a fresh verification link if the address waits for one; silently nothing otherwise.
    package func resendVerification(
        to email: EmailAddress, link: Secret<MailLink>, letter: @escaping @Sendable (Person) -> Letter,
        at now: Instant
    ) async throws {
        try await issue(link, to: email, for: .verify, if: { $0.verifiedAt == nil }, letter: letter, at: now)
    }

    /// Sends a link to choose a new password if the address is a confirmed one; silently nothing otherwise.
    package func sendReset(
        to email: EmailAddress, link: Secret<MailLink>, letter: @escaping @Sendable (Person) -> Letter,
        at now: Instant
    ) async throws {
        try await issue(link, to: email, for: .reset, if: { $0.verifiedAt != nil }, letter: letter, at: now)
    }

    /// Sets a new password by link, ends all sessions and all other links.
    package func reset(
        _ link: Secret<MailLink>, to passwordHash: PasswordHash, letter: @escaping @Sendable (Person) -> Letter,
        from address: String = "", at now: Instant
    ) async throws -> Person? {
        let digest = keyring.digest(link)
        return try await engine.write { db in
            guard let id = try self.use(digest, for: .reset, in: db, at: now),
                let person = try self.person(id, in: db)
            else { return nil }
            try db.run("UPDATE people SET password_hash = \(passwordHash) WHERE id = \(id)")
            try db.run("DELETE FROM sessions WHERE person_id = \(id)")
            try self.expireCodes(of: id, in: db, at: now)
            try db.run("UPDATE mail_links SET used_at = \(now) WHERE person_id = \(id) AND used_at IS NULL")
            try self.withdrawSpentLinks(in: db, at: now)
            try self.record(.passwordReset, by: id, from: address, in: db, at: now)
            try self.enqueue(letter(person), in: db, at: now)
            return person
        }
    }

    private func issue(
        _ link: Secret<MailLink>, to email: EmailAddress, for purpose: MailLinkPurpose,
        if applies: @escaping @Sendable (Person) -> Bool, letter: @escaping @Sendable (Person) -> Letter,
        at now: Instant
    ) async throws {
        let digest = keyring.digest(link)
        try await engine.write { db in
            guard let row = try db.row("\(fragment: Person.select) WHERE p.email_key = \(email.key)") else { return }
            let person = try Person(row)
            guard applies(person), !person.isSuspended,
                try self.mayMail(purpose.letter, to: email, in: db, at: now)
            else { return }
            try self.replaceLinks(of: person.id, email: email, with: digest, for: purpose, in: db, at: now)
            try self.enqueue(letter(person), carrying: digest, in: db, at: now)
        }
    }

    func replaceLinks(
        of person: ID<Entity.Person>, email: EmailAddress, with digest: Digest, for purpose: MailLinkPurpose,
        in db: any Connection, at now: Instant
    ) throws {
        try db.run(
            """
            UPDATE mail_links SET used_at = \(now)
            WHERE person_id = \(person) AND purpose = \(purpose.rawValue) AND used_at IS NULL
            """)
        try db.run(
            """
            INSERT INTO mail_links (digest, purpose, person_id, email_key, created_at, expires_at)
            VALUES (\(digest), \(purpose.rawValue), \(person), \(email.key), \(now), \(now + purpose.lifetime))
            """)
        try withdrawSpentLinks(in: db, at: now)
    }

    private func use(
        _ digest: Digest, for purpose: MailLinkPurpose, in db: any Connection, at now: Instant
    ) throws -> ID<Entity.Person>? {
        let used = try db.row(
            """
            UPDATE mail_links SET used_at = \(now)
            WHERE digest = \(digest) AND purpose = \(purpose.rawValue) AND used_at IS NULL AND expires_at > \(now)
                AND created_at <= \(now + Lifetime.clockSlack)
            RETURNING person_id
            """)
        guard let used else { return nil }
        try withdrawSpentLinks(in: db, at: now)
        return try used.id("person_id")
    }
}
