import Hummingbird
import OAuth
import Portal
import Storage

/// `/operator/apis`: which APIs behind this installation may ask about tokens.
struct APIsController {
    let site: Site

    func index(_ request: Request, _ context: OperatorContext) async throws -> Response {
        try site.page(try page(), request, context)
    }

    func create(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let form = try await site.confirmedForm(request, context)
        let (name, slug) = (try form.text("name"), try form.text("tenant"))
        switch try ResourceServerDraft.check(name: name, slug: slug, find: site.store.tenant) {
        case .invalid(let problems):
            return try refuse(name, slug, problems, request, context)
        case .valid(let draft):
            let now = site.now()
            let secret = Secret<ClientSecretKind>.random()
            let id = try await site.store.register(
                draft, secret: secret, by: context.session.person, from: site.clientAddress(of: request, context),
                at: now)
            guard let id else {
                return try refuse(name, slug, [ResourceServerDraft.unknownTenant], request, context)
            }
            site.shownOnce.keep(secret.reveal(), of: id.text, for: context.session.id, at: now)
            return site.redirect(to: "/operator/apis/\(id.text)/created")
        }
    }

    private func refuse(
        _ name: String, _ slug: String, _ problems: [Problem], _ request: Request, _ context: OperatorContext
    ) throws -> Response {
        var page = try page()
        page.name = name
        page.tenant = slug
        return try site.page(page, request, context, problems: problems)
    }

    func created(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let api = try api(context)
        let secret = site.shownOnce.take(
            api.id.text, for: context.session.id, by: request.method, at: site.now())
        let page = APICreatedPage(
            name: api.name, clientID: api.clientID, secret: secret ?? "",
            command: "curl \(address(for: api.tenant)) -u \(api.clientID):SECRET -d token=TOKEN")
        return try site.page(page, request, context)
    }

    func askToRevoke(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let api = try api(context)
        guard api.revokedAt == nil else { return site.redirect(to: "/operator/apis") }
        try site.askToConfirm(context)
        let page = RevokeAPIPage(
            name: api.name, hint: api.hint, lastUsed: api.lastUsedAt.map { .relative($0, at: site.now()) },
            formPath: "/operator/apis/\(api.id.text)/revoke")
        return try site.page(page, request, context)
    }

    func revoke(_ request: Request, _ context: OperatorContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context)
        let api = try api(context)
        // False when it was revoked meanwhile: what was asked for is so.
        _ = try await site.store.revoke(
            api.id, by: context.session.person, from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(to: "/operator/apis", saying: .secretRevoked)
    }

    private func api(_ context: OperatorContext) throws -> ResourceServer {
        guard let text = context.parameters.get("api"), let api = try site.store.resourceServer(ID(text))
        else { throw Failure.notFound }
        return api
    }

    private func page() throws -> APIsPage {
        let now = site.now()
        let apis = try site.store.resourceServers().map { api in
            APIsPage.API(
                name: api.name, clientID: api.clientID, reach: api.tenant?.name ?? "All workspaces", hint: api.hint,
                created: .day(api.createdAt), createdBy: api.createdBy,
                lastUsed: api.lastUsedAt.map { .relative($0, at: now) },
                revokePath: api.revokedAt == nil ? "/operator/apis/\(api.id.text)/revoke" : "",
                revoked: api.revokedAt.map { .day($0) })
        }
        return APIsPage(
            apis: apis, introspection: address(for: nil), verify: site.url("/auth/verify?scope=…&tenant=…"))
    }

    private func address(for tenant: Tenant?) -> String {
        tenant.map { site.issuer(of: $0) + "/oauth/introspect" } ?? site.url("/oauth/introspect")
    }
}
