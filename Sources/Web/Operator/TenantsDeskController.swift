import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/operator/tenants`: the operator's customers, and what they bought.
struct TenantsDeskController {
    let site: Site

    func index(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let list = OperatorList(at: "/operator/tenants", site.query(request))
        let tenants = try site.store.tenants(list.filter, after: list.after, limit: OperatorList.perPage + 1)
        let page = list.page(
            "Workspaces", "Every workspace, sandboxes included, newest first.",
            shows: [(value: "suspended", label: "Suspended")], of: tenants, factsTitle: "Plan and members",
            row: { OperatorListPage.Row($0) },
            position: { ListPosition(at: $0.tenant.createdAt, id: $0.tenant.id.text) })
        return try site.page(page, request, context)
    }

    func show(_ request: Request, _ context: OperatorContext) async throws -> Response {
        try site.page(try page(for: try tenant(context)), request, context)
    }

    func changePlan(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let form = try await site.confirmedForm(request, context)
        let tenant = try tenant(context)
        guard let plan = Tenant.Plan(rawValue: try form.text("plan")), tenant.kind == .standard else {
            throw Failure.badRequest("There is no such plan.")
        }
        _ = try await site.store.changePlan(
            of: tenant, to: plan, by: context.session.person, from: site.clientAddress(of: request, context),
            at: site.now())
        return site.redirect(to: tenant.operatorPath, saying: .planChanged)
    }

    func suspend(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let form = try await site.confirmedForm(request, context)
        let tenant = try tenant(context)
        return try await site.suspend(
            .tenant(tenant), called: tenant.name, telling: try admins(of: tenant), form, request, context
        ) { try page(for: tenant) }
    }

    func reinstate(_ request: Request, _ context: OperatorContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context)
        let tenant = try tenant(context)
        return try await site.reinstate(
            .tenant(tenant), called: tenant.name, telling: try admins(of: tenant), request, context)
    }

    private func admins(of tenant: Tenant) throws -> [(email: String, name: String)] {
        try site.store.admins(of: tenant.id).map { ($0.email, $0.name) }
    }

    private func tenant(_ context: OperatorContext) throws -> Tenant {
        guard let id = context.parameters.get("tenant"), let tenant = try site.store.tenant(ID<Entity.Tenant>(id))
        else {
            throw Failure.notFound
        }
        return tenant
    }

    private func page(for tenant: Tenant) throws -> SubjectPage {
        var page = SubjectPage(
            name: tenant.name, kind: "a workspace", status: tenant.operatorStatus.text,
            statusKind: tenant.operatorStatus.kind,
            facts: [
                Fact(label: "Address", value: site.issuer(of: tenant)), Fact(label: "ID", value: tenant.id.text),
                Fact(label: "Opened", value: Moment.exact(tenant.createdAt).text),
            ],
            ways: try site.store.admins(of: tenant.id).map {
                SubjectPage.Way(path: $0.operatorPath, text: "Its admin \($0.name), \($0.email)")
            } + [SubjectPage.Way(path: "/operator/audit?tenant=\(tenant.id.text)", text: "Its audit log")],
            history: [],
            effect: "Its pages close and every token in it is refused, from the next request on. Nothing is deleted.")
        page.show(try site.store.suspensions(of: .tenant(tenant)))
        if tenant.isSuspended {
            page.reinstatePath = tenant.operatorPath + "/reinstate"
        } else {
            page.suspendPath = tenant.operatorPath + "/suspend"
        }
        if tenant.kind == .standard {
            page.planPath = tenant.operatorPath + "/plan"
            let included = try site.store.rules().developerPlans
            page.plans = Tenant.Plan.allCases.map {
                let tools = included.contains($0) ? ", with the developer tools" : ""
                return Choice(value: $0.rawValue, label: $0.title + tools, isChosen: $0 == tenant.plan)
            }
        }
        return page
    }
}

extension Tenant {
    /// The tenant's page at the operator's desk.
    var operatorPath: String { "/operator/tenants/\(id.text)" }

    var operatorStatus: (text: String, kind: String) {
        if isSuspended { return ("Suspended", "bad") }
        return kind == .sandbox ? ("Sandbox", "mute") : ("Active", "ok")
    }
}

extension OperatorListPage.Row {
    fileprivate init(_ listed: ListedTenant) {
        let tenant = listed.tenant
        self.init(
            path: tenant.operatorPath, name: tenant.name, sub: tenant.slug.text,
            facts: "\(tenant.planTitle), \(counted(listed.members, "member"))", since: .day(tenant.createdAt),
            status: tenant.operatorStatus.text, statusKind: tenant.operatorStatus.kind)
    }
}
