package import OAuth

/// A token as whoever may see it sees it through the API: a person's own, or all that an app holds by one permission.
package struct HeldToken: Sendable {
    package enum Kind: Sendable, Equatable {
        case developer(ID<Entity.DeveloperToken>)
        case app(ID<Entity.TokenFamily>, of: ID<Entity.Client>)
    }

    package let kind: Kind
    /// The app's name; for a person's own token what they wrote on it.
    package let name: String
    /// Who registered the app; for a person's own token that person.
    package let owner: String
    package let scopes: ScopeSet
    package let createdAt: Instant
    package let lastUsedAt: Instant?

    package init(
        kind: Kind, name: String, owner: String, scopes: ScopeSet, createdAt: Instant, lastUsedAt: Instant?
    ) {
        self.kind = kind
        self.name = name
        self.owner = owner
        self.scopes = scopes
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }

    package var id: String {
        switch kind {
        case .developer(let id): id.text
        case .app(let id, _): id.text
        }
    }
}

extension Access {
    /// Whether this is the very token that the call came with.
    package func isHeld(as token: HeldToken) -> Bool {
        switch (credential, token.kind) {
        case (.developerToken(let mine), .developer(let id)): mine == id
        case (.accessToken(let mine, _), .app(let id, _)): mine == id
        default: false
        }
    }

    /// A token may end itself; an app's token what that app holds; a person's own token, which may have been made for
    /// reading only, the others just when it stands for everything.
    package func mayEnd(_ token: HeldToken) -> Bool {
        if isHeld(as: token) { return true }
        switch credential {
        case .accessToken: return true
        case .developerToken: return scopes.contains(.default)
        }
    }
}
