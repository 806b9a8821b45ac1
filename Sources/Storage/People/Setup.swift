package import OAuth
package import Portal

extension Store {
    package func hasOperator() throws -> Bool {
        try engine.read { db in try db.row("SELECT 1 AS one FROM operators LIMIT 1") != nil }
    }

    /// Replaces whatever set-up code there was; only the console sees the code.
    package func offerSetup(with code: Secret<SetupCode>, at now: Instant) async throws {
        let digest = keyring.digest(code)
        try await engine.write { db in
            try db.run("DELETE FROM setup_codes")
            try db.run("INSERT INTO setup_codes (digest, created_at) VALUES (\(digest), \(now))")
        }
    }

    /// Creates the first operator. Using the code, checking that there is none yet and creating the person are
    /// one transaction, so set-up closes for good.
    ///
    /// - Returns: nil when the code is wrong, used, or an operator exists.
    package func claimSetup(
        with code: Secret<SetupCode>, _ signUp: SignUp, passwordHash: PasswordHash, from address: String = "",
        at now: Instant
    ) async throws -> Person? {
        let digest = keyring.digest(code)
        let id = ID<Entity.Person>.random()
        return try await engine.write { db in
            guard try db.row("SELECT 1 AS one FROM operators LIMIT 1") == nil,
                try db.run("UPDATE setup_codes SET used_at = \(now) WHERE digest = \(digest) AND used_at IS NULL") == 1
            else { return nil }
            try db.run("DELETE FROM people WHERE email_key = \(signUp.email.key) AND verified_at IS NULL")
            let person = try self.insertVerified(
                signUp.email, name: signUp.name, id: id, passwordHash: passwordHash, in: db, at: now)
            try db.run("INSERT INTO operators (person_id, since) VALUES (\(id), \(now))")
            try self.record(.operatorAdded, by: id, from: address, in: db, at: now)
            return person
        }
    }
}
