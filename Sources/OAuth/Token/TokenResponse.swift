/// RFC 6749 §5.1, in two shapes: V1, which never expires, and V2, with refresh.
package struct TokenResponse: Sendable {
    package let accessToken: Secret<AccessToken>
    package let createdAt: Instant
    /// Nil in a V1 answer.
    package let renewal: Renewal?

    /// What a V2 answer has beyond V1's.
    package struct Renewal: Sendable {
        package let expiresIn: Int64
        /// Nil when the app gets its next token the way it got this one (RFC 6749 §4.4.3).
        package let refreshToken: Secret<RefreshToken>?
        package let scopes: ScopeSet
    }

    /// Seconds that a V2 access token lives.
    package static let lifetime: Int64 = 86_400

    /// The body. It must be sent with `Cache-Control: no-store` (RFC 6749 §5.1).
    package func json() -> [UInt8] {
        let access = JSONText.string(accessToken.reveal())
        let created = JSONText.integer(createdAt.seconds)
        guard let renewal else {
            return JSONText.object([
                ("access_token", access), ("token_type", .string("bearer")), ("created_at", created),
            ]).bytes
        }
        var members: [(name: String, value: JSONText)] = [("access_token", access)]
        if let refresh = renewal.refreshToken { members.append(("refresh_token", .string(refresh.reveal()))) }
        members += [
            ("token_type", .string("Bearer")), ("expires_in", .integer(renewal.expiresIn)),
            ("scope", .string(renewal.scopes.text)), ("created_at", created),
        ]
        return JSONText.object(members).bytes
    }
}
