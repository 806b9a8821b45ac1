package import OAuth
import Portal

/// Where letters about a leak lead.
package struct LeakLinks: Sendable {
    package let tokens: String
    package let apps: String
    package let authorizedApps: String
    package let apis: String
    /// Before a workspace's slug.
    package let tenants: String

    package init(tokens: String, apps: String, authorizedApps: String, apis: String, tenants: String) {
        self.tokens = tokens
        self.apps = apps
        self.authorizedApps = authorizedApps
        self.apis = apis
        self.tenants = tenants
    }
}

extension Store {
    /// Revokes what still works of these secrets, tells their owners and records it, all in one transaction.
    /// Of what is dead or unknown there is nothing to do, and nothing to say.
    package func reportLeak(
        of secrets: [FoundSecret], links: LeakLinks, from address: String, at now: Instant
    ) async throws {
        try await engine.write { db in
            for secret in secrets {
                let report = LeakReport(links: links, address: address, now: now, db: db)
                switch secret {
                case .developer(let token): try self.end(token, report)
                case .access(let token):
                    try self.endFamily(report) {
                        """
                        SELECT tenant_id, family_id FROM access_tokens WHERE digest = \(self.keyring.digest(token))
                            AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > \(now))
                        """
                    }
                case .refresh(let token):
                    try self.endFamily(report) {
                        "SELECT tenant_id, family_id FROM refresh_tokens WHERE digest = \(self.keyring.digest(token))"
                    }
                case .client(let secret): try self.end(secret, report)
                case .environment(let key): try self.end(key, report)
                }
            }
        }
    }

    private func end(_ token: Secret<OAuth.DeveloperToken>, _ report: LeakReport) throws {
        let row = try report.db.row(
            """
            UPDATE developer_tokens SET revoked_at = \(report.now), revoked_by = \(LeakReport.by)
            WHERE digest = \(keyring.digest(token)) AND revoked_at IS NULL
                AND (expires_at IS NULL OR expires_at > \(report.now))
                AND tenant_id IN (SELECT id FROM live_tenants)
            RETURNING id, tenant_id, person_id, description
            """)
        guard let row else { return }
        let description = try row.text("description")
        let tenant: ID<Entity.Tenant> = try row.id("tenant_id")
        try record(report.event(on: AuditSubject(.token, id: row.text("id"), name: description), in: tenant), report)
        guard let person = try self.person(row.id("person_id"), in: report.db) else { return }
        try enqueue(
            .developerTokenLeaked(
                to: person.email, name: person.name, description: description,
                tenant: try tenantName(tenant, report), list: report.links.tokens), in: report.db, at: report.now)
    }

    /// One token of a family lay open, so none of it can be trusted: the app's owner and the person who allowed it
    /// are told.
    private func endFamily(_ report: LeakReport, named find: () -> SQL) throws {
        guard let found = try report.db.row(find()) else { return }
        let tenant: ID<Entity.Tenant> = try found.id("tenant_id")
        let row = try report.db.row(
            """
            UPDATE token_families SET revoked_at = \(report.now), revoked_because = \(Reason.leaked.rawValue)
            WHERE tenant_id = \(tenant) AND id = \(try found.text("family_id")) AND revoked_at IS NULL
                AND tenant_id IN (SELECT id FROM live_tenants) AND app_id IN (SELECT id FROM live_apps)
                AND person_id IN (SELECT id FROM live_people)
            RETURNING id, app_id, person_id
            """)
        guard let row, let app = try app(row.id("app_id"), in: report.db) else { return }
        try record(
            report.event(on: AuditSubject(.token, id: row.text("id"), name: app.details.name), in: tenant), report)
        let name = try tenantName(tenant, report)
        let owner = app.owner
        try enqueue(
            .appTokenLeaked(
                to: owner.email, name: owner.name, app: app.details.name, tenant: name,
                page: "\(report.links.apps)/\(app.id.text)"), in: report.db, at: report.now)
        guard let person = try self.person(row.id("person_id"), in: report.db), person.id != owner.id else { return }
        try enqueue(
            .appTokenLeaked(
                to: person.email, name: person.name, app: app.details.name, tenant: name,
                page: report.links.authorizedApps), in: report.db, at: report.now)
    }

    /// An app's secret, or that of an API behind this installation.
    private func end(_ secret: Secret<ClientSecretKind>, _ report: LeakReport) throws {
        let digest = keyring.digest(secret)
        let ofApp = try report.db.row(
            """
            DELETE FROM client_secrets WHERE digest = \(digest) AND (expires_at IS NULL OR expires_at > \(report.now))
            RETURNING id, app_id
            """)
        if let ofApp, let app = try app(ofApp.id("app_id"), in: report.db) {
            try record(report.event(on: AuditSubject(.secret, id: ofApp.text("id"), name: app.details.name)), report)
            try enqueue(
                .secretLeaked(
                    to: app.owner.email, name: app.owner.name, owner: app.details.name,
                    page: "\(report.links.apps)/\(app.id.text)"), in: report.db, at: report.now)
        }
        let ofAPI = try report.db.row(
            """
            UPDATE resource_servers SET revoked_at = \(report.now), revoked_by = \(LeakReport.by)
            WHERE digest = \(digest) AND revoked_at IS NULL RETURNING id, name
            """)
        guard let ofAPI else { return }
        let name = try ofAPI.text("name")
        try record(report.event(on: AuditSubject(.api, id: ofAPI.text("id"), name: name)), report)
        for one in try operators(in: report.db) {
            try enqueue(
                .secretLeaked(to: one.email, name: one.name, owner: name, page: report.links.apis),
                in: report.db, at: report.now)
        }
    }

    /// What a company's backend fetches connections with: whoever read it could fetch them all.
    private func end(_ key: Secret<EnvironmentKey>, _ report: LeakReport) throws {
        let row = try report.db.row(
            """
            DELETE FROM environment_keys
            WHERE digest = \(keyring.digest(key)) AND (expires_at IS NULL OR expires_at > \(report.now))
            RETURNING id, name, tenant_id, environment_id
            """)
        guard let row else { return }
        let tenant: ID<Entity.Tenant> = try row.id("tenant_id")
        try record(
            report.event(on: AuditSubject(.key, id: row.text("id"), name: row.text("name")), in: tenant), report)
        let place = try report.db.row(
            """
            SELECT t.name, t.slug, e.name AS environment_name
            FROM environments e JOIN tenants t ON t.id = e.tenant_id WHERE e.id = \(try row.text("environment_id"))
            """)
        guard let place else { return }
        let environment = try place.text("environment_name")
        let owner = try "\(place.text("name")), \(environment)"
        let page = try "\(report.links.tenants)/\(place.text("slug"))/env/\(environment)/settings"
        for admin in try admins(of: tenant, in: report.db) {
            try enqueue(
                .secretLeaked(to: admin.email, name: admin.name, owner: owner, page: page), in: report.db,
                at: report.now)
        }
    }

    private func record(_ event: AuditEvent, _ report: LeakReport) throws {
        try record(event, in: report.db, at: report.now)
    }

    private func tenantName(_ id: ID<Entity.Tenant>, _ report: LeakReport) throws -> String {
        try report.db.row("SELECT name FROM tenants WHERE id = \(id)")?.text("name") ?? ""
    }
}

/// What one report has in common, within its transaction.
private struct LeakReport {
    let links: LeakLinks
    let address: String
    let now: Instant
    let db: any Connection

    /// Whoever it was that reported it: nobody signs in for that.
    static let by = "leak report"

    func event(on subject: AuditSubject, in tenant: ID<Entity.Tenant>? = nil) -> AuditEvent {
        AuditEvent(
            .tokenLeaked, by: AuditActor(.system, id: "", name: "A leak report"), on: subject, in: tenant,
            // Who reported it is not the tenant's to read.
            from: tenant == nil ? address : "")
    }
}
