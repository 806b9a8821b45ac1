import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("OpenAPI")
struct OpenAPITests {
    /// Served, and not in the document: other spellings of what is in it, files, pages of the demo's.
    private static let left: Set<String> = [
        "GET /t/{tenant}/.well-known/openid-configuration", "GET /.well-known/openid-configuration/t/{tenant}",
        "GET /.well-known/oauth-authorization-server/t/{tenant}",
        "GET /.well-known/oauth-protected-resource/t/{tenant}/api/v1", "GET /openapi.json", "GET /assets/{file}",
    ]

    /// Whether an address is for machines, as far as its name says.
    private func isForMachines(_ path: String) -> Bool {
        let names = ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/.well-known/", "/api/", "/v2"]
        let whole = ["/auth/verify", "/leaked-tokens", "/openapi.json", "/healthz", "/readyz"]
        return whole.contains(path) || names.contains { path.contains($0) }
    }

    private func operations(_ site: TestSite) async throws -> [String: [String: Any]] {
        let paths = try #require(try await site.send(.get, "/openapi.json").json["paths"] as? [String: [String: Any]])
        var found: [String: [String: Any]] = [:]
        for (path, methods) in paths {
            for (method, operation) in methods where method != "parameters" {
                found["\(method.uppercased()) \(path)"] = try #require(operation as? [String: Any])
            }
        }
        return found
    }

    @Test func `it describes every address that machines call, and none that is not served`() async throws {
        let site = try await TestSite()
        let described = Set(try await operations(site).keys)
        let served = Set(site.site.routeTable().map { "\($0.method) \($0.path)" })
        #expect(described.subtracting(served) == [])
        let machines = served.filter { isForMachines(String($0.drop { $0 != "/" })) }
        #expect(machines.subtracting(described).subtracting(Self.left) == [], "add these to Resources/openapi.json")
    }

    @Test func `its scopes are the catalogue's, and each call needs the scope that it names`() async throws {
        let site = try await TestSite()
        let document = try await site.send(.get, "/openapi.json").json
        let components = try #require(document["components"] as? [String: Any])
        let schemes = try #require(components["securitySchemes"] as? [String: [String: Any]])
        let flows = try #require(schemes["oauth"]?["flows"] as? [String: [String: Any]])
        let scopes = try #require(flows["authorizationCode"]?["scopes"] as? [String: String])
        #expect(Set(scopes.keys) == Set(try site.store.scopeCatalogue().map(\.scope.text)))

        let ada = try await site.browser(signedInAs: site.cast.ada)
        for (name, operation) in try await operations(site) {
            let security = operation["security"] as? [[String: [String]]] ?? []
            guard let scope = security.first?["bearer"]?.first else { continue }
            let parts = name.split(separator: " ").map(String.init)
            let path = parts[1].replacingOccurrences(of: "{tenant}", with: "acme")
                .replacingOccurrences(of: "{contact}", with: "1").replacingOccurrences(of: "{token}", with: "tok_x")
            let other = scope == "account:read" ? "people:read" : "account:read"
            for (text, isEnough) in [(scope, true), (other, false)] {
                let token = try await ada.makeToken("For \(name)", scopes: [text])
                let answer = try await site.send(
                    try #require(HTTPRequest.Method(parts[0])), path,
                    headers: [("Authorization", "Bearer \(token.token)"), ("Content-Type", "application/json")],
                    body: Array(#"{"first_name":"New"}"#.utf8))
                #expect((answer.error != "insufficient_scope") == isEnough, "\(name) with \(text): \(answer.status)")
                try await ada.submit("/tokens/\(token.id)/revoke", ["reason": "x"])
            }
        }
    }

    @Test func `it names this installation's address, and is readable from any page`() async throws {
        let site = try await TestSite(base: "https://developers.example.com")
        let answer = try await site.send(.get, "/openapi.json")
        #expect(answer.status == 200 && answer.header("Access-Control-Allow-Origin") == "*")
        #expect(
            (answer.json["servers"] as? [[String: Any]])?.first?["url"] as? String == "https://developers.example.com")
        #expect(!answer.contains("@base@") && !answer.contains("@scopes@"))
    }
}
