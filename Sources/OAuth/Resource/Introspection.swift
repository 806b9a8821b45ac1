/// RFC 7662 §2.1: the token that somebody asks about.
package struct IntrospectionRequest: Sendable {
    package let token: BearerToken

    package static func read(_ list: ParameterList) throws(OAuthError) -> IntrospectionRequest {
        let text = try list.required(.token)
        // A hint may help a server that has to search; ours reads the kind off the token (§2.1).
        _ = try list.optional(.tokenTypeHint)
        return IntrospectionRequest(token: BearerToken(text))
    }
}

/// RFC 7662 §2.2.
package enum IntrospectionResponse: Sendable {
    case active(ActiveToken)
    /// Unknown, expired, revoked, another app's, another tenant's: one answer for all, with nothing else in it.
    case inactive

    package var isActive: Bool {
        if case .active = self { true } else { false }
    }

    package func json() -> [UInt8] {
        switch self {
        case .inactive: Array(#"{"active":false}"#.utf8)
        case .active(let token): token.json
        }
    }
}

/// A token that works now, as far as the one who asks may know it.
package struct ActiveToken: Sendable {
    /// What it may do now.
    package let scopes: ScopeSet
    /// The app it was given to; nil for a person's own token.
    package let clientID: ClientID?
    /// The person's ID, or the app's `client_id` when it acts as itself.
    package let subject: String
    /// The person's address, where the one who asks may know it.
    package let username: String?
    package let issuedAt: Instant
    /// Nil: it does not expire.
    package let expiresAt: Instant?
    package let issuer: String
    /// The tenant's slug: all that the token opens is there.
    package let tenant: String

    package init(
        scopes: ScopeSet, clientID: ClientID?, subject: String, username: String?, issuedAt: Instant,
        expiresAt: Instant?, issuer: String, tenant: String
    ) {
        self.scopes = scopes
        self.clientID = clientID
        self.subject = subject
        self.username = username
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.issuer = issuer
        self.tenant = tenant
    }

    fileprivate var json: [UInt8] {
        var members: [(name: String, value: JSONText)] = [("active", .boolean(true)), ("scope", .string(scopes.text))]
        if let clientID { members.append(("client_id", .string(clientID.text))) }
        if let username { members.append(("username", .string(username))) }
        members.append(("token_type", .string("Bearer")))
        // §2.2: a member without a value is left out; an `exp` of 0 would read as expired.
        if let expiresAt { members.append(("exp", .integer(expiresAt.seconds))) }
        members += [
            ("iat", .integer(issuedAt.seconds)), ("sub", .string(subject)), ("iss", .string(issuer)),
            ("tenant", .string(tenant)),
        ]
        return JSONText.object(members).bytes
    }
}
