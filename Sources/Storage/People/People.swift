package import OAuth
package import Portal

extension Store {
    /// What a sign-in needs to decide.
    package struct SignInCandidate: Sendable {
        package let person: Person
        package let passwordHash: PasswordHash
    }

    package func signInCandidate(for email: EmailAddress) throws -> SignInCandidate? {
        try engine.read { db in
            try db.row(
                "SELECT \(fragment: Person.columns), p.password_hash FROM live_people p WHERE p.email_key = \(email.key)"
            ).map { SignInCandidate(person: try Person($0), passwordHash: PasswordHash(try $0.text("password_hash"))) }
        }
    }

    package func person(_ id: ID<Entity.Person>) throws -> Person? {
        try engine.read { db in try self.person(id, in: db) }
    }

    package func passwordHash(of person: ID<Entity.Person>) throws -> PasswordHash? {
        try engine.read { db in
            try db.row("SELECT password_hash FROM live_people WHERE id = \(person)")
                .map { PasswordHash(try $0.text("password_hash")) }
        }
    }

    /// Signs somebody up, or writes to an address that is known; the caller cannot tell which.
    ///
    /// An address that was never confirmed belongs to whoever signs up last: the earlier name, password and links
    /// die, so an account cannot be prepared for somebody else. An address that had enough mail for now gets none, and
    /// nothing changes.
    package func signUp(
        _ signUp: SignUp, passwordHash: PasswordHash, link: Secret<MailLink>, confirm: Letter,
        known: @escaping @Sendable (Person) -> Letter, from address: String = "", at now: Instant
    ) async throws {
        let digest = keyring.digest(link)
        let id = ID<Entity.Person>.random()
        try await engine.write { db in
            if let row = try db.row("\(fragment: Person.select) WHERE p.email_key = \(signUp.email.key)") {
                let person = try Person(row)
                guard person.verifiedAt == nil else {
                    guard try self.mayMail(.knownAddress, to: signUp.email, in: db, at: now) else { return }
                    try self.enqueue(known(person), in: db, at: now)
                    return
                }
                guard try self.mayMail(.verification, to: signUp.email, in: db, at: now) else { return }
                try db.run(
                    """
                    UPDATE people SET name = \(signUp.name), email = \(signUp.email.text), password_hash = \(passwordHash)
                    WHERE id = \(person.id)
                    """)
                try self.replaceLinks(of: person.id, email: signUp.email, with: digest, for: .verify, in: db, at: now)
            } else {
                guard try self.mayMail(.verification, to: signUp.email, in: db, at: now) else { return }
                try db.run(
                    """
                    INSERT INTO people (id, email, email_key, name, password_hash, created_at)
                    VALUES (\(id), \(signUp.email.text), \(signUp.email.key), \(signUp.name), \(passwordHash), \(now))
                    """)
                try self.replaceLinks(of: id, email: signUp.email, with: digest, for: .verify, in: db, at: now)
                try self.record(.signedUp, by: id, from: address, in: db, at: now)
            }
            try self.enqueue(confirm, carrying: digest, in: db, at: now)
        }
    }

    /// A person whose address needs no confirmation, for the demo's cast.
    package func insertVerified(
        _ signUp: SignUp, passwordHash: PasswordHash, isOperator: Bool, at now: Instant
    ) async throws -> Person {
        let id = ID<Entity.Person>.random()
        return try await engine.write { db in
            let person = try self.insertVerified(
                signUp.email, name: signUp.name, id: id, passwordHash: passwordHash, in: db, at: now)
            guard isOperator else { return person }
            try db.run("INSERT INTO operators (person_id, since) VALUES (\(id), \(now))")
            try self.record(.operatorAdded, by: id, in: db, at: now)
            return try self.person(id, in: db) ?? person
        }
    }

    /// Writes a new hash without ending anything: the cost parameters rose since the last sign-in.
    package func rehash(_ person: ID<Entity.Person>, to passwordHash: PasswordHash) async throws {
        try await engine.write { db in
            _ = try db.run("UPDATE people SET password_hash = \(passwordHash) WHERE id = \(person)")
        }
    }

    /// What the log said before stays in it.
    package func rename(
        _ person: Person, to name: String, from address: String = "", at now: Instant
    ) async throws {
        try await engine.write { db in
            try db.run("UPDATE people SET name = \(name) WHERE id = \(person.id)")
            try self.record(
                .nameChanged, by: person.id, detail: ["name": "\(person.name) → \(name)"], from: address, in: db,
                at: now)
        }
    }

    /// Changes a password and ends every other session.
    package func changePassword(
        of person: Person, to passwordHash: PasswordHash, keeping session: ID<Entity.Session>, letter: Letter,
        from address: String = "", at now: Instant
    ) async throws {
        try await engine.write { db in
            try db.run("UPDATE people SET password_hash = \(passwordHash) WHERE id = \(person.id)")
            try db.run("DELETE FROM sessions WHERE person_id = \(person.id) AND id <> \(session)")
            try db.run("UPDATE mail_links SET used_at = \(now) WHERE person_id = \(person.id) AND used_at IS NULL")
            try self.withdrawSpentLinks(in: db, at: now)
            try self.expireCodes(of: person.id, in: db, at: now)
            try self.record(.passwordChanged, by: person.id, from: address, in: db, at: now)
            try self.enqueue(letter, in: db, at: now)
        }
    }
}

extension Store {
    func person(_ id: ID<Entity.Person>, in db: any Connection) throws -> Person? {
        try db.row("\(fragment: Person.select) WHERE p.id = \(id)").map(Person.init)
    }

    func insertVerified(
        _ email: EmailAddress, name: String, id: ID<Entity.Person>, passwordHash: PasswordHash,
        in db: any Connection, at now: Instant
    ) throws -> Person {
        try db.run(
            """
            INSERT INTO people (id, email, email_key, name, password_hash, created_at, verified_at)
            VALUES (\(id), \(email.text), \(email.key), \(name), \(passwordHash), \(now), \(now))
            """)
        guard let person = try person(id, in: db) else { throw StorageError.statement("an insert left no row") }
        return person
    }

    /// Codes that were given out but not redeemed: whoever had the old password may have asked for them.
    func expireCodes(of person: ID<Entity.Person>, in db: any Connection, at now: Instant) throws {
        try db.run(
            """
            UPDATE authorization_codes SET expires_at = \(now)
            WHERE (tenant_id, grant_id) IN (SELECT tenant_id, id FROM grants WHERE person_id = \(person))
                AND redeemed_at IS NULL AND expires_at > \(now)
            """)
    }
}

extension Person {
    static let columns: SQL = """
        p.id, p.email, p.name, p.created_at, p.verified_at,
            EXISTS (SELECT 1 FROM operators o WHERE o.person_id = p.id) AS is_operator,
            EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'person' AND s.subject_id = p.id
                AND s.reinstated_at IS NULL) AS is_suspended,
            EXISTS (SELECT 1 FROM second_factors f WHERE f.person_id = p.id
                AND f.confirmed_at IS NOT NULL) AS has_second_factor
        """

    static let select: SQL = "SELECT \(fragment: columns) FROM live_people p"

    init(_ row: Row) throws {
        self.init(
            id: try row.id("id"), email: try row.text("email"), name: try row.text("name"),
            createdAt: try row.instant("created_at"), verifiedAt: try row.optionalInstant("verified_at"),
            isOperator: try row.boolean("is_operator"), isSuspended: try row.boolean("is_suspended"),
            hasSecondFactor: try row.boolean("has_second_factor"))
    }
}
