package import OAuth
package import Portal

/// What a consent page asked of whom, as it was when the page was made.
package struct ConsentQuestion: Sendable {
    package let tenant: ID<Entity.Tenant>
    package let session: ID<Entity.Session>
    package let person: ID<Entity.Person>
    package let app: ID<Entity.Client>
    package let appUpdatedAt: Instant
    package let redirectURI: String
    package let redirectURIWasSent: Bool
    package let scopes: ScopeSet
    package let state: String?
    package let challenge: String?
    package let delivery: Delivery

    package init(
        tenant: ID<Entity.Tenant>, session: ID<Entity.Session>, person: ID<Entity.Person>, app: ID<Entity.Client>,
        appUpdatedAt: Instant, redirectURI: String, redirectURIWasSent: Bool, scopes: ScopeSet, state: String?,
        challenge: String?, delivery: Delivery = .code
    ) {
        self.tenant = tenant
        self.session = session
        self.person = person
        self.app = app
        self.appUpdatedAt = appUpdatedAt
        self.redirectURI = redirectURI
        self.redirectURIWasSent = redirectURIWasSent
        self.scopes = scopes
        self.state = state
        self.challenge = challenge
        self.delivery = delivery
    }
}

extension Store {
    /// Keeps what a consent page asks, so that the browser sends back only a random handle.
    /// The oldest of a session give way, so that reloading cannot fill the database.
    package func keep(
        _ question: ConsentQuestion, as ticket: Secret<ConsentTicket>, at now: Instant
    ) async throws {
        let digest = keyring.digest(ticket)
        try await engine.write { db in
            try db.run(
                """
                DELETE FROM consent_tickets WHERE session_id = \(question.session) AND digest NOT IN (
                    SELECT digest FROM consent_tickets WHERE session_id = \(question.session)
                    ORDER BY created_at DESC LIMIT 20)
                """)
            try db.run(
                """
                INSERT INTO consent_tickets (digest, tenant_id, session_id, person_id, app_id, app_updated_at,
                    redirect_uri, redirect_uri_was_sent, scopes, state, challenge, delivery, created_at,
                    expires_at)
                VALUES (\(digest), \(question.tenant), \(question.session), \(question.person), \(question.app),
                    \(question.appUpdatedAt), \(question.redirectURI), \(question.redirectURIWasSent),
                    \(question.scopes.text), \(question.state), \(question.challenge),
                    \(question.delivery.rawValue), \(now), \(now + Lifetime.consentTicket))
                """)
        }
    }

    /// What a ticket asked, once: for the same session, person and tenant, in time, and while the app is as it was
    /// when the page was made.
    package func take(
        _ ticket: Secret<ConsentTicket>, in tenant: ID<Entity.Tenant>, session: Session, at now: Instant
    ) async throws -> ConsentQuestion? {
        let digest = keyring.digest(ticket)
        return try await engine.write { db in
            try db.row(
                """
                UPDATE consent_tickets SET used_at = \(now)
                WHERE digest = \(digest) AND used_at IS NULL AND expires_at > \(now) AND tenant_id = \(tenant)
                    AND session_id = \(session.id) AND person_id = \(session.person.id)
                    AND EXISTS (SELECT 1 FROM live_apps a WHERE a.id = consent_tickets.app_id
                        AND a.updated_at = consent_tickets.app_updated_at)
                RETURNING tenant_id, session_id, person_id, app_id, app_updated_at, redirect_uri,
                    redirect_uri_was_sent, scopes, state, challenge, delivery
                """
            ).map { row in
                ConsentQuestion(
                    tenant: try row.id("tenant_id"), session: try row.id("session_id"),
                    person: try row.id("person_id"), app: try row.id("app_id"),
                    appUpdatedAt: try row.instant("app_updated_at"), redirectURI: try row.text("redirect_uri"),
                    redirectURIWasSent: try row.boolean("redirect_uri_was_sent"), scopes: try ScopeSet(row),
                    state: try row.optionalText("state"), challenge: try row.optionalText("challenge"),
                    delivery: try row.raw("delivery"))
            }
        }
    }
}
