import Broker
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

    /// The broker's, whose names may hold anything: the document has a parameter where the route takes all that follows.
    private static let broker = [
        "connection", "connections", "config", "integrations", "provider", "providers", "proxy", "api-auth", "unauth",
        "app-store-auth", "oauth2", "environment-variables", "health",
    ]

    /// The route that answers a described operation.
    private func route(_ operation: String, _ served: Set<String>) -> String {
        guard !served.contains(operation), let brace = operation.firstIndex(of: "{") else { return operation }
        return operation[..<brace] + "**"
    }

    /// Whether an address is for machines, as far as its name says.
    private func isForMachines(_ path: String) -> Bool {
        let names = ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/.well-known/", "/api/", "/v2"]
        let whole = ["/auth/verify", "/leaked-tokens", "/openapi.json", "/healthz", "/readyz"]
        // The hosted page and the addresses where browsers are sent are for people.
        let isOfBroker =
            Self.broker.contains(String(path.split(separator: "/").first ?? "")) || path.hasPrefix("/connect/")
            || path.hasPrefix("/auth/")
        return whole.contains(path) || names.contains { path.contains($0) } || isOfBroker
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
        // Browsers ask by OPTIONS for themselves.
        let served = Set(site.site.routeTable().filter { $0.method != "OPTIONS" }.map { "\($0.method) \($0.path)" })
        let described = Set(try await operations(site).keys.map { route($0, served) })
        #expect(described.subtracting(served) == [])
        let machines = served.filter { isForMachines(String($0.drop { $0 != "/" })) }
        #expect(machines.subtracting(described).subtracting(Self.left) == [], "add these to Resources/openapi.json")
    }

    @Test func `each call of the broker needs the scope of a key that it names`() async throws {
        let world = try await BrokerWorld()
        try await world.connect("grace")
        var keys: [BrokerScope: String] = [:]
        for (name, operation) in try await operations(world.site) {
            let words = (operation["description"] as? String ?? "").split(separator: "`")
            guard words.first == "Needs the scope ", let scope = words.dropFirst().first else { continue }
            let needed = try #require(BrokerScope(rawValue: String(scope.dropFirst("environment:".count))), "\(scope)")
            // Reading a connection without its credentials is another scope's.
            let enough: Set<BrokerScope> = needed == .readCredentials ? [needed, .readConnections] : [needed]
            let parts = name.split(separator: " ").map(String.init)
            let path = parts[1].replacingOccurrences(of: "{connection_id}", with: "grace")
                .replacingOccurrences(of: "{provider_config_key}", with: "photos")
                .replacingOccurrences(of: "{path}", with: "me")
            if keys[needed] == nil {
                let key = Secret<EnvironmentKey>.random()
                let others = BrokerScope.allCases.filter { !enough.contains($0) }
                _ = try #require(
                    try await world.store.addKey(
                        key, EnvironmentKeyDraft(name: needed.rawValue, scopes: others), to: world.environment,
                        by: .system, at: world.site.clock.now))
                keys[needed] = key.reveal()
            }
            let answer = try await world.call(
                try #require(HTTPRequest.Method(parts[0])), path + "?provider_config_key=photos", "{}",
                key: keys[needed])
            #expect(answer.status == 403, "\(name) without \(needed.rawValue): \(answer.status)")
        }
        #expect(keys.count >= 13)
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
