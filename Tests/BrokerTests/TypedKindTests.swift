@testable import Broker
import Crypto
import Foundation
import OAuth
import Testing

@Suite("Credentials that somebody types")
struct TypedKindTests {
    private let now = Instant(seconds: 1_790_000_000)
    private let nobody = ClientRegistration(id: "", secret: nil)

    static let entries = """
        store:
          title: Store
          docs: https://store.example/docs
          auth: app_store
          jwt:
            key: "{privateKey}"
            header: {kid: "{privateKeyId}"}
            claims: {iss: "{issuerId}", aud: store-v1, scope: "{scope}"}
            lifetime: 1200
          api: {base: "https://api.store.example"}
        blog:
          title: Blog
          docs: https://blog.example/docs
          auth: jwt
          credentials:
            privateKey: {title: Admin key, shape: pair, secret: true}
          jwt:
            algorithm: HS256
            key: "{privateKey.secret}"
            key_encoding: hex
            header: {kid: "{privateKey.id}"}
            claims: {aud: /admin/, site: "{site}"}
            lifetime: 300
          api: {base: "https://{site}.blog.example/api", headers: {authorization: "Blog {accessToken}"}}
          fields: {site: {title: Site}}
        suite:
          title: Suite
          docs: https://suite.example/docs
          auth: tba
          realm: "{accountId}"
          realm_style: upper_underscore
          api: {base: "https://{accountId}.suite.example/rest"}
          fields: {accountId: {title: Account}}
        login:
          title: Login
          docs: https://login.example/docs
          auth: two_step
          credentials:
            user: {title: User}
            password: {title: Password, secret: true}
            pin: {title: PIN, secret: true, optional: true}
          token:
            url: https://{site}.login.example/session
            parameters: {user: "{user}", password: "{password}", pin: "{pin}", client: "gatewright"}
            headers: {x-site: "{site}"}
            token_at: data.token
            expires_in_at: data.life
            assumed_lifetime: 100
          api: {base: "https://{site}.login.example", headers: {x-session: "{accessToken}", x-user: "{user}"}}
          fields: {site: {title: Site}}
        """

    private func provider(_ key: String) throws -> Provider {
        let file = ProviderFile(Self.entries)
        #expect(file.problems.isEmpty, "\(file.problems)")
        return try #require(file.providers.first { $0.key == key })
    }

    private func parts(_ token: String?) throws -> (head: String, claims: String, signature: Data, message: Data) {
        let parts = try #require(token).split(separator: ".").map(String.init)
        try #require(parts.count == 3)
        func data(_ part: String) throws -> Data {
            let plain = part.replacing("-", with: "+").replacing("_", with: "/")
            return try #require(
                Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4)))
        }
        return (
            String(decoding: try data(parts[0]), as: UTF8.self), String(decoding: try data(parts[1]), as: UTF8.self),
            try data(parts[2]), Data((parts[0] + "." + parts[1]).utf8)
        )
    }

    private func made(_ step: TypedCredentials) throws -> MadeToken {
        guard case .ready(.made(let made)) = step else { throw Missing() }
        return made
    }

    private struct Missing: Error {}

    @Test(arguments: ["pem", "base64", "one line"])
    func `RFC 7518 §3.4: a token signed with ES256, whatever became of the key's line breaks`(form: String) throws {
        let key = P256.Signing.PrivateKey()
        let pem = key.pemRepresentation
        let sent =
            switch form {
            case "base64": Base64.encoded(pem.utf8)
            case "one line": pem.replacing("\n", with: "")
            default: pem
            }
        let typed = [
            "privateKeyId": "K1", "issuerId": "I1", "privateKey": sent, "scope": "GET /v1/apps\nGET /v1/users",
        ]
        let made = try made(
            try provider("store").credentials(from: typed, values: [:], scopes: [], client: nobody, at: now))
        let token = try parts(made.token)
        #expect(token.head == #"{"alg":"ES256","typ":"JWT","kid":"K1"}"#)
        #expect(
            token.claims == #"{"iss":"I1","aud":"store-v1","scope":["GET /v1/apps","GET /v1/users"],"#
                + #""iat":1789999970,"exp":1790001170}"#)
        #expect(
            key.publicKey.isValidSignature(
                try P256.Signing.ECDSASignature(rawRepresentation: token.signature), for: token.message))
        #expect(made.expiresAt == Instant(seconds: 1_790_001_170) && made.kind == .appStore)
        // What is stored holds the key and no token, and nothing is due.
        let stored = Credentials.made(made).stored
        #expect(!String(decoding: stored, as: UTF8.self).contains(made.token ?? "-"))
        guard case .made(let read)? = Credentials(stored: stored) else { throw Missing() }
        #expect(read.token == nil && read.typed == typed)
        #expect(Credentials.made(made).expiresAt == nil && !Credentials.made(made).isRefreshable)
    }

    @Test func `RFC 7518 §3.2: HS256 with a key in hexadecimal, whose two halves come as text or as an object`() throws
    {
        let provider = try provider("blog")
        let field = try #require(provider.method.typed.first)
        let object = JSONValue.object([.init("id", .string("ab12")), .init("secret", .string("00ff10"))])
        for text in ["ab12:00ff10", try #require(field.text(object))] {
            let made = try made(
                provider.credentials(
                    from: ["privateKey": text], values: ["site": "acme"], scopes: [], client: nobody, at: now))
            let token = try parts(made.token)
            #expect(token.head == #"{"alg":"HS256","typ":"JWT","kid":"ab12"}"#)
            #expect(token.claims == #"{"aud":"/admin/","site":"acme","iat":1789999970,"exp":1790000270}"#)
            #expect(
                HMAC<SHA256>.isValidAuthenticationCode(
                    token.signature, authenticating: token.message, using: SymmetricKey(data: [0x00, 0xFF, 0x10])))
            let call = try provider.proxy(
                ProxyAsk(method: .get, path: "posts", headers: [], body: [], base: nil), with: .made(made),
                values: ["site": "acme"], client: nil, once: OAuth1.Once(nonce: "n", time: now))
            #expect(call.headers.contains { $0.name == "authorization" && $0.value == "Blog " + (made.token ?? "") })
        }
    }

    @Test(arguments: ["", "ab", "ab:", ":ab", "a:b:c", "ab:xyz", "ab:0", "ab:00\n"])
    func `a key that cannot sign is refused by its name`(text: String) throws {
        let provider = try provider("blog")
        let reason: ConnectRefusal.Reason =
            text.isEmpty ? .missingCredential("privateKey") : .invalidCredential("privateKey")
        #expect(throws: ConnectRefusal(reason)) {
            try provider.credentials(
                from: ["privateKey": text], values: ["site": "a"], scopes: [], client: nobody, at: now)
        }
    }

    @Test func `a PEM of another algorithm is no key`() throws {
        let other = Curve25519.Signing.PrivateKey().rawRepresentation.base64EncodedString()
        for key in ["-----BEGIN PRIVATE KEY-----\n\(other)\n-----END PRIVATE KEY-----", "not a key", "AAAA"] {
            #expect(throws: ConnectRefusal(.invalidCredential("privateKey"))) {
                try provider("store").credentials(
                    from: ["privateKeyId": "K", "issuerId": "I", "privateKey": key], values: [:], scopes: [],
                    client: nobody, at: now)
            }
        }
    }

    @Test func `RFC 5849 §3.4: each call is signed with HMAC-SHA256, and the realm is not`() throws {
        let provider = try provider("suite")
        let consumer = ClientRegistration(id: "ck", secret: "cs")
        guard
            case .ready(let credentials) = try provider.credentials(
                from: ["token_id": "ti", "token_secret": "ts"], values: [:], scopes: [], client: consumer, at: now)
        else { throw Missing() }
        let call = try provider.proxy(
            ProxyAsk(method: .get, path: "record/v1/customer?limit=5", headers: [], body: [], base: nil),
            with: credentials, values: ["accountId": "1234567-sb1"], client: consumer,
            once: OAuth1.Once(nonce: "n1", time: Instant(seconds: 1_508_242_306)))
        let header = try #require(call.headers.first { $0.name == "authorization" }?.value)
        #expect(header.hasPrefix(#"OAuth realm="1234567_SB1", oauth_consumer_key="ck", oauth_nonce="n1", "#))
        #expect(header.contains(#"oauth_signature_method="HMAC-SHA256""#) && header.contains(#"oauth_token="ti""#))
        // Computed apart, with Python's hmac over the base string of §3.4.1.
        #expect(header.hasSuffix(#"oauth_signature="VtumN%2BtMnkONO0xT39gtl3oGdImtPU6o2jnGm7a15rk%3D""#), "\(header)")
        #expect(call.url == "https://1234567-sb1.suite.example/rest/record/v1/customer?limit=5")
    }

    @Test func `without the integration's consumer a connection needs its own, and both halves of it`() throws {
        let provider = try provider("suite")
        var typed = ["token_id": "ti", "token_secret": "ts", "oauth_client_id_override": "own"]
        #expect(throws: ConnectRefusal(.notConfigured)) {
            try provider.credentials(from: typed, values: [:], scopes: [], client: nobody, at: now)
        }
        typed["oauth_client_secret_override"] = "own-secret"
        guard
            case .ready(.tba(_, let consumer?)) = try provider.credentials(
                from: typed, values: [:], scopes: [], client: nobody, at: now)
        else { throw Missing() }
        #expect(consumer.id == "own" && consumer.secret == "own-secret")
        let sealed = Credentials.tba(OAuth1Token(token: "ti", secret: "ts"), consumer: consumer).stored
        guard case .tba(let token, let read?)? = Credentials(stored: sealed) else { throw Missing() }
        #expect(token.token == "ti" && token.secret == "ts" && read.id == "own" && read.secret == "own-secret")
    }

    @Test func `two steps: what was typed is posted, the token and its life are read, and it is posted again`() throws {
        let provider = try provider("login")
        let typed = ["user": "ada", "password": "p\"w", "pin": ""]
        guard
            case .ask(let call) = try provider.credentials(
                from: typed, values: ["site": "acme"], scopes: [], client: nobody, at: now)
        else { throw Missing() }
        #expect(call.method == .post && call.url == "https://acme.login.example/session")
        #expect(
            String(decoding: call.body, as: UTF8.self) == #"{"user":"ada","password":"p\"w","client":"gatewright"}"#)
        #expect(call.headers.contains { $0.name == "x-site" && $0.value == "acme" })
        func answer(_ status: Int, _ body: String) -> Result<Credentials, TokenAnswer.Trouble> {
            provider.credentials(from: typed, answer: .response(status: status, body: Array(body.utf8)), at: now)
        }
        guard case .made(let made) = try answer(200, #"{"data":{"token":"t-1","life":60}}"#).get() else {
            throw Missing()
        }
        #expect(made.token == "t-1" && made.expiresAt == now + 60 && made.typed == ["user": "ada", "password": "p\"w"])
        #expect(Credentials.made(made).isRefreshable && Credentials.made(made).expiresAt == now + 60)
        #expect(try answer(200, #"{"data":{"token":"t-1"}}"#).get().expiresAt == now + 100)
        for (status, body, kind) in [
            (401, "{}", ConnectionHealth.Kind.gone), (400, "no", .gone), (500, "{}", .unavailable),
            (200, "{}", .unavailable), (200, "<html>", .unavailable), (404, "{}", .unavailable),
        ] {
            guard case .failure(let trouble) = answer(status, body) else { return #expect(Bool(false)) }
            #expect(trouble.kind == kind, "\(status) \(body)")
        }
        let call2 = try provider.proxy(
            ProxyAsk(method: .get, path: "me", headers: [], body: [], base: nil), with: .made(made),
            values: ["site": "acme"], client: nil, once: OAuth1.Once(nonce: "n", time: now))
        #expect(call2.headers.contains { $0.name == "x-session" && $0.value == "t-1" })
        #expect(call2.headers.contains { $0.name == "x-user" && $0.value == "ada" })
    }

    @Test func `no value of a connection stands under a credential's name`() throws {
        let login = try provider("login")
        #expect(try login.values(from: ["site": "acme", "theirs": "x"]) == ["site": "acme", "theirs": "x"])
        for name in ["pin", "password", "user", "accessToken", "apiKey", "username"] {
            #expect(throws: ConnectRefusal(.invalidValue(name))) {
                try login.values(from: ["site": "acme", name: "1234"])
            }
        }
        #expect(throws: ConnectRefusal(.invalidValue("privateKey.secret"))) {
            try provider("blog").values(from: ["site": "acme", "privateKey.secret": "00"])
        }
        #expect(throws: ConnectRefusal(.invalidValue("scope"))) { try provider("store").values(from: ["scope": "x"]) }
    }

    @Test func `what is wrong with such an entry is said`() {
        func problems(_ text: String) -> String {
            ProviderFile(text).problems.map(\.description).joined(separator: "\n")
        }
        let open = problems(
            """
            open:
              title: O
              docs: https://o.example
              auth: two_step
              credentials: {user: {title: User}}
              token: {url: "https://o.example/t", parameters: {user: "{usr}"}}
            """)
        #expect(open.contains("has nothing with secret: true") && open.contains("token_at: is missing"))
        #expect(open.contains("asks for \"usr\", which is no credential"))
        let odd = problems(
            """
            odd:
              title: O
              docs: https://o.example
              auth: jwt
              credentials: {k: {title: K, secret: true, shape: block}}
              jwt: {algorithm: none, key: k, key_encoding: hex, claims: {iss: "{nobody}"}}
              fields: {k: {title: K}}
            """)
        #expect(odd.contains("\"none\" is none of them") && odd.contains("\"block\" is none of them"))
        #expect(odd.contains("must name the credential that signs"))
        #expect(odd.contains("lifetime: is missing"))
        #expect(
            problems("x: {title: X, docs: 'https://x.example', auth: tba, realm: '{a}'}").contains("asks for \"a\""))
    }
}
