import Foundation
import OAuth
import Storage

/// What `bench.py` reads: everything to be sent, in clear.
struct Stock: Encodable {
    struct Client: Encodable {
        let client_id: String
        let client_secret: String
        let callback: String
        let code_verifier: String
    }
    struct Consent: Encodable {
        let path: String
        let cookie: String
    }

    let client: Client
    let token_path: String
    let consent: Consent
    let tokens: [String]
    let codes: [String]
    let refresh_tokens: [String]
    let links: Links

    /// Ada of Acme has made the tokens, and has allowed Roster Sync to read her profile but not yet the rest, so that
    /// its authorization address still asks her.
    static func lay(
        on shelf: Shelf, demo: Demo, tokens: Int, codes: Int, families: Int, connections: Int, expiring: Int
    ) async throws -> Stock {
        let cookie = try await shelf.store.signIn(shelf.cast.person, at: shelf.now)
        let grant = try await shelf.grant("account:read")
        return Stock(
            client: Client(
                client_id: demo.app.client_id, client_secret: demo.app.client_secret, callback: demo.app.callback,
                code_verifier: demo.code_verifier),
            token_path: "/t/acme/oauth/token",
            consent: Consent(path: demo.consentPath ?? "", cookie: "gw_session=\(cookie)"),
            tokens: try await shelf.developerTokens(tokens),
            codes: try await shelf.codes(codes, under: grant, challenge: demo.challenge, to: demo.app.callback),
            refresh_tokens: try await shelf.refreshTokens(families, under: grant),
            links: try await Links.lay(on: shelf, connections: connections, expiring: expiring))
    }
}

/// The IDs of those in whose name the stock is laid.
struct Cast {
    let tenant: ID<Entity.Tenant>
    let person: ID<Entity.Person>
    let app: ID<Entity.Client>

    struct Missing: Error {}

    init(_ demo: Demo, in engine: SQLiteEngine) throws {
        let row = try engine.read { db in
            try db.row(
                """
                SELECT t.id AS tenant_id, p.id AS person_id, a.id AS app_id FROM tenants t, people p, apps a
                WHERE t.slug = 'acme' AND p.email_key = 'ada@acme.example' AND a.client_id = \(demo.app.client_id)
                """)
        }
        guard let row else { throw Missing() }
        tenant = try row.id("tenant_id")
        person = try row.id("person_id")
        app = try row.id("app_id")
    }
}

extension Store {
    fileprivate func signIn(_ person: ID<Entity.Person>, at now: Instant) async throws -> String {
        let cookie = Secret<SessionCookie>.random()
        _ = try await startSession(
            cookie, for: person, replacing: nil, userAgent: "bench", address: "127.0.0.1", at: now)
        return cookie.reveal()
    }
}
