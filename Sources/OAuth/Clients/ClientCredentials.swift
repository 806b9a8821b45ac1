/// How a client can say who it is (RFC 6749 §2.3.1, RFC 8414 §2). Metadata lists them from here.
package enum ClientAuthenticationMethod: String, CaseIterable, Sendable {
    case basic = "client_secret_basic"
    case post = "client_secret_post"
    /// A public client names itself and proves nothing.
    case none
}

/// RFC 6749 §2.3: who a request to the token endpoint says it comes from, not yet believed.
package struct ClientCredentials: Sendable {
    package let clientID: ClientID
    package let secret: Presented
    /// RFC 6749 §5.2: whether the refusal must carry `WWW-Authenticate: Basic`.
    package let triedBasic: Bool

    package enum Presented: Sendable {
        /// No secret, or an empty one.
        case none
        /// Something that cannot be one of ours; never looked up.
        case malformed
        case secret(Secret<ClientSecretKind>)

        init(_ text: String?) {
            guard let text, !text.utf8.isEmpty else {
                self = .none
                return
            }
            self = Secret<ClientSecretKind>(text).map(Presented.secret) ?? .malformed
        }
    }

    /// Reads HTTP Basic, `client_id` with `client_secret` in the body, or `client_id` alone; never two of them.
    /// `authorizationHeaders` has one element for every `Authorization` field of the request.
    package static func read(
        authorizationHeaders: [String], body: ParameterList, query: ParameterList
    ) throws(OAuthError) -> ClientCredentials {
        let triedBasic = !authorizationHeaders.isEmpty
        do throws(OAuthError) {
            guard !query.mentions(.clientSecret) else {
                throw OAuthError(.invalidRequest, "client_secret was sent in the URL: it is exposed now, rotate it")
            }
            guard authorizationHeaders.count <= 1 else {
                throw OAuthError(.invalidRequest, "the Authorization header was sent more than once")
            }
            guard !body.mentions(.clientAssertion), !body.mentions(.clientAssertionType) else {
                throw OAuthError(.invalidClient, "client assertions are not supported: use a client secret")
            }
            guard let header = authorizationHeaders.first else { return try inBody(body) }
            return try inHeader(header, body)
        } catch {
            throw error.tryingBasic(triedBasic)
        }
    }

    private static func inBody(_ body: ParameterList) throws(OAuthError) -> ClientCredentials {
        let secret = Presented(try body.optional(.clientSecret))
        return ClientCredentials(clientID: ClientID(try body.required(.clientID)), secret: secret, triedBasic: false)
    }

    private static func inHeader(_ header: String, _ body: ParameterList) throws(OAuthError) -> ClientCredentials {
        guard try body.optional(.clientSecret) == nil else {
            throw OAuthError(.invalidRequest, "use either HTTP Basic or client_secret in the body, not both")
        }
        guard let basic = BasicCredentials(header) else {
            throw OAuthError(.invalidClient, "the Authorization header is not well-formed HTTP Basic")
        }
        // Some libraries repeat client_id beside Basic; two different names are two clients.
        if let named = try body.optional(.clientID), !named.utf8.elementsEqual(basic.name.utf8) {
            throw OAuthError(.invalidRequest, "client_id in the body differs from the one in the Authorization header")
        }
        return ClientCredentials(
            clientID: ClientID(basic.name), secret: Presented(basic.password), triedBasic: true)
    }
}

/// RFC 7617, with both halves form-decoded as RFC 6749 §2.3.1 wants them.
struct BasicCredentials {
    let name: String
    let password: String

    /// Nil unless it is `Basic`, one space, and base64 of UTF-8 with a colon in it and no NUL.
    init?(_ header: String) {
        let bytes = Array(header.utf8)
        guard bytes.count <= 4096, bytes.count > 6, bytes[5] == 0x20 else { return nil }
        guard bytes.prefix(5).map({ $0 | 0x20 }).elementsEqual("basic".utf8) else { return nil }
        guard let decoded = Base64.decoded(bytes.dropFirst(6)), !decoded.contains(0) else { return nil }
        let half = decoded.prefix { $0 != 0x3A }
        guard half.count < decoded.count, !half.isEmpty else { return nil }
        guard let name = Self.text(half), let password = Self.text(decoded.dropFirst(half.count + 1)) else {
            return nil
        }
        self.name = name
        self.password = password
    }

    private static func text(_ half: ArraySlice<UInt8>) -> String? {
        guard let decoded = FormScanner.decode(half), !decoded.contains(0) else { return nil }
        return String(validating: decoded, as: UTF8.self)
    }
}
