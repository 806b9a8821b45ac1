import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{slug}/test-token`: a token for a day, for an admin who wants to see what an app would get.
struct TestTokenController {
    let site: Site

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let member = try member(context)
        let now = site.now()
        let token = try site.store.testToken(of: context.person.id, in: member.tenant.id)
        var page = try page(of: member, context)
        guard let token else { return try site.page(page, request, context) }
        page.hint = token.hint
        page.scopes = token.scopes.sorted.map(\.text)
        page.expires = token.expiresAt.map { .exact($0) }
        page.lastUsed = token.lastUsedAt.map { .relative($0, at: now) }
        page.isExpired = token.status(at: now) == .expired
        if let secret = site.shownOnce.take(token.id.text, for: context.session.id, by: request.method, at: now) {
            page.token = secret
            page.curl = site.firstCall(of: token, by: context.person, bearer: secret)?.curl ?? ""
        }
        return try site.page(page, request, context)
    }

    func create(_ request: Request, _ context: PersonContext) async throws -> Response {
        let member = try member(context)
        _ = try await site.confirmedForm(request, context)
        let now = site.now()
        let shown = try page(of: member, context)
        guard shown.whyNot.isEmpty else { return try site.page(shown, request, context, status: .unprocessableContent) }
        try await site.count(.testTokens, context.person.id.text)
        let catalogue = try site.store.scopeCatalogue()
        let token = Secret<OAuth.DeveloperToken>.random()
        let list = site.url("/tokens")
        let id = try await site.store.makeTestToken(
            for: member, token: token,
            letter: { draft in
                let scopes = catalogue.filter { draft.scopes.contains($0.scope) }
                return .tokenCreated(
                    to: member.person.email, name: member.person.name, description: draft.description,
                    tenant: member.tenant.name, scopes: scopes.map { (title: $0.title, name: $0.scope.text) },
                    expires: draft.expiresAt.map { Moment.exact($0).text } ?? "", list: list)
            }, from: site.clientAddress(of: request, context), at: now)
        // The rules were changed since the page was made: it says so when it is shown again.
        guard let id else { return site.redirect(to: shown.formPath) }
        site.metrics.noteIssued(.developerToken)
        site.shownOnce.keep(token.reveal(), of: id.text, for: context.session.id, at: now)
        return site.redirect(to: shown.formPath)
    }

    func revoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        let member = try member(context)
        _ = try await site.form(request, context)
        let path = member.tenant.path + "/test-token"
        guard let token = try site.store.testToken(of: context.person.id, in: member.tenant.id) else {
            return site.redirect(to: path)
        }
        let letter = Letter.tokenRevoked(
            to: context.person.email, name: context.person.name, description: token.description,
            tenant: member.tenant.name)
        _ = try await site.store.revoke(
            token.id, of: context.person, letter: letter, from: site.clientAddress(of: request, context),
            at: site.now())
        return site.redirect(to: path, saying: .testTokenRevoked)
    }

    /// To others the tenant is as unknown as one that does not exist.
    private func member(_ context: PersonContext) throws -> Member {
        let tenant = try site.liveTenant(context)
        guard let member = try site.store.membership(of: context.person.id, in: tenant.id) else {
            throw Failure.notFound
        }
        return member
    }

    private func page(of member: Member, _ context: PersonContext) throws -> TestTokenPage {
        let path = member.tenant.path
        let rules = try site.store.tokenRules(of: member.tenant.id)
        let draft = DeveloperTokenDraft.test(
            for: member, catalogue: try site.store.scopeCatalogue(), under: rules, at: site.now())
        var whyNot = ""
        if context.person.verifiedAt == nil {
            whyNot = "Confirm your email address first: the link is in your mail."
        } else if draft == nil {
            whyNot = "The rules of \(member.tenant.name) leave nothing that a test token of yours could do."
        }
        return TestTokenPage(
            tenantName: member.tenant.name, tenantPath: path, rules: rules.sentence(at: member.tenant.name) ?? "",
            whyNot: whyNot, formPath: path + "/test-token", revokePath: path + "/test-token/revoke")
    }
}
