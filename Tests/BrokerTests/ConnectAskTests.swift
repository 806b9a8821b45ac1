import Broker
import OAuth
import Testing

@Suite("What a browser asks for")
struct ConnectAskTests {
    @Test func `both spellings of a connection value say the same`() throws {
        let raw = try ConnectAsk(query: "connection_id=u1&public_key=k&params[subdomain]=acme&user_scope=a,b")
        let encoded = try ConnectAsk(query: "connection_id=u1&public_key=k&params%5Bsubdomain%5D=acme&user_scope=a%2Cb")
        for ask in [raw, encoded] {
            #expect(ask.values == ["subdomain": "acme"])
            #expect(ask.userScope == "a,b")
            #expect(ask.connectionID == "u1")
        }
    }

    @Test func `authorization parameters are kept in order, and undefined takes one away`() throws {
        let ask = try ConnectAsk(query: "authorization_params[prompt]=undefined&authorization_params[hd]=acme.example")
        #expect(ask.parameters.map(\.name) == ["prompt", "hd"])
        #expect(ask.parameters.map(\.value) == [nil, "acme.example"])
    }

    @Test(arguments: [
        "hmac=a&hmac=b", "connection_id=a&connection_id=a", "params[a]=1&params[a]=2", "params[a]=1&params%5Ba%5D=2",
        "public_key=a&public_key=", "authorization_params[x]=1&authorization_params[x]=2",
    ])
    func `Case 187: a parameter that comes twice is no request`(query: String) {
        #expect(throws: ConnectRefusal.self) { try ConnectAsk(query: query) }
    }

    @Test func `what is not one of the wire's names is left alone`() throws {
        let ask = try ConnectAsk(query: "params=x&params[]=y&params[a=z&other=1&other=2")
        #expect(ask.values.isEmpty)
    }

    @Test(arguments: [
        ("9b2d3f6e-0a41-4c59-8c3e-1d7a2b90c4ef", true), ("9B2D3F6E-0A41-4C59-8C3E-1D7A2B90C4EF", true),
        ("9b2d3f6e0a414c598c3e1d7a2b90c4ef", false), ("9b2d3f6e-0a41-4c59-8c3e-1d7a2b90c4eg", false), ("", false),
        ("9b2d3f6e-0a41-4c59-8c3e-1d7a2b90c4ef ", false),
    ])
    func `a socket's name is a UUID`(text: String, isOne: Bool) {
        #expect(ConnectAsk.isSocket(text) == isOne)
    }
}

@Suite("Proof that the backend wants it")
struct ConnectProofTests {
    private let key = "0123456789abcdef0123456789abcdef"
    private let now = Instant(seconds: 1_789_999_900)

    private func proof(_ query: String, isRequired: Bool = true, keys: [String]? = nil) throws
        -> Result<ConnectProof, ConnectRefusal>
    {
        try ConnectAsk(query: query).proof(integration: "github", isRequired: isRequired, keys: keys ?? [key], at: now)
    }

    private func refusal(_ query: String, keys: [String]? = nil) throws -> ConnectRefusal.Reason? {
        guard case .failure(let refusal) = try proof(query, keys: keys) else { return nil }
        return refusal.reason
    }

    private var digest: String { ConnectDigest.make(integration: "github", connection: "u1", key: key) }

    @Test func `Case 186: a missing or empty digest is refused while it is asked for`() throws {
        #expect(try refusal("connection_id=u1") == .missingDigest)
        #expect(try refusal("connection_id=u1&hmac=") == .missingDigest)
        #expect(try proof("connection_id=u1", isRequired: false) == .success(.none))
    }

    @Test func `Case 187: one digest is right, and every other form of it is wrong`() throws {
        #expect(try proof("connection_id=u1&hmac=\(digest)") == .success(.digest))
        let wrong = [
            String(digest.dropLast()), String(digest.prefix(1)), digest + "0", digest.uppercased(), "%20" + digest,
            digest + "+", ConnectDigest.make(integration: "u1", connection: "github", key: key),
            ConnectDigest.make(integration: "github", connection: "u2", key: key),
        ]
        for digest in wrong { #expect(try refusal("connection_id=u1&hmac=\(digest)") == .invalidDigest) }
    }

    @Test func `Case 193: without a key nothing is right`() throws {
        let empty = ConnectDigest.make(integration: "github", connection: "u1", key: "")
        #expect(try refusal("connection_id=u1&hmac=\(empty)", keys: []) == .invalidDigest)
        #expect(try refusal("connection_id=u1&hmac=\(empty)", keys: [""]) == .invalidDigest)
    }

    @Test func `Case 194: both keys are good while one replaces the other`() throws {
        let old = "old-old-old-old-old-old-old-old-"
        let digest = ConnectDigest.make(integration: "github", connection: "u1", key: old)
        #expect(try proof("connection_id=u1&hmac=\(digest)", keys: [key, old]) == .success(.digest))
        #expect(try refusal("connection_id=u1&hmac=\(digest)", keys: [key]) == .invalidDigest)
    }

    /// As a company's backend does it: every parameter, and the integration of the path.
    private func signed(_ fields: [(name: String, value: String)]) -> String {
        let signature = SignedConnect.sign(fields + [("integration", "github")], key: key)
        return (fields + [("signature", signature)])
            .map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }.joined(separator: "&")
    }

    private let fields: [(name: String, value: String)] = [
        ("connection_id", "u1"), ("public_key", "k"), ("params[subdomain]", "acme"), ("nonce", "n-1"),
        ("expires", "1790000000"),
    ]

    @Test func `Case 190: a signed request holds for one nonce, and names its end`() throws {
        let until = Instant(seconds: 1_790_000_000)
        #expect(try proof(signed(fields)) == .success(.signed(nonce: "n-1", until: until)))
        let late = fields.map { $0.name == "expires" ? ($0.name, "1789999900") : $0 }
        #expect(try refusal(signed(late)) == .expiredSignature)
        let far = fields.map { $0.name == "expires" ? ($0.name, "1790000201") : $0 }
        #expect(try refusal(signed(far)) == .expiredSignature)
    }

    @Test func `Case 191: nothing that was sent can be changed, added or dropped`() throws {
        let query = signed(fields)
        let changed = [
            query.replacing("acme", with: "evil"), query.replacing("connection_id=u1", with: "connection_id=u2"),
            query + "&params[extra]=1", query + "&return_url=https%3A%2F%2Fevil.example", query + "&integration=slack",
            query.replacing("params%5Bsubdomain%5D=acme&", with: ""), query + "&user_scope=admin",
            query + "&authorization_params[prompt]=none",
        ]
        for query in changed { #expect(try refusal(query) == .invalidDigest, "\(query)") }
    }

    @Test func `Case 189: a name cannot pass for a value and its neighbour`() throws {
        // The same bytes of the message, from one parameter whose name holds a line break.
        let signature = SignedConnect.sign(fields + [("integration", "github")], key: key)
        let forged = "connection_id%3Du1%0Aexpires=1790000000&public_key=k&params[subdomain]=acme&nonce=n-1"
        #expect(try refusal(forged + "&signature=\(signature)") == .invalidDigest)
    }

    @Test func `what only the browser knows stands outside the signature`() throws {
        let query =
            signed(fields) + "&ws_client_id=9b2d3f6e-0a41-4c59-8c3e-1d7a2b90c4ef&origin=https%3A%2F%2Fapp.example"
        guard case .success(.signed) = try proof(query) else {
            Issue.record("the signature did not hold")
            return
        }
    }

    @Test func `a wrong signature is refused even where none is needed`() throws {
        let query = signed(fields).replacing("acme", with: "evil")
        #expect(try proof(query, isRequired: false) == .failure(ConnectRefusal(.invalidDigest)))
    }
}

@Suite("Origins")
struct WebOriginTests {
    @Test(arguments: [
        ("https://app.example", "https://app.example"), ("HTTPS://App.Example:443/x?y#z", "https://app.example"),
        ("http://localhost:3000/a", "http://localhost:3000"), ("http://[::1]:80/", "http://[::1]"),
        ("https://app.example\\@evil.example", "https://app.example"),
    ])
    func `an address's origin`(address: String, origin: String) {
        #expect(WebOrigin(address)?.text == origin)
    }

    @Test(arguments: [
        "null", "", "https://", "ftp://a.example", "javascript:alert(1)", "https://app.example@evil.example/",
        "https://app.example:x", "https://app.example:", "https://app.example:443@evil.example", "https://a b.example",
        "https://münchen.example", "//app.example", "https:app.example", "https://app.example%2eevil.example",
        "https://app.example:9999999",
    ])
    func `Case 219: what browsers could read differently is no origin`(address: String) {
        #expect(WebOrigin(address) == nil)
    }

    @Test func `listed origins are exact`() throws {
        let policy = OriginPolicy(["https://app.example"], requiresHMAC: false)
        #expect(policy.admits(try #require(WebOrigin("https://app.example/page"))))
        for other in ["http://app.example", "https://app.example:8443", "https://evil.app.example", "http://localhost"]
        {
            #expect(!policy.admits(try #require(WebOrigin(other))), "\(other)")
        }
    }

    @Test func `with no list, only this computer's pages are trusted, and only while HMAC is not required`() throws {
        let here = try #require(WebOrigin("http://localhost:3000"))
        let far = try #require(WebOrigin("https://app.example"))
        #expect(OriginPolicy([], requiresHMAC: false).admits(here))
        #expect(!OriginPolicy([], requiresHMAC: false).admits(far))
        #expect(!OriginPolicy([], requiresHMAC: true).admits(here))
        #expect(OriginPolicy([], requiresHMAC: true).mayRead(far))
    }
}
