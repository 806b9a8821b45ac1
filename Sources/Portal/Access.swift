package import OAuth

/// Who is calling the API, after the bearer token was found to be live: the person, where, and with which scopes.
package struct Access: Sendable {
    package enum Credential: Sendable {
        case developerToken(ID<Entity.DeveloperToken>)
        case accessToken(family: ID<Entity.TokenFamily>, app: ID<Entity.Client>)
    }

    package let member: Member
    package let scopes: ScopeSet
    package let credential: Credential

    package init(member: Member, scopes: ScopeSet, credential: Credential) {
        self.member = member
        self.scopes = scopes
        self.credential = credential
    }

    /// What the token may do now: what was granted, as far as its person still may.
    ///
    /// `default` is the one scope that older apps ask for; it stands for all of them.
    package func allows(_ scope: Scope) -> Bool {
        guard member.role == .admin || !scope.isWrite else { return false }
        return scopes.contains(scope) || scopes.contains(.default)
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

    package var isWrite: Bool { Array(text.utf8.suffix(6)) == Array(":write".utf8) }

    /// For names written in this file, which are well-formed.
    private static func known(_ name: StaticString) -> Scope {
        guard let scope = Scope("\(name)") else { preconditionFailure("a scope in the source is malformed") }
        return scope
    }
}
