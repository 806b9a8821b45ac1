import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/policy`: who may allow which apps, and how much of them.
struct PolicyController {
    let site: Site

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let admin = try site.admin(context)
        let policy = try site.store.policy(of: admin.tenant.id)
        return try site.page(try page(PolicyForm(policy), policy, admin), request, context)
    }

    /// Saves, but first shows which access that was given before contradicts the new rules, and asks what becomes of it.
    func update(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.confirmedForm(request, context)
        let admin = try site.admin(context)
        var form = PolicyForm()
        form.deciders = try sent.text("deciders")
        form.admission = try sent.text("admission")
        form.limited = try sent.text("limited")
        form.scopes = sent.all("scopes")
        switch form.check(catalogue: try site.store.scopeCatalogue()) {
        case .invalid(let problems):
            let policy = try site.store.policy(of: admin.tenant.id)
            return try site.page(try page(form, policy, admin), request, context, problems: problems)
        case .valid(let policy):
            let seen = try site.store.contradictions(to: policy, seenBy: admin).reduce(0) { $0 + $1.group.count }
            let existing = try sent.text("existing")
            let isAnswered = try !existing.isEmpty && sent.text("reviewed").utf8.elementsEqual("\(seen)".utf8)
            guard seen == 0 || isAnswered else { return try ask(form, policy, admin, request, context) }
            let revokes = existing.utf8.elementsEqual("revoke".utf8)
            let change = try await site.store.change(
                policy, by: admin, expecting: seen, revokingContradictions: revokes,
                from: site.clientAddress(of: request, context), at: site.now())
            switch change {
            case .saved:
                return site.redirect(
                    to: admin.tenant.path + "/policy", saying: revokes ? .policySavedAndRevoked : .policySaved)
            case .changedMeanwhile: return try ask(form, policy, admin, request, context)
            case .gone: throw Failure.notFound
            }
        }
    }
}

extension PolicyController {
    /// What becomes of the access that was given before and contradicts these rules.
    private func ask(
        _ form: PolicyForm, _ policy: TenantPolicy, _ admin: Member, _ request: Request, _ context: PersonContext
    ) throws -> Response {
        var page = try page(form, policy, admin)
        page.isAsking = true
        return try site.page(page, request, context)
    }

    private func page(_ form: PolicyForm, _ policy: TenantPolicy, _ admin: Member) throws -> PolicyPage {
        let catalogue = try site.store.scopeCatalogue()
        let beyond = try site.store.contradictions(to: policy, seenBy: admin)
        let total = beyond.reduce(0) { $0 + $1.group.count }
        let path = admin.tenant.path
        let (apps, _) = try site.store.apps(seenBy: admin, after: nil, limit: TenantAppsController.perPage)
        return PolicyPage(
            top: try site.top(of: admin, at: .policy), deciders: PolicyPage.deciders(chosen: form.deciders),
            admissions: PolicyPage.admissions(chosen: form.admission), limits: PolicyPage.limits(chosen: form.limited),
            groups: ScopeGroup.groups(of: catalogue, ticked: form.scopes),
            beyond: beyond.prefix(50).map { PolicyPage.Beyond($0, catalogue: catalogue, tenant: admin.tenant) },
            total: total == 0 ? "" : counted(total, "grant"), reviewed: "\(total)",
            exceptions: apps.filter { $0.standing.isListed || $0.standing.ceiling != nil }.map { app in
                PolicyPage.Exception(
                    name: app.app.details.name, path: "\(path)/apps/\(app.app.id.text)",
                    isListed: app.standing.isListed, ceiling: app.standing.ceiling?.sorted.map(\.text) ?? [])
            },
            formPath: path + "/policy", addPath: path + "/apps/add")
    }
}

extension PolicyPage.Beyond {
    init(
        _ found: (app: App, group: GrantGroup, why: Contradiction), catalogue: [ScopeDescription], tenant: Tenant
    ) {
        self.init(
            appName: found.app.details.name, appPath: "\(tenant.path)/apps/\(found.app.id.text)",
            count: counted(found.group.count, "grant"), why: found.why.sentence(catalogue: catalogue))
    }
}

extension Contradiction {
    func sentence(catalogue: [ScopeDescription]) -> String {
        switch self {
        case .appNotAdmitted: "The app may not be allowed."
        case .membersMayNot: "Given by members, who would have to ask."
        case .tooMuch(let scopes):
            "Beyond the limit: "
                + catalogue.filter { scopes.contains($0.scope) }.map { "“\($0.title)”" }.joined(separator: ", ")
                + ". Tokens that exist lose it at once."
        }
    }
}
