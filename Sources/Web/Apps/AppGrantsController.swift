import Hummingbird
import OAuth
import Portal
import Storage

/// `/apps/{id}/grants`: the app's owner sees what was allowed, and can give it back.
struct AppGrantsController {
    let site: Site
    static let pageSize = 50

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        let app = try site.app(named: context.parameters.get("app"), of: context.person)
        let place = site.query(request).all("after").first.flatMap { GrantPlace($0) }
        let now = site.now()
        let found = try site.store.grants(
            to: app.id, seenBy: context.person.id, after: place, limit: Self.pageSize)
        let reach = try site.store.reach(of: app.id)
        let page = AppGrantsPage(
            name: app.details.name, appPath: app.path, tabs: AppTab.row(below: app.path, current: "People and grants"),
            reach: reach.grants == 0 ? "" : reach.words,
            grants: found.grants.map { AppGrantsPage.Grant($0, of: app, at: now) },
            morePath: found.next.map { "\(app.path)/grants?after=\($0.text)" } ?? "")
        return try site.page(page, request, context)
    }

    func askToRevoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        let (app, grant) = try named(context)
        let page = GiveBackPage(
            name: app.details.name, tenantName: grant.tenant.name, person: grant.personForOwner,
            lastUsed: grant.lastUsedAt.map { .relative($0, at: site.now()) },
            formPath: "\(app.path)/grants/\(grant.id.text)/revoke", listPath: app.path + "/grants")
        return try site.page(page, request, context)
    }

    func revoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let (app, grant) = try named(context)
        // Gone a moment ago is as good as given back now.
        _ = try await site.store.giveBack(
            grant, to: app.id, owner: context.person, from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(to: app.path + "/grants", saying: .grantGivenBack)
    }

    private func named(_ context: PersonContext) throws -> (App, AppGrant) {
        let app = try site.app(named: context.parameters.get("app"), of: context.person)
        guard let id = context.parameters.get("grant"),
            let grant = try site.store.grant(ID(id), to: app.id, seenBy: context.person.id)
        else { throw Failure.notFound }
        return (app, grant)
    }
}

extension AppGrantsPage.Grant {
    fileprivate init(_ grant: AppGrant, of app: App, at now: Instant) {
        self.init(
            tenantName: grant.tenant.name, person: grant.personForOwner, scopes: grant.scopes.sorted.map(\.text),
            since: .day(grant.createdAt), lastUsed: grant.lastUsedAt.map { .relative($0, at: now) },
            revokePath: "\(app.path)/grants/\(grant.id.text)/revoke")
    }
}

extension AppGrant {
    fileprivate var personForOwner: String { visibleName ?? "Somebody whose name the app may not read" }
}

extension AppReach {
    /// "12 grants by 10 people in 3 workspaces"
    var words: String {
        "\(counted(grants, "grant")) by \(people) \(people == 1 ? "person" : "people") in "
            + counted(tenants, "workspace")
    }
}
