import Foundation
import HTTPTypes
import OAuth
import Storage
import Testing

extension Browser {
    /// What the form of an app sends, with everything right.
    static func appFields(
        _ name: String = "Choir Roster", callbacks: [String] = ["https://choir.example/callback"],
        kind: String = "confidential", scopes: [String] = ["people:read"], action: String = "save",
        more: [(String, String)] = []
    ) -> [(String, String)] {
        [
            ("name", name), ("description", "Keeps the choir's own list of singers in step."),
            ("homepage", "https://choir.example/"), ("kind", kind), ("action", action),
        ] + callbacks.map { ("callbacks", $0) } + scopes.map { ("scopes", $0) } + more
    }

    /// Registers an app; its ID and secret, "" for a public one.
    func register(
        _ name: String = "Choir Roster", kind: String = "confidential",
        callbacks: [String] = ["https://choir.example/callback"], scopes: [String] = ["people:read"]
    ) async throws -> (id: String, clientID: String, secret: String) {
        let answer = try await submit(
            "/apps", Self.appFields(name, callbacks: callbacks, kind: kind, scopes: scopes), on: "/apps/new")
        try #require(answer.status == 303, "\(answer.status)")
        let parts = try #require(answer.location).split(separator: "/").map(String.init)
        try #require(parts.count == 3 && parts.first == "apps" && parts.last == "created")
        let page = try await get("/apps/\(parts[1])/created")
        let digits = try #require(page.body.components(separatedBy: "gw_id_").dropFirst().first).prefix(22)
        let clientID = "gw_id_" + digits
        return (id: parts[1], clientID: clientID, secret: Self.secret("gw_cs_", in: page.body) ?? "")
    }

    /// Rotates; the page that shows the new secret, or the refusal.
    func rotate(_ app: String, overlap: String) async throws -> Answer {
        let answer = try await submit("/apps/\(app)/secrets", ["overlap": overlap], on: "/account")
        guard answer.status == 303, let location = answer.location else { return answer }
        return try await get(location)
    }
}

extension TestSite {
    /// Whether the client authenticates: a code that never was is `invalid_grant` then, else `invalid_client`.
    func accepts(_ clientID: String, _ secret: String) async throws -> Bool {
        let code = Secret<AuthorizationCode>.random().reveal()
        let body =
            "grant_type=authorization_code&code=\(code)&code_verifier=\(Self.verifier)"
            + "&client_id=\(clientID)&client_secret=\(secret)"
        let answer = try await send(
            .post, "/t/acme/oauth/token", headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(body.utf8))
        try #require(answer.contains("invalid_grant") || answer.contains("invalid_client"), "\(answer.body)")
        return answer.contains("invalid_grant")
    }
}
