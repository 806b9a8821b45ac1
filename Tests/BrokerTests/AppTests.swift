@testable import Broker
import Crypto
import CryptoExtras
import Foundation
import OAuth
import Testing

@Suite("Apps that are installed")
struct AppTests {
    private let now = Instant(seconds: 1_790_000_000)

    private func app() throws -> AppInstallation {
        let file = ProviderFile(
            """
            hub:
              title: Hub
              docs: https://hub.example/docs
              auth: app
              install: {url: "https://hub.example/apps/ours/installations/new"}
              token: {url: "https://api.hub.example/app/installations/{installation_id}/access_tokens"}
              fields: {installation_id: {title: Installation, format: digits, from: callback}}
            """)
        #expect(file.problems.isEmpty, "\(file.problems)")
        guard case .app(let app)? = file.providers.first?.method else { throw Missing() }
        return app
    }

    private struct Missing: Error {}

    @Test(arguments: [false, true])
    func `RFC 7519: the app signs who it is for nine minutes, with a key in PEM or its base64`(isEncoded: Bool) throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let pem = key.pemRepresentation
        let secret = isEncoded ? Base64.encoded(pem.utf8) : pem
        let call = try app().token(
            client: ClientRegistration(id: "12345", secret: secret), values: ["installation_id": "77"], at: now)
        #expect(call.url == "https://api.hub.example/app/installations/77/access_tokens")
        let header = try #require(call.headers.first { $0.name == "authorization" }?.value)
        let parts = header.dropFirst("Bearer ".count).split(separator: ".").map(String.init)
        try #require(parts.count == 3)
        #expect(try text(of: parts[0]) == #"{"alg":"RS256","typ":"JWT"}"#)
        #expect(try text(of: parts[1]) == #"{"iat":1789999940,"exp":1790000540,"iss":"12345"}"#)
        let signature = _RSA.Signing.RSASignature(rawRepresentation: try data(of: parts[2]))
        #expect(
            key.publicKey.isValidSignature(
                signature, for: SHA256.hash(data: Data((parts[0] + "." + parts[1]).utf8)), padding: .insecurePKCS1v1_5))
    }

    @Test(arguments: [nil, "", "not a key", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"])
    func `a key that is none is the developer's mistake, not a crash`(secret: String?) throws {
        let app = try app()
        #expect(throws: ConnectProblem.notConfigured) {
            try app.token(
                client: ClientRegistration(id: "1", secret: secret), values: ["installation_id": "7"], at: now)
        }
        #expect(throws: ConnectProblem.missingValue) {
            try app.token(client: ClientRegistration(id: "1", secret: secret), values: [:], at: now)
        }
    }

    @Test func `its answer has a token and a date; an installation that is gone stays gone`() throws {
        let app = try app()
        func absorb(_ status: Int, _ body: String) -> Result<TokenAnswer, TokenAnswer.Trouble> {
            app.absorb(.response(status: status, body: Array(body.utf8)), at: now)
        }
        let answer = try absorb(201, #"{"token":"ghs_1","expires_at":"2026-09-21T15:00:00Z"}"#).get()
        #expect(answer.accessToken == "ghs_1" && answer.expiresAt?.wireText == "2026-09-21T15:00:00.000Z")
        #expect(try absorb(201, #"{"token":"ghs_1"}"#).get().expiresAt == now + 3600)
        for (status, kind) in [
            (404, ConnectionHealth.Kind.gone), (401, .misconfigured), (500, .unavailable), (201, .unavailable),
        ] {
            guard case .failure(let trouble) = absorb(status, "{}") else { return #expect(Bool(false)) }
            #expect(trouble.kind == kind, "\(status)")
        }
    }

    private func data(of part: String) throws -> Data {
        let plain = part.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - plain.count % 4) % 4)
        return try #require(Data(base64Encoded: plain + padding))
    }

    private func text(of part: String) throws -> String { String(decoding: try data(of: part), as: UTF8.self) }
}

@Suite("Token calls that differ")
struct TokenCallTests {
    private func token(_ keys: String) throws -> OAuth2.Token {
        let file = ProviderFile(
            """
            p:
              title: P
              docs: https://p.example/docs
              auth: oauth2
              authorize: {url: "https://p.example/a"}
              token:
                url: https://p.example/t
            \(keys)
              fields: {context: {title: Store, format: text, from: callback}}
            """)
        #expect(file.problems.isEmpty, "\(file.problems)")
        guard case .oauth2(let oauth2)? = file.providers.first?.method else { throw Missing() }
        return oauth2.token
    }

    private struct Missing: Error {}
    private let client = ClientRegistration(id: "id", secret: "sk_1")

    @Test func `the secret alone as the user name of Basic`() throws {
        let call = try token("    client: secret").refresh("r", client: client, values: [:])
        #expect(
            call.headers.contains { $0.name == "authorization" && $0.value == "Basic " + Base64.encoded("sk_1:".utf8) })
        #expect(String(decoding: call.body, as: UTF8.self) == "grant_type=refresh_token&refresh_token=r")
    }

    @Test func `parameters under other names, values of the connection in them, and headers of its own`() throws {
        let call = try token(
            """
                rename: {client_id: client_key, code: auth_code}
                parameters: {context: "{context}", odd: "{not closed"}
                headers: {notion-version: "2022-06-28"}
            """
        ).exchange(
            code: "c", verifier: nil, redirectURI: "https://g.example/cb", client: client,
            values: ["context": "stores/1"])
        let body = String(decoding: call.body, as: UTF8.self)
        #expect(body.contains("auth_code=c&") && body.contains("&client_key=id&client_secret=sk_1"))
        #expect(body.contains("&context=stores%2F1&odd=%7Bnot%20closed"))
        #expect(call.headers.contains { $0.name == "notion-version" && $0.value == "2022-06-28" })
        #expect(throws: ConnectProblem.missingValue) {
            try token("    parameters: {context: \"{context}\"}").exchange(
                code: "c", verifier: nil, redirectURI: "x", client: client, values: [:])
        }
    }

    @Test func `a token is revoked where and how the provider wants to hear of it`() throws {
        let both = Credentials.oauth2(accessToken: "at", refreshToken: "rt", expiresAt: nil, raw: .null)
        func revoked(_ keys: String, _ credentials: Credentials? = nil) throws -> (ProviderCall, String) {
            let call = try #require(
                try token(keys).revocation?.call(of: credentials ?? both, client: client, values: [:]))
            return (call, String(decoding: call.body, as: UTF8.self))
        }
        let url = "https://p.example/revoke"
        #expect(try revoked("    revocation_url: \(url)").1 == "token=rt&client_id=id&client_secret=sk_1")
        let only = Credentials.oauth2(accessToken: "at", refreshToken: nil, expiresAt: nil, raw: .null)
        #expect(try revoked("    revocation_url: \(url)", only).1.hasPrefix("token=at&"))
        let json = try revoked("    revocation: {url: \"\(url)\", place: json, client: basic}")
        #expect(json.1 == #"{"token":"rt"}"# && json.0.headers.contains { $0.value == client.basic })
        let bearer = try revoked("    revocation: {url: \"\(url)\", of: access, place: bearer}")
        #expect(bearer.1.isEmpty && bearer.0.headers.contains { $0.value == "Bearer at" })
        let query = try revoked("    revocation: {url: \"\(url)\", of: access, place: query, parameter: access_token}")
        #expect(query.0.url == url + "?access_token=at" && query.1.isEmpty)
        let path = try revoked("    revocation: {method: delete, url: \"\(url)\", place: path}")
        #expect(path.0.method == .delete && path.0.url == url + "/rt" && path.1.isEmpty)
        let header = try revoked(
            "    revocation: {method: delete, url: \"\(url)\", of: access, place: header, headers: {x-session: \"{token}\"}}"
        )
        #expect(header.0.method == .delete && header.0.url == url && header.1.isEmpty)
        #expect(header.0.headers.contains { $0.name == "x-session" && $0.value == "at" })
        let odd = try revoked(
            "    revocation: {method: delete, url: \"\(url)\", of: access, client: body, rename: {client_id: client_key}, "
                + "parameters: {token_type_hint: access_token}, headers: {authorization: \"Bearer {token}\"}}")
        #expect(odd.1 == "token=at&token_type_hint=access_token&client_key=id&client_secret=sk_1")
        #expect(odd.0.method == .delete && odd.0.headers.contains { $0.value == "Bearer at" })
        let inherited = try revoked(
            "    rename: {client_id: client_key}\n    headers: {x-version: \"2\"}\n    revocation_url: \(url)")
        #expect(inherited.1.hasSuffix("&client_key=id&client_secret=sk_1") && inherited.0.method == .post)
        #expect(inherited.0.headers.contains { $0.name == "x-version" && $0.value == "2" })
        #expect(try token("").revocation?.call(of: both, client: client, values: [:]) == nil)
        #expect(
            try token("    revocation_url: \(url)").revocation?.call(of: .apiKey("k"), client: client, values: [:])
                == nil)
    }

    @Test func `a revocation's header may hold the token and nothing else`() {
        let file = ProviderFile(
            """
            p:
              title: P
              docs: https://p.example/docs
              authorize: {url: "https://p.example/a"}
              token: {url: "https://p.example/t", revocation: {url: "https://p.example/r", method: get, headers: {x: "{nobody}"}}}
            """)
        #expect(file.problems.contains { $0.explanation.contains("may hold {token}") })
        #expect(file.problems.contains { $0.explanation.contains("post, delete") })
        let nowhere = ProviderFile(
            """
            p:
              title: P
              docs: https://p.example/docs
              auth: oauth2
              authorize: {url: "https://p.example/a"}
              token: {url: "https://p.example/t", revocation: {url: "https://p.example/r", place: header}}
            """)
        #expect(nowhere.problems.contains { $0.explanation.contains("one of headers must hold {token}") })
    }

    @Test func `a header asks for nothing that a connection cannot have`() {
        let file = ProviderFile(
            """
            p:
              title: P
              docs: https://p.example/docs
              auth: api_key
              api: {base: "https://p.example", headers: {x-a: "{apiKey}", x-b: "{nobody}"}, verify: v1}
            """)
        #expect(file.problems.count == 2, "\(file.problems)")
        #expect(file.problems.contains { $0.explanation.contains("\"nobody\"") })
        #expect(file.problems.contains { $0.path.hasSuffix("verify") })
    }
}
