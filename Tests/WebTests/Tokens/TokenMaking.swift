import Foundation
import HTTPTypes
import OAuth
import Storage
import Testing

extension Browser {
    /// Makes a developer token through the form and reads it off the page that shows it.
    ///
    /// - Parameter description: one of its own unless said otherwise: no two active tokens share one.
    func makeToken(
        _ description: String = "CI deploy \(Int.random(in: 1...999_999))",
        scopes: [String] = ["account:read", "people:read"],
        at tenant: String = "acme", expires: String = "90"
    ) async throws -> (id: String, token: String) {
        let answer = try await submit(
            "/tokens", Self.tokenFields(description, scopes: scopes, at: tenant, expires: expires), on: "/tokens/new")
        try #require(answer.status == 303, "\(answer.status)")
        let location = try #require(answer.location)
        let parts = location.split(separator: "/").map(String.init)
        try #require(parts.count == 3 && parts.first == "tokens" && parts.last == "created")
        let shown = try #require(Self.secret("gw_dt_", in: try await get(location).body))
        return (id: parts[1], token: shown)
    }

    static func tokenFields(
        _ description: String = "CI deploy", scopes: [String] = ["account:read"], at tenant: String = "acme",
        expires: String = "90"
    ) -> [(String, String)] {
        [("tenant", tenant), ("description", description), ("expires", expires), ("action", "create")]
            + scopes.map { ("scopes", $0) }
    }

    /// The first secret of this kind in a page; the `gw_dt_…x9Zq` of lists is none.
    static func secret(_ prefix: String, in body: String) -> String? {
        var rest = body[...]
        while let range = rest.range(of: prefix) {
            let digits = rest[range.upperBound...].prefix(36)
            if digits.utf8.count == 36, digits.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) {
                return prefix + digits
            }
            rest = rest[range.upperBound...]
        }
        return nil
    }
}

extension TestSite {
    /// `GET` with a bearer token and nothing else.
    func call(_ path: String, _ token: String) async throws -> Answer {
        try await send(.get, path, headers: [("Authorization", "Bearer \(token)"), ("Accept", "application/json")])
    }

    /// How many rows a table has.
    func count(_ table: String) throws -> Int64 {
        let row = try engine.read { db in
            switch table {
            case "apps": try db.row("SELECT count(*) AS number FROM apps")
            case "tenants": try db.row("SELECT count(*) AS number FROM tenants")
            case "outbox": try db.row("SELECT count(*) AS number FROM outbox")
            default: try db.row("SELECT count(*) AS number FROM developer_tokens")
            }
        }
        return try #require(row).integer("number")
    }
}
