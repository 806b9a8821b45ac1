import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

/// One who proves itself with an ID and a secret at the machines' endpoints.
struct Credentials: Sendable {
    let id: String
    let secret: String

    var fields: [(String, String)] { [("client_id", id), ("client_secret", secret)] }
    var basic: (String, String) {
        ("Authorization", "Basic " + Data("\(id):\(secret)".utf8).base64EncodedString())
    }
}

extension TestSite {
    /// An API behind this installation; of one tenant, or of all.
    func api(of tenant: Tenant? = nil) async throws -> Credentials {
        let secret = Secret<ClientSecretKind>.random()
        let draft = ResourceServerDraft.check(name: "Orders API", slug: tenant?.slug.text ?? "") { _ in tenant }
        guard case .valid(let draft) = draft else { throw CancellationError() }
        let id = try #require(
            try await store.register(draft, secret: secret, by: cast.olga.person, at: clock.now))
        return Credentials(id: try #require(try store.resourceServer(id)).clientID, secret: secret.reveal())
    }

    var roster: Credentials {
        get throws { Credentials(id: try cast.rosterSync.app.clientID, secret: try cast.rosterSync.secret) }
    }

    /// `POST` of a form to an endpoint of the authorization server.
    func post(
        _ path: String, _ fields: [(String, String)], headers: [(String, String)] = [], host: String? = nil
    ) async throws -> Answer {
        let body = fields.map { "\(Browser.encode($0.0))=\(Browser.encode($0.1))" }.joined(separator: "&")
        return try await send(.post, path, headers: headers + [Self.form], body: Array(body.utf8), host: host)
    }

    func introspect(_ token: String, by who: Credentials, at tenant: String = "acme") async throws -> Answer {
        try await post("/t/\(tenant)/oauth/introspect", [("token", token)] + who.fields)
    }

    func revoke(_ token: String, by who: Credentials? = nil, at tenant: String = "acme") async throws -> Answer {
        try await post("/t/\(tenant)/oauth/revoke", [("token", token)] + (who ?? roster).fields)
    }

    /// A token of Roster Sync's own.
    func ownToken(scope: String? = nil, at tenant: String = "acme") async throws -> Answer {
        try await token(
            [("grant_type", "client_credentials")] + (scope.map { [("scope", $0)] } ?? []) + rosterCredentials(),
            at: tenant)
    }

    /// Whether the API takes this token now.
    func works(_ token: String) async throws -> Bool {
        let answer = try await call("/t/acme/api/v1/people", token)
        try #require([200, 401, 403].contains(answer.status), "\(answer.status)")
        return answer.status != 401
    }
}

extension Answer {
    var isActive: Bool? { json["active"] as? Bool }
}
