/// The grants that the token endpoint takes. Metadata lists them from here, so it can promise nothing else.
package enum GrantType: String, CaseIterable, Sendable {
    /// RFC 6749 §4.1.
    case authorizationCode = "authorization_code"
    /// RFC 6749 §6.
    case refreshToken = "refresh_token"
    /// RFC 6749 §4.4.
    case clientCredentials = "client_credentials"

    /// Nil for any other; compared as bytes.
    init?(sent: String) {
        guard let type = Self.allCases.first(where: { $0.rawValue.utf8.elementsEqual(sent.utf8) }) else { return nil }
        self = type
    }
}
