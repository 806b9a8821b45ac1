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
        let shown = tenants.prefix(OperatorList.perPage)
        let page = OperatorListPage(
            heading: "Tenants", sentence: "Every tenant, sandboxes included, newest first.", listPath: list.path,
            query: list.query, shows: list.choices([(value: "suspended", label: "Suspended")]),
            rows: shown.map { OperatorListPage.Row($0) }, factsTitle: "Plan and members",
            nextPath: list.nextPath(
                tenants.count, last: shown.last.map { ListPosition(at: $0.tenant.createdAt, id: $0.tenant.id.text) }),
            isFiltered: list.isFiltered)
        return try site.page(page, request, context)
    }

    func show(_ request: Request, _ context: OperatorContext) async throws -> Response {
        try site.page(try page(for: try tenant(context)), request, context)
    }

    func changePlan(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let form = try await site.form(request, context)
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
        switch site.operatorReason(try form.text("reason"), field: "reason") {
        case .failure(let problem):
            var page = try page(for: tenant)
            page.reason = try form.text("reason")
            return try site.page(page, request, context, problems: [problem])
        case .success(let reason):
            let letters = try site.store.admins(of: tenant.id).map {
                Letter.suspended(to: $0.email, name: $0.name, what: tenant.name, reason: reason)
            }
            _ = try await site.store.suspend(
                .tenant(tenant), because: reason, by: context.session.person, letters: letters,
                from: site.clientAddress(of: request, context), at: site.now())
            return site.redirect(to: tenant.operatorPath, saying: .suspended)
        }
    }

    func reinstate(_ request: Request, _ context: OperatorContext) async throws -> Response {
        _ = try await site.form(request, context)
        let tenant = try tenant(context)
        let letters = try site.store.admins(of: tenant.id).map {
            Letter.reinstated(to: $0.email, name: $0.name, what: tenant.name)
        }
        _ = try await site.store.reinstate(
            .tenant(tenant), by: context.session.person, letters: letters,
            from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(to: tenant.operatorPath, saying: .reinstated)
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
            name: tenant.name, kind: "a tenant", status: tenant.operatorStatus.text,
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
            page.plans = Tenant.Plan.allCases.map {
                Choice(value: $0.rawValue, label: $0.title, isChosen: $0 == tenant.plan)
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

extension Tenant.Plan {
    /// For people.
    var title: String {
        switch self {
        case .standard: "Standard"
        case .network: "Network"
        case .enterprise: "Enterprise"
        }
    }
}

extension OperatorListPage.Row {
    fileprivate init(_ listed: ListedTenant) {
        let tenant = listed.tenant
        let plan = tenant.kind == .sandbox ? "Sandbox" : tenant.plan.title
        self.init(
            path: tenant.operatorPath, name: tenant.name, sub: tenant.slug.text,
            facts: "\(plan), \(counted(listed.members, "member"))", since: .day(tenant.createdAt),
            status: tenant.operatorStatus.text, statusKind: tenant.operatorStatus.kind)
    }
}
