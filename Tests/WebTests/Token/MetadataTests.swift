import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("RFC 8414 · Metadata, through the server")
struct MetadataEndpointTests {
    private static let spellings = [
        "/.well-known/oauth-authorization-server/t/acme", "/t/acme/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration/t/acme", "/t/acme/.well-known/openid-configuration",
    ]

    @Test func `§3.1: every spelling that clients try gives the same document`() async throws {
        let site = try await TestSite()
        var documents: Set<String> = []
        for path in Self.spellings {
            let answer = try await site.send(.get, path)
            #expect(answer.status == 200 && answer.header("Content-Type") == "application/json", "\(path)")
            documents.insert(answer.body)
        }
        for path in ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"] {
            documents.insert(try await site.send(.get, path, host: "acme.localhost:8080").body)
        }
        #expect(documents.count == 1)
    }

    @Test func `Case 271, RFC 9207 §2: issuer is, byte for byte, the iss of the authorize answer`() async throws {
        let site = try await TestSite()
        let issuer = try await site.send(.get, Self.spellings[0]).json["issuer"] as? String
        let answer = try await site.browser(signedInAs: site.cast.ada).decide("allow", at: site.authorizePath())
        let iss = try #require(answer.parameter("iss"))
        #expect(Array(iss.utf8) == Array((issuer ?? "").utf8))
        let other = try await site.send(.get, "/.well-known/oauth-authorization-server/t/globex")
        #expect(other.json["issuer"] as? String == "http://127.0.0.1:8080/t/globex")
    }

    @Test func `§2: the issuer is the form that the operator chose, wherever it is named`() async throws {
        let site = try await TestSite(base: "https://gatewright.example", issuerForm: .subdomain)
        let own = "https://acme.gatewright.example"
        for (path, host) in [
            ("/.well-known/oauth-authorization-server", "acme.gatewright.example"),
            ("/.well-known/oauth-authorization-server/t/acme", "gatewright.example"),
        ] {
            let document = try await site.send(.get, path, host: host).json
            #expect(document["issuer"] as? String == own)
            #expect(document["authorization_endpoint"] as? String == own + "/oauth/authorize")
            #expect(document["token_endpoint"] as? String == own + "/oauth/token")
        }
        let resource = try await site.send(
            .get, "/.well-known/oauth-protected-resource/api/v1", host: "acme.gatewright.example")
        #expect(resource.json["resource"] as? String == own + "/api/v1")
        #expect(resource.json["authorization_servers"] as? [String] == [own])

        // Its endpoints: the browser is sent to where people sign in and back to the callback; the rest is answered here.
        let path = try site.authorizePath()
        let begun = try await site.send(.get, String(path.dropFirst("/t/acme".count)), host: "acme.gatewright.example")
        #expect(begun.location == "https://gatewright.example" + path)
        let answer = try await site.browser(signedInAs: site.cast.ada).decide("allow", at: path)
        #expect(answer.parameter("iss") == own)
        let fields = try site.redemption(of: try #require(answer.parameter("code"))) + site.rosterCredentials()
        let body = fields.map { "\(Browser.encode($0.0))=\(Browser.encode($0.1))" }.joined(separator: "&")
        let tokens = try await site.send(
            .post, "/oauth/token", headers: [TestSite.form], body: Array(body.utf8), host: "acme.gatewright.example")
        let token = try #require(tokens.json["access_token"] as? String, "\(tokens.body)")
        let told = try await site.introspect(token, by: try await site.api())
        #expect(told.json["iss"] as? String == own)
        // And the other form goes on routing.
        #expect(try await site.redeem("gw_ac_nothing").error == "invalid_grant")
    }

    @Test func `Case 271: cacheable, readable from any page, and without secrets`() async throws {
        let site = try await TestSite()
        for path in Self.spellings {
            let answer = try await site.send(.get, path, headers: [("Origin", "https://inspector.example")])
            #expect(answer.header("Cache-Control") == "public, max-age=300")
            #expect(answer.header("Access-Control-Allow-Origin") == "*")
            #expect(answer.header("Access-Control-Allow-Credentials") == nil && answer.setCookies.isEmpty)
            #expect(!answer.contains("gw_"))
        }
    }

    @Test func `§3.2: every endpoint in it is there, and answers what it is for`() async throws {
        let site = try await TestSite()
        let document = try await site.send(.get, Self.spellings[0]).json
        let base = site.site.settings.base.text
        for name in ["token_endpoint", "revocation_endpoint", "introspection_endpoint"] {
            let address = try #require(document[name] as? String)
            #expect(address.hasPrefix(base + "/t/acme/oauth/"))
            let answer = try await site.post(String(address.dropFirst(base.count)), [])
            #expect(answer.status == 400 && answer.error == "invalid_request", "\(name)")
        }
        let methods = try #require(document["introspection_endpoint_auth_methods_supported"] as? [String])
        #expect(methods == ["client_secret_basic", "client_secret_post"])
    }

    @Test func `§2: scopes_supported is the catalogue that the server uses`() async throws {
        let site = try await TestSite()
        let document = try await site.send(.get, Self.spellings[0]).json
        let catalogue = try site.store.scopeCatalogue().map(\.scope.text).sorted()
        #expect(document["scopes_supported"] as? [String] == catalogue)
    }

    @Test func `a tenant that is not there, or is suspended, publishes nothing`() async throws {
        let site = try await TestSite()
        #expect(try await site.send(.get, "/.well-known/oauth-authorization-server/t/nowhere").status == 404)
        try await site.suspend("tenant", try site.cast.acme.id.text)
        for path in Self.spellings { #expect(try await site.send(.get, path).status == 404) }
    }

    @Test func `RFC 9728 §2, §3.1: the API names its authorization server`() async throws {
        let site = try await TestSite()
        let answer = try await site.send(.get, "/.well-known/oauth-protected-resource/t/acme/api/v1")
        #expect(answer.json["resource"] as? String == "http://127.0.0.1:8080/t/acme/api/v1")
        #expect(answer.json["authorization_servers"] as? [String] == ["http://127.0.0.1:8080/t/acme"])
        #expect(answer.json["bearer_methods_supported"] as? [String] == ["header"])
        let host = try await site.send(
            .get, "/.well-known/oauth-protected-resource/api/v1", host: "acme.localhost:8080")
        #expect(host.body == answer.body)
    }
}
