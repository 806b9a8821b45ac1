package import OAuth

/// Who is calling the API, after the bearer token was found to be live: the person, where, and with which scopes.
package struct Access: Sendable {
    package enum Credential: Sendable {
        case developerToken(ID<Entity.DeveloperToken>)
        case accessToken(family: ID<Entity.TokenFamily>, app: ID<Entity.Client>)
    }

    /// The app that an access token was given to.
    package struct Caller: Sendable {
        package let clientID: ClientID
        /// It got the token for itself (RFC 6749 §4.4); the member is the admin who let it in.
        package let actsAsItself: Bool

        package init(clientID: ClientID, actsAsItself: Bool) {
            self.clientID = clientID
            self.actsAsItself = actsAsItself
        }
    }

    package let member: Member
    package let scopes: ScopeSet
    /// The sensitive scopes of the catalogue, as far as they matter to the member: an admin's may be left out.
    package let sensitive: ScopeSet
    package let credential: Credential
    package let issuedAt: Instant
    /// Nil: it does not expire.
    package let expiresAt: Instant?
    /// Nil for a person's own token.
    package let app: Caller?

    package init(
        member: Member, scopes: ScopeSet, sensitive: ScopeSet, credential: Credential, issuedAt: Instant,
        expiresAt: Instant?, app: Caller? = nil
    ) {
        self.member = member
        self.scopes = scopes
        self.sensitive = sensitive
        self.credential = credential
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.app = app
    }

    /// What the token may do now: what was granted, as far as its person still may.
    ///
    /// `default` is the one scope that older apps ask for; it stands for all of them.
    package func allows(_ scope: Scope) -> Bool {
        guard member.role.may(use: scope, isSensitive: sensitive.contains(scope)) else { return false }
        return scopes.contains(scope) || scopes.contains(.default)
    }
}

extension Role {
    /// Whether somebody in this role may do what the scope stands for, by themselves or through a token: members may
    /// look, admins may also change, and do what an operator called sensitive.
    package func may(use scope: Scope, isSensitive: Bool) -> Bool {
        self == .admin || !(isSensitive || scope.isWrite)
    }
}

extension Access {
    /// What the token may do now, scope by scope, for an API that decides by itself.
    ///
    /// `default` is spelled out, since only this server knows what it stands for; it stays in the list only where it
    /// does mean everything. `catalogue` is asked for only then.
    package func liveScopes(catalogue: () throws -> [Scope]) rethrows -> ScopeSet {
        let isAdmin = member.role == .admin
        guard scopes.contains(.default) else {
            return isAdmin || scopes.allSatisfy(allows) ? scopes : ScopeSet(scopes.sorted.filter(allows))
        }
        return ScopeSet(try catalogue().filter { $0 == .default ? isAdmin : allows($0) }).union(
            isAdmin ? scopes : ScopeSet())
    }
}

/// What a bearer token turned out to be.
package enum AccessCheck: Sendable {
    case live(Access)
    /// It was ours and has run out: clients are told so, since that is when they should refresh.
    case expired
    case unknown
}

extension Scope {
    package static let `default` = known("default")
    package static let accountRead = known("account:read")
    package static let peopleRead = known("people:read")
    package static let peopleWrite = known("people:write")

    package var isWrite: Bool { text.utf8.suffix(6).elementsEqual(":write".utf8) }

    /// For names written in this file, which are well-formed.
    private static func known(_ name: StaticString) -> Scope {
        guard let scope = Scope("\(name)") else { preconditionFailure("a scope in the source is malformed") }
        return scope
    }
}
