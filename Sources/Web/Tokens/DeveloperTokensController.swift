import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/tokens`: a person's own scoped tokens. Reached with a session only: no token makes another.
struct DeveloperTokensController {
    let site: Site

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        try list(request, context)
    }

    func new(_ request: Request, _ context: PersonContext) async throws -> Response {
        guard try obstacle(context) == nil else { return site.redirect(to: "/tokens") }
        try site.askToConfirm(context)
        if let typed = site.filled(request, context) {
            return try site.page(try everything(in: try TokenForm(typed), context), request, context)
        }
        let query = site.query(request)
        let from = query.all("from").first.map { ID<Entity.DeveloperToken>($0) }
        let old = try from.flatMap { try site.store.developerToken($0, of: context.person.id) }
        let form = TokenForm(prefill: query, like: old)
        var page = try page(form, context, isNew: true)
        page.isPrefilled = ["description", "scopes", "expires"].contains { !query.all($0).isEmpty }
        return try site.page(page, request, context)
    }

    func create(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.confirmedForm(request, context)
        guard try obstacle(context) == nil else {
            return try list(request, context, status: .unprocessableContent)
        }
        let form = try TokenForm(sent)
        if try sent.text("action").utf8.elementsEqual("select_all".utf8) {
            if let again = site.showFilled(sent, at: "/tokens/new", part: "field-scopes", context) { return again }
            return try site.page(try everything(in: form, context), request, context)
        }
        switch try check(form, context) {
        case .invalid(let problems):
            return try site.page(try page(form, context), request, context, problems: problems)
        case .valid(let draft):
            let address = site.clientAddress(of: request, context)
            switch try await make(draft, replacing: try replaced(by: form, context), from: address, context) {
            case .success(let id): return site.redirect(to: "/tokens/\(id.text)/created")
            case .failure(.obstacle): return try list(request, context, status: .unprocessableContent)
            case .failure(.descriptionTaken):
                let problem = Problem.takenDescription(draft.description, at: draft.member.tenant)
                return try site.page(try page(form, context), request, context, problems: [problem])
            }
        }
    }

    func created(_ request: Request, _ context: PersonContext) async throws -> Response {
        let token = try token(context)
        let secret = site.shownOnce.take(token.id.text, for: context.session.id, by: request.method, at: site.now())
        let page = TokenCreatedPage(
            token: secret, description: token.description, tenantName: token.tenant.name,
            scopes: token.scopes.sorted.map(\.text), expires: token.lastMoment.map { .fullDay($0) },
            call: secret.flatMap { site.firstCall(of: token, by: context.person, bearer: $0) },
            regeneratePath: "/tokens/new?from=\(token.id.text)")
        return try site.page(page, request, context)
    }

    func askToRevoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        let token = try token(context)
        let now = site.now()
        guard token.status(at: now) != .revoked else { return site.redirect(to: "/tokens?status=revoked") }
        let page = RevokeTokenPage(
            description: token.description, hint: token.hint, tenantName: token.tenant.name,
            lastUsed: token.lastUsedAt.map { .relative($0, at: now) }, formPath: "/tokens/\(token.id.text)/revoke")
        return try site.page(page, request, context)
    }

    func revoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let token = try token(context)
        let letter = Letter.tokenRevoked(
            to: context.person.email, name: context.person.name, description: token.description,
            tenant: token.tenant.name)
        // False when it was revoked meanwhile: what was asked for is so.
        _ = try await site.store.revoke(
            token.id, of: context.person, letter: letter, from: site.clientAddress(of: request, context), at: site.now()
        )
        return site.redirect(to: "/tokens", saying: .tokenRevoked)
    }
}

extension DeveloperTokensController {
    private func list(
        _ request: Request, _ context: PersonContext, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let page = TokensPage(
            try site.store.developerTokens(of: context.person.id), of: context.person,
            narrowedBy: TokenFilter(site.query(request)), obstacle: try obstacle(context), at: site.now())
        return try site.page(page, request, context, status: status)
    }

    /// The token that the address names; anybody else's is as unknown as one that does not exist.
    private func token(_ context: PersonContext) throws -> DeveloperTokenSummary {
        guard let text = context.parameters.get("token"),
            let token = try site.store.developerToken(ID(text), of: context.person.id)
        else { throw Failure.notFound }
        return token
    }

    private func page(
        _ form: TokenForm, _ context: PersonContext, isNew: Bool = false
    ) throws -> NewTokenPage {
        let now = site.now()
        let memberships = try memberships(context)
        let rules = try memberships.map { (tenant: $0.tenant, rules: try site.store.tokenRules(of: $0.tenant.id)) }
        var page = NewTokenPage(
            form, memberships: memberships, catalogue: try site.store.scopeCatalogue(), at: now)
        page.rules = rules.compactMap { $0.rules.sentence(at: $0.tenant.name) }
        page.limit(to: rules, isNew: isNew)
        if let old = try replaced(by: form, context) {
            page.replaces = NewTokenPage.Old(
                id: old.id.text, description: old.description, isActive: old.status(at: now) == .active)
        }
        return page
    }

    /// The person's own token that this one takes the place of.
    private func replaced(by form: TokenForm, _ context: PersonContext) throws -> DeveloperTokenSummary? {
        try form.replaces.flatMap { try site.store.developerToken($0, of: context.person.id) }
    }

    private func memberships(_ context: PersonContext) throws -> [Member] {
        try site.memberships(of: context.person, context).filter { !$0.tenant.isSuspended }
    }

    private func obstacle(_ context: PersonContext) throws -> Obstacle? {
        try site.store.obstacleToToken(of: context.person.id, at: site.now())
    }

    /// The form with every scope ticked that the person may give, but for the one that stands for all of them.
    private func everything(in typed: TokenForm, _ context: PersonContext) throws -> NewTokenPage {
        var form = typed
        let member = form.member(among: try memberships(context))
        let offered = ScopeDescription.available(
            to: member?.role ?? .member, from: try site.store.scopeCatalogue())
        form.scopes = offered.filter { $0.scope != .default }.map(\.scope.text)
        return try page(form, context)
    }

    private func check(_ form: TokenForm, _ context: PersonContext) throws -> Checked<DeveloperTokenDraft> {
        let catalogue = try site.store.scopeCatalogue()
        let checked = form.check(
            memberships: try memberships(context), catalogue: catalogue,
            tokens: try site.store.developerTokens(of: context.person.id), at: site.now())
        guard case .valid(let draft) = checked else { return checked }
        if let problem = form.overreach(of: draft.member, catalogue: catalogue) { return .invalid([problem]) }
        let rules = try site.store.tokenRules(of: draft.member.tenant.id)
        let problems = rules.problems(with: draft, at: site.now())
        return problems.isEmpty ? checked : .invalid(problems)
    }

    /// Makes the token, tells its owner by mail, and keeps it for the one page that shows it.
    private func make(
        _ draft: DeveloperTokenDraft, replacing old: DeveloperTokenSummary?, from address: String,
        _ context: PersonContext
    ) async throws -> Result<ID<Entity.DeveloperToken>, TokenRefusal> {
        let now = site.now()
        let token = Secret<OAuth.DeveloperToken>.random()
        let scopes = try site.store.scopeCatalogue().filter { draft.scopes.contains($0.scope) }
        let letter = Letter.tokenCreated(
            to: context.person.email, name: context.person.name, description: draft.description,
            tenant: draft.member.tenant.name, scopes: scopes.map { (title: $0.title, name: $0.scope.text) },
            expires: draft.expiresAt.map { Moment.fullDay($0 - 1).text } ?? "never",
            replacing: old.flatMap { $0.status(at: now) == .active ? $0.description : nil }, list: site.url("/tokens"))
        let made = try await site.store.make(
            draft, token: token, replacing: old?.id, letter: letter, from: address, at: now)
        guard case .success(let id) = made else { return made }
        site.metrics.noteIssued(.developerToken)
        site.shownOnce.keep(token.reveal(), of: id.text, for: context.session.id, at: now)
        return made
    }
}
