import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/account/apps`: what a person allowed, and taking it back.
struct AuthorizedAppsController {
    let site: Site

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        let catalogue = try site.store.scopeCatalogue()
        let now = site.now()
        let authorizations = try site.store.grants(of: context.person.id).map { grant in
            AuthorizedAppsPage.Authorization(grant, catalogue: catalogue, at: now)
        }
        return try site.page(AuthorizedAppsPage(authorizations: authorizations), request, context)
    }

    func askToRevoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        let grant = try grant(context)
        let page = RevokeAuthorizationPage(
            appName: grant.app.details.name, maker: grant.app.owner.name, tenantName: grant.tenant.name,
            lastUsed: grant.lastUsedAt.map { .relative($0, at: site.now()) }, formPath: grant.revokePath)
        return try site.page(page, request, context)
    }

    func revoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let grant = try grant(context)
        // Revoked a moment ago by another tab is as good as revoked now.
        _ = try await site.store.revokeGrant(
            grant.id, in: grant.tenant.id, of: context.person.id, from: site.clientAddress(of: request, context),
            at: site.now())
        return site.redirect(to: "/account/apps", saying: .grantRevoked)
    }

    private func grant(_ context: PersonContext) throws -> GrantSummary {
        guard let slug = context.parameters.get("tenant").flatMap({ Slug($0) }),
            let id = context.parameters.get("grant"),
            let grant = try site.store.grant(ID<Entity.Grant>(id), in: slug, of: context.person.id)
        else { throw Failure.notFound }
        return grant
    }
}

extension AuthorizedAppsPage.Authorization {
    fileprivate init(_ grant: GrantSummary, catalogue: [ScopeDescription], at now: Instant) {
        let app = grant.app
        self.init(
            appName: app.details.name, initials: Web.initials(of: app.details.name), maker: app.owner.name,
            makerDomain: ConsentPage.host(of: app.details.homepage), tenantName: grant.tenant.name,
            scopes: catalogue.filter { grant.scopes.contains($0.scope) }.map { ScopeLine($0) },
            granted: .day(grant.createdAt), lastUsed: grant.lastUsedAt.map { .relative($0, at: now) },
            lifetime: "Until you revoke it", revokePath: grant.revokePath)
    }
}

extension GrantSummary {
    var revokePath: String { "/account/apps/\(tenant.slug.text)/\(id.text)/revoke" }
}
