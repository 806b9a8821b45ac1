import OAuth
import Testing

@testable import struct OAuth.BasicCredentials

@Suite("RFC 6749 · §2.3, §3.2.1: client authentication")
struct ClientAuthenticationTests {
    private let secret = Cast.secret(ClientSecretKind.self)

    private func read(headers: [String] = [], body: String = "", query: String = "") throws -> ClientCredentials {
        try ClientCredentials.read(
            authorizationHeaders: headers, body: try ParameterList(query: body), query: try ParameterList(query: query))
    }

    private func answer(
        _ credentials: ClientCredentials, as client: Client?, matching known: Secret<ClientSecretKind>? = nil
    ) -> Result<AuthenticatedClient, OAuthError> {
        let expected = (known ?? secret).reveal()
        return authenticate(credentials, as: client) { $0.reveal() == expected ? Cast.secretID : nil }
    }

    @Test func `§2.3.1: HTTP Basic is supported`() throws {
        let credentials = try read(headers: [basic("gw_id_roster", secret.reveal())])
        #expect(credentials.clientID == ClientID("gw_id_roster"))
        #expect(credentials.triedBasic)
        let client = try answer(credentials, as: Cast.roster).get()
        #expect(client.id == Cast.roster.id)
        #expect(client.secret == Cast.secretID)
    }

    @Test func `§2.3.1: client_id and client_secret in the body are supported`() throws {
        let credentials = try read(body: "client_id=gw_id_roster&client_secret=\(secret.reveal())")
        #expect(!credentials.triedBasic)
        #expect(try answer(credentials, as: Cast.roster).get().secret == Cast.secretID)
    }

    @Test func `§2.3.1: both halves of Basic are form-decoded`() throws {
        let header = "Basic " + base64("gw%5Fid+roster%3Ax:gw%5Fcs")
        #expect(try read(headers: [header]).clientID == ClientID("gw_id roster:x"))
        let credentials = try read(headers: [basic("gw%5fid%5froster", secret.reveal().replacing("_", with: "%5F"))])
        #expect(try answer(credentials, as: Cast.roster).get().id == Cast.roster.id)
    }

    @Test(arguments: ["basic", "BASIC", "bAsIc"])
    func `RFC 7617 §2: the scheme is case-insensitive`(scheme: String) throws {
        let header = scheme + basic("gw_id_roster", secret.reveal()).dropFirst(5)
        #expect(try read(headers: [header]).clientID == ClientID("gw_id_roster"))
    }

    @Test func `RFC 7617 §2: the password may contain colons, the name may not`() throws {
        let credentials = try #require(BasicCredentials("Basic " + base64("name:pass:word")))
        #expect(credentials.name == "name")
        #expect(credentials.password == "pass:word")
    }

    @Test func `§2.3: a client must not use two methods in one request`() {
        let header = basic("gw_id_roster", secret.reveal())
        let body = "client_id=gw_id_roster&client_secret=\(secret.reveal())"
        #expect(throws: OAuthError.self) { try read(headers: [header], body: body) }
        #expect(code { try read(headers: [header], body: body) } == .invalidRequest)
        #expect(code { try read(headers: [header], body: "client_secret=\(secret.reveal())") } == .invalidRequest)
    }

    @Test func `§2.3: client_id beside Basic is harmless when it is the same, refused when it is another`() throws {
        let header = basic("gw_id_roster", secret.reveal())
        #expect(try read(headers: [header], body: "client_id=gw_id_roster").clientID == ClientID("gw_id_roster"))
        #expect(code { try read(headers: [header], body: "client_id=gw_id_other") } == .invalidRequest)
    }

    @Test func `§2.3.1: the secret must not be in the request URI`() {
        #expect(code { try read(body: "client_id=a", query: "client_secret=x") } == .invalidRequest)
        #expect(code { try read(body: "client_id=a", query: "client_secret=") } == .invalidRequest)
        #expect(code { try read(headers: [basic("a", "b")], query: "client_secret=x") } == .invalidRequest)
    }

    @Test func `§3.2.1: a public client names itself with client_id`() throws {
        let credentials = try read(body: "client_id=gw_id_native")
        let client = try answer(credentials, as: Cast.native).get()
        #expect(client.id == Cast.native.id)
        #expect(client.secret == nil)
    }

    @Test func `§3.2.1: without any client_id the request is invalid`() {
        #expect(code { try read() } == .invalidRequest)
        #expect(code { try read(body: "client_secret=\(secret.reveal())") } == .invalidRequest)
        #expect(code { try read(body: "client_id=a&client_id=a") } == .invalidRequest)
    }

    @Test func `§5.2: a client that tried Basic is challenged for Basic, with 401`() throws {
        let credentials = try read(headers: [
            basic("gw_id_roster", Cast.secret(ClientSecretKind.self, seed: 9).reveal())
        ])
        guard case .failure(let error) = answer(credentials, as: Cast.roster) else {
            Issue.record("a wrong secret was accepted")
            return
        }
        #expect(error.code == .invalidClient)
        #expect(error.status == 401)
        #expect(error.triedBasic)
        #expect(error.basicChallenge(realm: "Acme") == #"Basic realm="Acme", charset="UTF-8""#)
    }

    @Test func `§5.2: no other error is challenged`() {
        #expect(OAuthError(.invalidGrant, "x", triedBasic: true).basicChallenge(realm: "Acme") == nil)
        #expect(OAuthError(.invalidRequest, "x").basicChallenge(realm: "Acme") == nil)
    }

    @Test func `§5.2: a malformed header remembers that Basic was tried`() {
        do {
            _ = try read(headers: ["Basic !!!"], body: "client_id=a")
            Issue.record("it was accepted")
        } catch let error as OAuthError {
            #expect(error.triedBasic)
            #expect(error.status == 401)
        } catch { Issue.record(error) }
    }

    @Test func `RFC 7521 §4.2: client assertions are refused, not ignored`() {
        #expect(code { try read(body: "client_id=a&client_assertion=eyJ") } == .invalidClient)
        #expect(code { try read(body: "client_id=a&client_assertion_type=urn:x") } == .invalidClient)
    }
}

func base64(_ text: String) -> String { base64(Array(text.utf8)) }

/// Independent of the codec under test, and slow.
func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bits = bytes.map { byte in (0..<8).map { byte >> (7 - UInt8($0)) & 1 } }.joined()
    let padded = Array(bits) + Array(repeating: 0, count: (6 - bits.count % 6) % 6)
    let text = stride(from: 0, to: padded.count, by: 6).map { start in
        digits[padded[start..<start + 6].reduce(0) { $0 * 2 + Int($1) }]
    }
    return String(text) + String(repeating: "=", count: (4 - text.count % 4) % 4)
}

func basic(_ name: String, _ password: String) -> String { "Basic " + base64(name + ":" + password) }

/// The word of the OAuthError that a call throws.
func code<T>(_ body: () throws -> T) -> OAuthError.Code? {
    do {
        _ = try body()
        return nil
    } catch { return (error as? OAuthError)?.code }
}
