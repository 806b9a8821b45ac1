package import OAuth
package import Portal

extension Store {
    package func secondFactor(of person: ID<Entity.Person>) throws -> SecondFactor? {
        try engine.read { db in
            try db.row(
                """
                SELECT begun_at, confirmed_at, (SELECT count(*) FROM recovery_codes r
                    WHERE r.person_id = s.person_id AND r.used_at IS NULL) AS codes
                FROM second_factors s WHERE person_id = \(person)
                """
            ).map { row in
                SecondFactor(
                    begunAt: try row.instant("begun_at"), confirmedAt: try row.optionalInstant("confirmed_at"),
                    recoveryCodesLeft: try row.int("codes"))
            }
        }
    }

    /// Keeps a seed that counts for nothing until a code of it is given back. One that counts already stays.
    package func beginSecondFactor(of person: ID<Entity.Person>, seed: [UInt8], at now: Instant) async throws {
        let sealed = try seal(seed, of: person)
        try await engine.write { db in
            _ = try db.run(
                """
                INSERT INTO second_factors (person_id, sealed_seed, begun_at) VALUES (\(person), \(sealed), \(now))
                ON CONFLICT (person_id) DO UPDATE SET sealed_seed = excluded.sealed_seed, begun_at = excluded.begun_at
                WHERE second_factors.confirmed_at IS NULL
                """)
        }
    }

    /// The seed that waits for its first code, to be shown; nil when there is none or it counts already.
    package func waitingSeed(of person: ID<Entity.Person>) throws -> [UInt8]? {
        try engine.read { db in
            try db.row(
                "SELECT sealed_seed FROM second_factors WHERE person_id = \(person) AND confirmed_at IS NULL"
            ).map { try self.openSeed($0.blob("sealed_seed"), of: person) }
        }
    }

    /// Turns it on, when the code is right, with recovery codes of its own.
    package func confirmSecondFactor(
        of person: ID<Entity.Person>, with code: String, recovery: [String], letter: Letter,
        from address: String = "", at now: Instant
    ) async throws -> Bool {
        guard let seed = try waitingSeed(of: person),
            let step = TimeCode.step(of: Self.digits(code), seed, at: now)
        else { return false }
        let digests = try recovery.map { try recoveryDigest($0, of: person) }
        return try await engine.write { db in
            // The same seed that was looked at: another page may have begun anew meanwhile.
            guard let row = try db.row("SELECT sealed_seed FROM second_factors WHERE person_id = \(person)"),
                try self.openSeed(row.blob("sealed_seed"), of: person) == seed,
                try db.run(
                    """
                    UPDATE second_factors SET confirmed_at = \(now), last_step = \(step)
                    WHERE person_id = \(person) AND confirmed_at IS NULL
                    """) == 1
            else { return false }
            try self.replaceRecoveryCodes(of: person, by: digests, in: db, at: now)
            try self.record(.secondFactorAdded, by: person, from: address, in: db, at: now)
            try self.enqueue(letter, in: db, at: now)
            return true
        }
    }

    /// Takes a code: of the present time step or its neighbours and later than the last one taken, or a recovery code.
    /// Each is one conditional statement, so of a hundred at once one is taken (RFC 6238 §5.2).
    package func useCode(
        _ typed: String, of person: ID<Entity.Person>, recovered: @escaping @Sendable (Int) -> Letter,
        from address: String = "", at now: Instant
    ) async throws -> CodeUse {
        let sealed = try engine.read { db in
            try db.row(
                "SELECT sealed_seed FROM second_factors WHERE person_id = \(person) AND confirmed_at IS NOT NULL"
            )?.blob("sealed_seed")
        }
        guard let sealed else { return .refused }
        let step = TimeCode.step(of: Self.digits(typed), try openSeed(sealed, of: person), at: now)
        let digest = try RecoveryCode.normal(typed).map { try recoveryDigest($0, of: person) }
        return try await engine.write { db in
            if let step {
                // A last step beyond the next one was taken while the clock was ahead: it must not lock anybody out.
                let changed = try db.run(
                    """
                    UPDATE second_factors SET last_step = \(step) WHERE person_id = \(person)
                        AND confirmed_at IS NOT NULL
                        AND (last_step < \(step) OR last_step > \(TimeCode.step(at: now) + 1))
                    """)
                if changed == 1 { return .accepted }
            } else if let digest {
                let changed = try db.run(
                    """
                    UPDATE recovery_codes SET used_at = \(now)
                    WHERE digest = \(digest) AND person_id = \(person) AND used_at IS NULL
                    """)
                if changed == 1 {
                    let left =
                        try db.row(
                            "SELECT count(*) AS n FROM recovery_codes WHERE person_id = \(person) AND used_at IS NULL"
                        )?.int("n") ?? 0
                    try self.record(
                        .recoveryCodeUsed, by: person, detail: ["left": "\(left)"], from: address, in: db, at: now)
                    try self.enqueue(recovered(left), in: db, at: now)
                    return .recovered(left: left)
                }
            }
            try self.record(.secondStepFailed, by: person, from: address, in: db, at: now)
            return .refused
        }
    }

    /// Replaces all recovery codes; the old ones are gone.
    package func renewRecoveryCodes(
        of person: ID<Entity.Person>, to codes: [String], from address: String = "", at now: Instant
    ) async throws {
        let digests = try codes.map { try recoveryDigest($0, of: person) }
        try await engine.write { db in
            try self.replaceRecoveryCodes(of: person, by: digests, in: db, at: now)
            try self.record(.recoveryCodesMade, by: person, from: address, in: db, at: now)
        }
    }

    /// Turns it off, or gives up one that was only begun.
    ///
    /// - Parameter operator: who took it away from somebody else; nil when the person did it.
    /// - Returns: false when there was none.
    package func endSecondFactor(
        of person: Person, by operator: Person?, letter: Letter, from address: String = "", at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            guard
                let row = try db.row(
                    "DELETE FROM second_factors WHERE person_id = \(person.id) RETURNING confirmed_at")
            else { return false }
            try db.run("DELETE FROM recovery_codes WHERE person_id = \(person.id)")
            guard try row.optionalInstant("confirmed_at") != nil else { return true }
            let actor = `operator`.map { AuditActor.operator($0) } ?? .person(person)
            try self.record(
                AuditEvent(.secondFactorRemoved, by: actor, on: .person(person), from: address), in: db, at: now)
            try self.enqueue(letter, in: db, at: now)
            return true
        }
    }
}

extension Store {
    private func replaceRecoveryCodes(
        of person: ID<Entity.Person>, by digests: [Digest], in db: any Connection, at now: Instant
    ) throws {
        try db.run("DELETE FROM recovery_codes WHERE person_id = \(person)")
        for digest in digests {
            try db.run(
                """
                INSERT INTO recovery_codes (digest, person_id, created_at) VALUES (\(digest), \(person), \(now))
                """)
        }
    }

    private func recoveryDigest(_ code: String, of person: ID<Entity.Person>) throws -> Digest {
        let normal = RecoveryCode.normal(code) ?? ""
        return keyring.digest(person.text + " " + normal, purpose: "recovery-code")
    }

    private func seal(_ seed: [UInt8], of person: ID<Entity.Person>) throws -> [UInt8] {
        try keyring.seal(seed, table: "second_factors", column: "sealed_seed", row: person.text)
    }

    private func openSeed(_ sealed: [UInt8], of person: ID<Entity.Person>) throws -> [UInt8] {
        try keyring.open(sealed, table: "second_factors", column: "sealed_seed", row: person.text)
    }

    /// Authenticators show "123 456".
    private static func digits(_ typed: String) -> [UInt8] {
        typed.utf8.count <= 40 ? typed.utf8.filter { $0 != 0x20 } : []
    }
}
