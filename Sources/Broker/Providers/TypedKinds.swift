/// RFC 7519: a token that is signed here with a key of the person's own, anew whenever somebody asks.
package struct JWTSigning: Sendable {
    package enum Algorithm: String, Sendable, CaseIterable {
        case es256 = "ES256"
        case rs256 = "RS256"
        case hs256 = "HS256"
    }

    /// How the key of HS256 is written; the others have PEM.
    package enum KeyEncoding: String, Sendable, CaseIterable { case text, hex, base64 }

    package let credentials: [CredentialField]
    package let algorithm: Algorithm
    package let key: URLTemplate
    package let keyEncoding: KeyEncoding
    /// Beside `alg` and `typ`.
    package let header: [(name: String, value: URLTemplate)]
    /// Beside `iat` and `exp`.
    package let claims: [(name: String, value: URLTemplate)]
    /// In seconds.
    package let lifetime: Int64
    /// How the wire format knows the kind: Apple's App Store Connect had one of its own before there was a general one.
    package let kind: MadeToken.Kind

    /// What the App Store's address has always taken.
    package static let appStoreCredentials = [
        CredentialField("privateKeyId", "Key ID"),
        CredentialField("issuerId", "Issuer ID"),
        CredentialField("privateKey", "Private key", shape: .lines, isSecret: true),
        CredentialField(
            "scope", "Scopes", explanation: "Operations that the tokens are held to, one on each line.",
            example: "GET /v1/apps", shape: .list, isOptional: true),
    ]
}

/// Fields that are posted to an address of the provider's own making, whose answer has a token and its life. When that is
/// over, they are posted again.
package struct TwoStep: Sendable {
    package let credentials: [CredentialField]
    package let url: [URLTemplate]
    package let parameters: [(name: String, value: URLTemplate)]
    package let headers: [(name: String, value: URLTemplate)]
    package let body: OAuth2.Token.BodyFormat
    /// Dotted paths in the answer.
    package let token: String
    package let expiresIn: String?
    package let expiresAt: String?
    package let expiryUnit: OAuth2.Token.ExpiryUnit
    /// In seconds, for providers that do not say.
    package let assumedLifetime: Int64?
    package let refreshesBefore: Int64
    /// Ends what the token opened, when the connection is deleted.
    package let revocation: OAuth2.Revocation?
}

/// OAuth 1.0a with tokens that a person makes at the provider and brings along: each call is signed, and no page is
/// visited (NetSuite's token-based authentication).
package struct TokenBased: Sendable {
    package enum RealmStyle: String, Sendable, CaseIterable {
        case plain
        /// `1234567-sb1` is `1234567_SB1`.
        case upperUnderscore = "upper_underscore"
    }

    package let signature: OAuth1.SignatureMethod
    package let realm: URLTemplate?
    package let realmStyle: RealmStyle

    /// What stands before the signed parameters (RFC 5849 §3.5.1); nil where a value is missing.
    func realm(_ values: [String: String]) -> String? {
        guard let text = realm?.filled(values) else { return nil }
        switch realmStyle {
        case .plain: return text
        case .upperUnderscore:
            let bytes = text.utf8.map { byte in
                (0x61...0x7A).contains(byte) ? byte & 0xDF : byte == 0x2D ? 0x5F : byte
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
