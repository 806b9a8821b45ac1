package import OAuth
package import Portal

extension Store {
    /// Starts a session under a new cookie; whatever cookie came with the sign-in is not adopted.
    package func startSession(
        _ cookie: Secret<SessionCookie>, for person: ID<Entity.Person>, replacing old: ID<Entity.Session>?,
        userAgent: String, address: String, at now: Instant
    ) async throws -> ID<Entity.Session> {
        let digest = keyring.digest(cookie)
        let id = ID<Entity.Session>.random()
        try await engine.write { db in
            if let old { try db.run("DELETE FROM sessions WHERE id = \(old)") }
            try db.run(
                """
                INSERT INTO sessions (digest, id, person_id, created_at, authenticated_at, confirmed_at, last_seen_at,
                    expires_at, user_agent, address)
                VALUES (\(digest), \(id), \(person), \(now), \(now), \(now), \(now),
                    \(now + Lifetime.session), \(userAgent), \(address))
                """)
            try self.record(.signedIn, by: person, from: address, in: db, at: now)
        }
        return id
    }

    /// The live session of a cookie. Notes that it was seen; the note is written with the next flush.
    package func session(for cookie: Secret<SessionCookie>, at now: Instant) throws -> Session? {
        let digest = keyring.digest(cookie)
        let found = try engine.read { db in
            try db.row(
                """
                \(fragment: Session.select)
                WHERE s.digest = \(digest) AND s.expires_at > \(now) AND s.last_seen_at > \(now - Lifetime.idleSession)
                    AND s.expires_at <= \(now + Lifetime.session + Lifetime.clockSlack)
                """
            ).map(Session.init)
        }
        guard let found, !found.person.isSuspended else { return nil }
        uses.note(.session(found.id), at: now, stored: found.lastSeenAt, address: nil)
        return found
    }

    package func sessions(of person: ID<Entity.Person>, at now: Instant) throws -> [Session] {
        try engine.read { db in
            try db.rows(
                """
                \(fragment: Session.select)
                WHERE s.person_id = \(person) AND s.expires_at > \(now)
                    AND s.last_seen_at > \(now - Lifetime.idleSession)
                    AND s.expires_at <= \(now + Lifetime.session + Lifetime.clockSlack)
                ORDER BY s.last_seen_at DESC, s.id LIMIT 100
                """
            ).map(Session.init)
        }
    }

    /// Notes that the person proved who they are once more. The session goes on under a new cookie, so that whoever
    /// copied the one before gains nothing by the proof.
    ///
    /// - Returns: false when the session has ended meanwhile.
    package func confirm(
        _ session: ID<Entity.Session>, under cookie: Secret<SessionCookie>, at now: Instant
    ) async throws -> Bool {
        let digest = keyring.digest(cookie)
        return try await engine.write { db in
            try db.run("UPDATE sessions SET digest = \(digest), confirmed_at = \(now) WHERE id = \(session)") == 1
        }
    }

    /// Dead from the next request on.
    package func endSession(
        _ session: ID<Entity.Session>, of person: ID<Entity.Person>, from address: String = "", at now: Instant
    ) async throws {
        try await engine.write { db in
            guard try db.run("DELETE FROM sessions WHERE id = \(session) AND person_id = \(person)") == 1 else {
                return
            }
            try self.record(.signedOut, by: person, from: address, in: db, at: now)
        }
    }

    package func endSessions(
        of person: ID<Entity.Person>, except session: ID<Entity.Session>?, from address: String = "", at now: Instant
    ) async throws {
        try await engine.write { db in
            let ended = try db.run("DELETE FROM sessions WHERE person_id = \(person) AND id <> \(session?.text ?? "")")
            guard ended > 0 else { return }
            try self.record(
                .sessionsEnded, by: person, detail: ["sessions": "\(ended)"], from: address, in: db, at: now)
        }
    }
}

extension Session {
    static let select: SQL = """
        SELECT s.id AS session_id, s.created_at AS session_created_at, s.authenticated_at, s.confirmed_at,
            s.last_seen_at, s.expires_at, s.user_agent, s.address, p.*
        FROM sessions s JOIN (\(fragment: Person.select)) p ON p.id = s.person_id
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.id("session_id"), person: try Person(row), createdAt: try row.instant("session_created_at"),
            authenticatedAt: try row.instant("authenticated_at"),
            confirmedAt: try row.instant("confirmed_at"), lastSeenAt: try row.instant("last_seen_at"),
            expiresAt: try row.instant("expires_at"), userAgent: try row.text("user_agent"),
            address: try row.text("address"))
    }
}
