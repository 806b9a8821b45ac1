import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

/// The steps of the authorization code grant, as a browser and an app take them.
extension Browser {
    /// Opens the consent page at this address and answers it.
    ///
    /// - Parameter decision: `allow` or `deny`.
    func decide(_ decision: String, at path: String, tenant: String = "acme") async throws -> Answer {
        let page = try await get(path)
        let ticket = try #require(page.hidden("ticket"), "no consent page: \(page.status) \(page.location ?? "")")
        return try await answer(ticket, decision, tenant: tenant)
    }

    /// Answers a consent page that was rendered before, with this browser's own form token.
    func answer(_ ticket: String, _ decision: String, tenant: String = "acme") async throws -> Answer {
        try await submit(
            "/t/\(tenant)/oauth/authorize", ["ticket": ticket, "decision": decision], on: "/account")
    }

    /// A fresh code for Roster Sync.
    func code(at tenant: String = "acme", scope: String = "people:read") async throws -> String {
        let answer = try await decide(
            "allow", at: site.authorizePath(at: tenant, scope: scope, more: "&prompt=consent"), tenant: tenant)
        return try #require(answer.parameter("code"), "\(answer.status) \(answer.location ?? "")")
    }
}

extension TestSite {
    static let form = ("Content-Type", "application/x-www-form-urlencoded")

    /// `POST /t/{tenant}/oauth/token` with a form.
    func token(
        _ fields: [(String, String)], headers: [(String, String)] = [], at tenant: String = "acme",
        from address: String = "198.51.100.1"
    ) async throws -> Answer {
        let body = fields.map { "\(Browser.encode($0.0))=\(Browser.encode($0.1))" }.joined(separator: "&")
        return try await token(body: Array(body.utf8), headers: headers + [Self.form], at: tenant, from: address)
    }

    /// The same with a body as it is, under these headers only.
    func token(
        body: [UInt8], headers: [(String, String)], at tenant: String = "acme", from address: String = "198.51.100.1"
    ) async throws -> Answer {
        try await send(.post, "/t/\(tenant)/oauth/token", headers: headers, body: body, from: address)
    }

    /// Roster Sync's `client_id` and `client_secret`.
    func rosterCredentials() throws -> [(String, String)] {
        [("client_id", try cast.rosterSync.app.clientID), ("client_secret", try cast.rosterSync.secret)]
    }

    /// What Roster Sync sends to redeem a code, but for its credentials.
    func redemption(of code: String, verifier: String? = TestSite.verifier) throws -> [(String, String)] {
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", try cast.rosterSync.callback)]
            + (verifier.map { [("code_verifier", $0)] } ?? [])
    }

    func redeem(_ code: String, at tenant: String = "acme") async throws -> Answer {
        try await token(redemption(of: code) + rosterCredentials(), at: tenant)
    }

    func refresh(_ token: String, scope: String? = nil, at tenant: String = "acme") async throws -> Answer {
        try await self.token(
            [("grant_type", "refresh_token"), ("refresh_token", token)] + (scope.map { [("scope", $0)] } ?? [])
                + rosterCredentials(), at: tenant)
    }

    /// A pair that Ada allowed Roster Sync to have.
    func tokens(scope: String = "people:read") async throws -> (access: String, refresh: String) {
        let code = try await browser(signedInAs: cast.ada).code(scope: scope)
        let answer = try await redeem(code)
        return (
            access: try #require(answer.json["access_token"] as? String, "\(answer.body)"),
            refresh: try #require(answer.json["refresh_token"] as? String)
        )
    }

    /// The same authorization request, of another app.
    func path(of clientID: String, callback: String, at tenant: String = "acme") throws -> String {
        let roster = try cast.rosterSync
        return try authorizePath(at: tenant).replacingOccurrences(of: roster.app.clientID, with: clientID)
            .replacingOccurrences(of: Browser.encode(roster.callback), with: Browser.encode(callback))
    }

    /// Changes Roster Sync as its owner would.
    func change(_ change: (inout AppDetails) -> Void) async throws {
        let app = try cast.rosterSync.app
        var details = app.details
        change(&details)
        #expect(try await store.update(app.id, of: app.owner.id, to: details, at: clock.now) == .saved)
    }

    /// - Parameter kind: `tenant`, `app` or `person`.
    func suspend(_ kind: String, _ id: String) async throws {
        let now = clock.now
        try await engine.write { db in
            _ = try db.run(
                """
                INSERT INTO suspensions (subject_kind, subject_id, reason, suspended_by, suspended_at)
                VALUES (\(kind), \(id), 'a test', 'nobody', \(now))
                """)
        }
    }
}

extension Answer {
    /// A parameter of the address that this answer sends to, decoded; nil when it is missing or repeated.
    func parameter(_ name: String) -> String? {
        let items = location.flatMap { URLComponents(string: $0)?.queryItems } ?? []
        let found = items.filter { $0.name == name }
        return found.count == 1 ? found.first?.value : nil
    }

    /// The names of all its parameters.
    var parameters: [String] { (location.flatMap { URLComponents(string: $0)?.queryItems } ?? []).map(\.name) }

    /// The body as a JSON object, empty when it is none.
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
    }

    /// The word of RFC 6749 §5.2, or the API's.
    var error: String? { json["error"] as? String ?? json["code"] as? String }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}
