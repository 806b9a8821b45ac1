import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/apps`: the access that members gave to apps, and what the admins say of each app.
struct TenantAppsController {
    let site: Site
    static let perPage = 50

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        let admin = try site.admin(context)
        let list = "apps \(admin.tenant.id.text)"
        let last = try site.place(site.query(request).first("after"), of: list).map { ID<Entity.Client>($0) }
        let (apps, hasMore) = try site.store.apps(seenBy: admin, after: last, limit: Self.perPage)
        let policy = try site.store.policy(of: admin.tenant.id)
        let path = admin.tenant.path + "/apps"
        let next = hasMore ? apps.last.map { "\(path)?after=\(site.cursor($0.app.id.text, of: list))" } : nil
        let page = TenantAppsPage(
            top: try site.top(of: admin, at: .apps),
            apps: apps.map { TenantAppsPage.Row($0, policy, path: path) }.sorted { $0.name < $1.name },
            isNarrowed: last != nil, listPath: path, nextPath: next ?? "", policyPath: admin.tenant.path + "/policy",
            addPath: path + "/add")
        return try site.page(page, request, context)
    }

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let admin = try site.admin(context)
        return try show(try app(context, seenBy: admin), form: nil, admin, request, context)
    }

    /// The form that puts an app on the list, by its client ID.
    func add(_ request: Request, _ context: PersonContext) async throws -> Response {
        let admin = try site.admin(context)
        return try add(site.query(request).first("client_id"), admin, request, context)
    }

    func admit(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.confirmedForm(request, context)
        let admin = try site.admin(context)
        let typed = try sent.text("client_id")
        guard let app = try site.store.app(clientID: typed), !app.isSuspended else {
            return try add(
                typed, admin, request, context, problems: [Problem("client_id", "No app has this client ID.")])
        }
        var standing = try site.store.tenantStanding(of: app, in: admin.tenant.id)
        standing.isListed = true
        guard
            try await site.store.set(
                standing, of: app, by: admin, from: site.clientAddress(of: request, context), at: site.now())
        else { throw Failure.notFound }
        return site.redirect(to: "\(admin.tenant.path)/apps/\(app.id.text)", saying: .appListed)
    }

    /// Whether the app is on the list, and its own limit.
    func setRules(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.confirmedForm(request, context)
        let admin = try site.admin(context)
        let app = try app(context, seenBy: admin)
        let rules = AppRulesForm(
            listed: try sent.text("listed"), limited: try sent.text("limited"), scopes: sent.all("scopes"))
        switch ScopeLimit.check(rules.limited, rules.scopes, catalogue: try site.store.scopeCatalogue()) {
        case .invalid(let problems): return try show(app, form: rules, admin, request, context, problems: problems)
        case .valid(let ceiling):
            var standing = app.standing
            standing.isListed = rules.listed.utf8.elementsEqual("yes".utf8)
            standing.ceiling = ceiling
            guard
                try await site.store.set(
                    standing, of: app.app, by: admin, from: site.clientAddress(of: request, context), at: site.now())
            else { throw Failure.notFound }
            return site.redirect(to: path(app, admin.tenant), saying: .appRulesSaved)
        }
    }

    func askToRevokeAll(_ request: Request, _ context: PersonContext) async throws -> Response {
        let admin = try site.admin(context)
        let app = try app(context, seenBy: admin)
        let name = app.app.details.name
        let page = TenantConfirmPage(
            top: try site.top(of: admin, at: .apps), headline: "Revoke all access of \(name)?",
            sentences: [
                "\(name) loses its access to \(admin.tenant.name) at once, for everybody who gave it: "
                    + "\(counted(app.grants, "grant")). Its tokens stop working.",
                app.unusedYeses == 0
                    ? "" : "A yes that an admin gave to a member, and nobody used yet, counts no longer.",
                "It can ask again, as your policy lets it.",
            ].filter { !$0.isEmpty }, facts: [Fact(label: "Made by", value: app.app.owner.name)],
            action: "Revoke all access",
            formPath: path(app, admin.tenant) + "/revoke", cancelPath: path(app, admin.tenant))
        return try site.page(page, request, context)
    }

    /// All of the app's access here, or with `which` = beyond only what the rules would not give today.
    func revokeAll(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let admin = try site.admin(context)
        let app = try app(context, seenBy: admin)
        let (address, now) = (site.clientAddress(of: request, context), site.now())
        let revoked =
            try sent.text("which").utf8.elementsEqual("beyond".utf8)
            ? try await site.store.revokeContradictions(of: app.app, by: admin, from: address, at: now)
            : try await site.store.revokeGrants(to: app.app, by: admin, from: address, at: now)
        return try answer(revoked, to: admin.tenant.path + "/apps")
    }

    func askToRevoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        let admin = try site.admin(context)
        let (app, grant) = try grant(context, seenBy: admin)
        let name = app.app.details.name
        let page = TenantConfirmPage(
            top: try site.top(of: admin, at: .apps), headline: "Revoke the access that \(grant.name) gave \(name)?",
            sentences: [
                "\(name) can no longer act for \(grant.name) at \(admin.tenant.name). What others gave it goes on."
            ],
            facts: [
                Fact(label: "Given by", value: "\(grant.name), \(grant.email)"),
                Fact(label: "Scopes", value: grant.scopes.text),
            ], action: "Revoke access", formPath: "\(path(app, admin.tenant))/grants/\(grant.id.text)/revoke",
            cancelPath: path(app, admin.tenant))
        return try site.page(page, request, context)
    }

    func revoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let admin = try site.admin(context)
        let (app, grant) = try grant(context, seenBy: admin)
        let revoked = try await site.store.revokeGrants(
            to: app.app, only: grant.id, by: admin, from: site.clientAddress(of: request, context), at: site.now())
        return try answer(revoked, to: app.grants > 1 ? path(app, admin.tenant) : admin.tenant.path + "/apps")
    }
}

/// What was typed of one app's rules.
struct AppRulesForm {
    var listed: String
    var limited: String
    var scopes: [String]
}

extension TenantAppsController {
    private func answer(_ revoked: Int64?, to path: String) throws -> Response {
        guard let revoked else { throw Failure.notFound }
        return site.redirect(to: path, saying: revoked > 0 ? .accessRevoked : .nothingToRevoke)
    }

    private func show(
        _ app: TenantApp, form: AppRulesForm?, _ admin: Member, _ request: Request, _ context: PersonContext,
        problems: [Problem] = []
    ) throws -> Response {
        let list = "grants \(admin.tenant.id.text) \(app.app.id.text)"
        let last = try site.place(site.query(request).first("after"), of: list).flatMap { ListPosition($0) }
        let (grants, hasMore) = try site.store.grants(
            to: app.app.id, seenBy: admin, after: last, limit: Self.perPage)
        let next = hasMore ? grants.last.map { ListPosition(at: $0.createdAt, id: $0.id.text).text } : nil
        let policy = try site.store.policy(of: admin.tenant.id)
        let beyond = try site.store.contradictions(to: policy, seenBy: admin, of: app.app.id)
        var page = TenantAppPage(
            app, of: admin.tenant, policy, grants: grants, beyond: beyond, form: form,
            catalogue: try site.store.scopeCatalogue(), top: try site.top(of: admin, at: .apps), at: site.now())
        page.isNarrowed = last != nil
        page.nextPath = next.map { "\(page.appPath)?after=\(site.cursor($0, of: list))" } ?? ""
        return try site.page(page, request, context, problems: problems)
    }

    private func add(
        _ clientID: String, _ admin: Member, _ request: Request, _ context: PersonContext, problems: [Problem] = []
    ) throws -> Response {
        let app = clientID.isEmpty ? nil : try site.store.app(clientID: clientID)
        let page = AddTenantAppPage(
            top: try site.top(of: admin, at: .apps), clientID: clientID, appName: app?.details.name ?? "",
            maker: app?.owner.name ?? "", makerDomain: app.map { ConsentPage.host(of: $0.details.homepage) } ?? "",
            appDescription: app?.details.description ?? "", formPath: admin.tenant.path + "/apps",
            cancelPath: admin.tenant.path + "/policy")
        return try site.page(page, request, context, problems: problems)
    }

    private func app(_ context: PersonContext, seenBy admin: Member) throws -> TenantApp {
        guard let id = context.parameters.get("app"),
            let app = try site.store.app(ID(id), seenBy: admin, at: site.now())
        else {
            throw Failure.notFound
        }
        return app
    }

    private func grant(_ context: PersonContext, seenBy admin: Member) throws -> (TenantApp, MemberGrant) {
        let app = try app(context, seenBy: admin)
        guard let id = context.parameters.get("grant"),
            let grant = try site.store.grant(ID(id), to: app.app.id, seenBy: admin)
        else { throw Failure.notFound }
        return (app, grant)
    }

    private func path(_ app: TenantApp, _ tenant: Tenant) -> String { "\(tenant.path)/apps/\(app.app.id.text)" }
}
