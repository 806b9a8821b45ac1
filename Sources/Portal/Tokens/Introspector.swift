package import OAuth

/// Who asks about a token, after proving who they are.
package enum Introspector: Sendable {
    /// May ask about the tokens that it was given itself.
    case app(AuthenticatedClient)
    /// May ask about every token of its tenant, or of all tenants.
    case resourceServer(ID<Entity.ResourceServer>, tenant: ID<Entity.Tenant>?)

    /// Public apps cannot prove who they are, so they may not ask (RFC 7662 §2.1).
    package init?(_ client: AuthenticatedClient) {
        guard client.client.kind == .confidential else { return nil }
        self = .app(client)
    }
}

/// RFC 7662 §2.2: what of a token may be told to whom.
///
/// - Parameters:
///   - slug: of the tenant whose address was asked; nil at the portal's own, where each token says its tenant.
///   - issuer: of a tenant.
///   - catalogue: every scope, asked for only when a token stands for all of them.
package func introspect(
    _ check: AccessCheck, for introspector: Introspector, at slug: Slug?,
    issuer: (Tenant) -> String, catalogue: () throws -> [Scope]
) rethrows -> IntrospectionResponse {
    guard case .live(let access) = check else { return .inactive }
    let home = access.member.tenant
    guard slug == nil || slug == home.slug, introspector.maySee(access) else { return .inactive }
    let person = access.app?.actsAsItself == true ? nil : access.member.person
    return .active(
        ActiveToken(
            scopes: try access.liveScopes(catalogue: catalogue), clientID: access.app?.clientID,
            subject: person?.id.text ?? access.app?.clientID.text ?? "",
            username: introspector.mayKnowPerson(behind: access) ? person?.email : nil, issuedAt: access.issuedAt,
            expiresAt: access.expiresAt, issuer: issuer(home), tenant: home.slug.text))
}

extension Introspector {
    fileprivate func maySee(_ access: Access) -> Bool {
        switch self {
        case .app(let client):
            guard case .accessToken(_, let app) = access.credential else { return false }
            return app == client.id
        case .resourceServer(_, let tenant): return tenant == nil || tenant == access.member.tenant.id
        }
    }

    /// RFC 7662 §5: an app learns no address this way that it was not allowed to read.
    fileprivate func mayKnowPerson(behind access: Access) -> Bool {
        switch self {
        case .app: access.allows(.accountRead)
        case .resourceServer: true
        }
    }
}
