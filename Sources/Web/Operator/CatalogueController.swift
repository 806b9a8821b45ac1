import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/operator/scopes` and `/operator/rules`: what can be asked for, and under which rules.
struct CatalogueController {
    let site: Site

    func index(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let scopes = try site.store.scopeCatalogue().map { scope in
            CataloguePage.Line(
                code: scope.scope.text, title: scope.title, sentence: scope.sentence, group: scope.group,
                isSensitive: scope.sensitivity == .high,
                enforcedBy: scope.enforcement == .gatewright ? "This server" : "Your own API", editPath: scope.editPath)
        }
        return try site.page(CataloguePage(scopes: scopes), request, context)
    }

    func new(_ request: Request, _ context: OperatorContext) async throws -> Response {
        try site.page(ScopeFormPage(ScopeForm(), editing: nil), request, context)
    }

    func create(_ request: Request, _ context: OperatorContext) async throws -> Response {
        try await save(nil, request, context)
    }

    func edit(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let scope = try scope(context)
        let form = ScopeForm(scope, position: try site.store.scopePosition(scope.scope) ?? 50)
        return try site.page(ScopeFormPage(form, editing: scope), request, context)
    }

    func update(_ request: Request, _ context: OperatorContext) async throws -> Response {
        try await save(try scope(context), request, context)
    }

    func remove(_ request: Request, _ context: OperatorContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context)
        let scope = try scope(context)
        let isGone = try await site.store.removeScope(
            scope, by: context.session.person, from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(
            to: isGone ? "/operator/scopes" : scope.editPath, saying: isGone ? .scopeRemoved : .scopeHeld)
    }

    func rules(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let rules = try site.store.rules()
        let page = RulesPage(
            plans: Self.choices(rules.developerPlans.map(\.rawValue)), unreviewedLimit: "\(rules.unreviewedLimit)")
        return try site.page(page, request, context)
    }

    func changeRules(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let form = try await site.confirmedForm(request, context)
        let (plans, limit) = (form.all("plans"), try form.text("unreviewed_limit"))
        switch InstallationRules.check(plans: plans, unreviewedLimit: limit) {
        case .invalid(let problems):
            let page = RulesPage(plans: Self.choices(plans), unreviewedLimit: limit)
            return try site.page(page, request, context, problems: problems)
        case .valid(let rules):
            try await site.store.change(
                to: rules, by: context.session.person, from: site.clientAddress(of: request, context), at: site.now())
            return site.redirect(to: "/operator/rules", saying: .rulesSaved)
        }
    }

    private func save(
        _ existing: ScopeDescription?, _ request: Request, _ context: OperatorContext
    ) async throws -> Response {
        let form = try ScopeForm(try await site.confirmedForm(request, context))
        switch form.check(editing: existing, catalogue: try site.store.scopeCatalogue()) {
        case .invalid(let problems):
            return try site.page(ScopeFormPage(form, editing: existing), request, context, problems: problems)
        case .valid(let checked):
            try await site.store.save(
                checked.scope, position: checked.position, by: context.session.person,
                from: site.clientAddress(of: request, context), at: site.now())
            return site.redirect(to: "/operator/scopes", saying: .scopeSaved)
        }
    }

    private func scope(_ context: OperatorContext) throws -> ScopeDescription {
        guard let name = context.parameters.get("scope"), let asked = Scope(name),
            let scope = try site.store.scopeCatalogue().first(where: { $0.scope == asked })
        else { throw Failure.notFound }
        return scope
    }

    private static func choices(_ chosen: [String]) -> [Choice] {
        Tenant.Plan.allCases.map {
            Choice(value: $0.rawValue, label: $0.title, isChosen: chosen.contains($0.rawValue))
        }
    }
}

extension ScopeDescription {
    fileprivate var editPath: String { "/operator/scopes/\(scope.text)" }
}

extension ScopeForm {
    fileprivate init(_ form: Form) throws {
        self.init()
        name = try form.text("name")
        title = try form.text("title")
        sentence = try form.text("sentence")
        group = try form.text("group")
        sensitivity = try form.text("sensitivity")
        position = try form.text("position")
        isOwnAPI = try form.text("own_api").utf8.elementsEqual("yes".utf8)
    }

    fileprivate init(_ scope: ScopeDescription, position: Int64) {
        self.init()
        name = scope.scope.text
        title = scope.title
        sentence = scope.sentence
        group = scope.group
        sensitivity = scope.sensitivity.rawValue
        self.position = "\(position)"
    }
}

extension ScopeFormPage {
    fileprivate init(_ form: ScopeForm, editing scope: ScopeDescription?) {
        let levels = [
            (value: "low", label: "Low"), (value: "normal", label: "Normal"), (value: "high", label: "Sensitive"),
        ]
        self.init(
            isNew: scope == nil, name: scope?.scope.text ?? form.name, scopeTitle: form.title, sentence: form.sentence,
            group: form.group,
            sensitivities: levels.map {
                Choice(value: $0.value, label: $0.label, isChosen: $0.value.utf8.elementsEqual(form.sensitivity.utf8))
            },
            position: form.position, isOwnAPI: form.isOwnAPI, formPath: scope?.editPath ?? "/operator/scopes")
        guard let scope else { return }
        switch scope.enforcement {
        case .gatewright: enforcement = "Routes of this server check it."
        case .operator:
            enforcement = "Your own API checks it, behind introspection or forward authentication."
            removePath = scope.editPath + "/remove"
        }
    }
}
