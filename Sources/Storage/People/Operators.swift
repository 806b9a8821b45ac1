package import OAuth
package import Portal

extension Store {
    /// Makes an operator from the command line: of whoever has confirmed this address, or of somebody new.
    ///
    /// - Parameters:
    ///   - passwordHash: replaces the password there is, when `setsPassword` says so; a new person gets it anyway.
    ///   - link: for choosing a password; nil when none is needed.
    /// - Returns: whether the person is new.
    package func makeOperator(
        _ email: EmailAddress, name: String, passwordHash: PasswordHash, setsPassword: Bool, link: Secret<MailLink>?,
        at now: Instant
    ) async throws -> Bool {
        let fresh = ID<Entity.Person>.random()
        let digest = link.map { keyring.digest($0) }
        return try await engine.write { db in
            // A sign-up that was never confirmed is a stranger's, with a password that they know.
            try db.run("DELETE FROM people WHERE email_key = \(email.key) AND verified_at IS NULL")
            let found: ID<Entity.Person>? = try db.row("SELECT id FROM people WHERE email_key = \(email.key)")?.id("id")
            let id = found ?? fresh
            if found == nil {
                _ = try self.insertVerified(
                    email, name: name, id: id, passwordHash: passwordHash, in: db, at: now)
            } else if setsPassword {
                try db.run("UPDATE people SET password_hash = \(passwordHash) WHERE id = \(id)")
                try db.run("DELETE FROM sessions WHERE person_id = \(id)")
            }
            try db.run(
                """
                INSERT INTO operators (person_id, since) VALUES (\(id), \(now)) ON CONFLICT (person_id) DO NOTHING
                """)
            if let digest {
                try self.replaceLinks(of: id, email: email, with: digest, for: .reset, in: db, at: now)
            }
            try self.record(
                AuditEvent(
                    .operatorAdded, by: .system, on: AuditSubject(.person, id: id.text, name: found == nil ? name : ""),
                    detail: ["by": "gatewright operator create"]),
                in: db, at: now)
            return found == nil
        }
    }

    /// Those who are written to.
    func operators(in db: any Connection) throws -> [Person] {
        try db.rows(
            """
            \(fragment: Person.select) JOIN operators o ON o.person_id = p.id ORDER BY p.id LIMIT \(Store.mostTold)
            """
        ).map(Person.init)
    }
}
