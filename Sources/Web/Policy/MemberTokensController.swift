import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/tokens`: the developer tokens that members hold, and the rules for them.
struct MemberTokensController {
    let site: Site
    private static let perPage = 50

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        let admin = try site.admin(context)
        let rules = try site.store.tokenRules(of: admin.tenant.id)
        return try list(TokenRulesForm(rules), admin, request, context)
    }

    func setRules(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let admin = try site.admin(context)
        var form = TokenRulesForm()
        form.longest = try sent.text("longest")
        form.limited = try sent.text("limited")
        form.scopes = sent.all("scopes")
        switch form.check(catalogue: try site.store.scopeCatalogue()) {
        case .invalid(let problems): return try list(form, admin, request, context, problems: problems)
        case .valid(let rules):
            guard
                try await site.store.change(
                    rules, by: admin, from: site.clientAddress(of: request, context), at: site.now())
            else { throw Failure.notFound }
            return site.redirect(to: admin.tenant.path + "/tokens", saying: .tokenRulesSaved)
        }
    }

    func askToRevoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        let admin = try site.admin(context)
        let held = try held(context, seenBy: admin)
        let path = admin.tenant.path + "/tokens"
        let page = TenantConfirmPage(
            top: try site.top(of: admin, at: .tokens),
            headline: "Revoke “\(held.token.description)” of \(held.owner.name)?",
            sentences: [
                "Anything using this token at \(admin.tenant.name) stops working at once. \(held.owner.name) is told by mail."
            ],
            facts: [
                Fact(label: "Token", value: held.token.hint), Fact(label: "Owner", value: held.owner.email),
                Fact(label: "Scopes", value: held.token.scopes.text),
            ], action: "Revoke the token", formPath: "\(path)/\(held.token.id.text)/revoke", cancelPath: path)
        return try site.page(page, request, context)
    }

    func revoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let admin = try site.admin(context)
        let held = try held(context, seenBy: admin)
        let letter = Letter.tokenRevokedByAdmin(
            to: held.owner.email, name: held.owner.name, description: held.token.description,
            tenant: admin.tenant.name, by: admin.person.name)
        // False when it was revoked meanwhile: what was asked for is so.
        _ = try await site.store.revoke(
            held, by: admin, letter: letter, from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(to: admin.tenant.path + "/tokens", saying: .heldTokenRevoked)
    }
}

extension MemberTokensController {
    private func list(
        _ form: TokenRulesForm, _ admin: Member, _ request: Request, _ context: PersonContext, problems: [Problem] = []
    ) throws -> Response {
        let list = "held tokens \(admin.tenant.id.text)"
        let place = try site.place(site.query(request).first("after"), of: list).flatMap { ListPosition($0) }
        let now = site.now()
        let (tokens, hasMore) = try site.store.memberTokens(
            seenBy: admin, after: place, at: now, limit: Self.perPage)
        let rules = try site.store.tokenRules(of: admin.tenant.id)
        let path = admin.tenant.path + "/tokens"
        let next = hasMore ? tokens.last.map { ListPosition(at: $0.token.createdAt, id: $0.token.id.text).text } : nil
        let page = HeldTokensPage(
            top: try site.top(of: admin, at: .tokens),
            tokens: tokens.map { HeldTokensPage.Row($0, rules, path: path, at: now) },
            lengths: HeldTokensPage.lengths(chosen: form.longest), limits: HeldTokensPage.limits(chosen: form.limited),
            groups: ScopeGroup.groups(of: try site.store.scopeCatalogue(), ticked: form.scopes),
            isNarrowed: place != nil,
            listPath: path, nextPath: next.map { "\(path)?after=\(site.cursor($0, of: list))" } ?? "",
            rulesPath: path + "/rules")
        return try site.page(page, request, context, problems: problems)
    }

    private func held(_ context: PersonContext, seenBy admin: Member) throws -> MemberToken {
        guard let id = context.parameters.get("token"), let held = try site.store.memberToken(ID(id), seenBy: admin)
        else { throw Failure.notFound }
        return held
    }
}

extension HeldTokensPage.Row {
    fileprivate init(_ held: MemberToken, _ rules: TokenRules, path: String, at now: Instant) {
        let token = held.token
        self.init(
            description: token.description, hint: token.hint, owner: held.owner.name, ownerEmail: held.owner.email,
            scopes: token.scopes.sorted.map(\.text), lastUsed: token.lastUsedAt.map { .relative($0, at: now) },
            created: .day(token.createdAt), expires: token.lastMoment.map { .day($0) },
            excess: rules.excess(of: token.scopes, createdAt: token.createdAt, expiresAt: token.expiresAt) ?? "",
            revokePath: "\(path)/\(token.id.text)/revoke")
    }
}
