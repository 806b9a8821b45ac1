import Hummingbird
import OAuth
import Portal
import Storage

/// `/apps/{id}/token-format`: from tokens that never end (V1) to a day's token and a refresh token (V2).
struct TokenFormatController {
    let site: Site

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let app = try site.app(named: context.parameters.get("app"), of: context.person)
        return try site.page(try page(of: app, context), request, context)
    }

    /// There is no way back once a client holds a refresh token: it would have nothing to go back to.
    func switchToV2(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let app = try site.app(named: context.parameters.get("app"), of: context.person)
        guard
            try await site.store.switchToV2(
                app.id, owner: context.person, from: site.clientAddress(of: request, context), at: site.now())
        else { throw Failure.notFound }
        return site.redirect(to: app.path + "/token-format", saying: .switchedToV2)
    }

    /// Plays the refresh of this app through on the server. Nothing of it stays but a line in the activity.
    func test(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let app = try site.app(named: context.parameters.get("app"), of: context.person)
        var page = try page(of: app, context)
        let state = try site.store.tokenFormats(of: app.id)
        let now = site.now()
        guard let member = try member(context),
            let rehearsal = try await site.store.rehearseRefresh(
                of: app, by: member, fromV1: app.details.tokenFormat == .v1 || state.liveV1 + state.moved > 0, at: now)
        else {
            page.testPlace = ""
            return try site.page(page, request, context)
        }
        page.passed = rehearsal.passed
        page.steps = rehearsal.steps.map { TokenFormatPage.Step($0, beganWithV1: rehearsal.beganWithV1) }
        let what = "The refresh was tested at \(rehearsal.tenant.name): \(rehearsal.passed ? "passed" : "failed")."
        site.store.activity.note(.change(what, of: app.id, at: now))
        return try site.page(page, request, context)
    }

    /// Where the app's owner may allow apps: their sandbox, if they have one.
    private func member(_ context: PersonContext) throws -> Member? {
        let able = try site.store.memberships(of: context.person.id).filter {
            $0.role == .admin && !$0.tenant.isSuspended
        }
        return able.first { $0.tenant.kind == .sandbox } ?? able.first
    }

    private func page(of app: App, _ context: PersonContext) throws -> TokenFormatPage {
        let state = try site.store.tokenFormats(of: app.id)
        let member = try member(context)
        let isV1 = app.details.tokenFormat == .v1
        return TokenFormatPage(
            name: app.details.name, appPath: app.path,
            tabs: AppTab.row(below: app.path, current: "Tokens V1 and V2"), isV1: isV1,
            liveV1: state.liveV1 == 0 ? "" : Self.live(state.liveV1, isV1: isV1),
            moved: state.moved == 0 ? "" : "\(state.moved) \(state.moved == 1 ? "was" : "were") exchanged.",
            exchangeCall: Self.exchangeCall(
                of: app, at: site.settings.tenants.issuer(of: member?.tenant.slug.text ?? "$TENANT")),
            exchangeReply: """
                {"access_token":"gw_at_…","refresh_token":"gw_rt_…","token_type":"Bearer",
                 "expires_in":86400,"scope":"\(app.details.scopes.text)","created_at":…}
                """,
            testPlace: member?.tenant.name ?? "", switchPath: app.path + "/token-format",
            testPath: app.path + "/token-format/test")
    }

    /// How a client's V1 token becomes a V2 pair: a refresh, with the token it has.
    private static func exchangeCall(of app: App, at issuer: String) -> String {
        let credentials =
            app.details.kind == .confidential
            ? "-u \"\(app.clientID):$CLIENT_SECRET\"" : "-d client_id=\(app.clientID)"
        return """
            curl \(credentials) \\
              -d grant_type=refresh_token -d refresh_token=$V1_ACCESS_TOKEN \\
              \(issuer)/oauth/token
            """
    }

    private static func live(_ count: Int64, isV1: Bool) -> String {
        let works = "\(counted(count, "V1 token")) \(count == 1 ? "works" : "work"). "
        let each = count == 1 ? "It" : "Each"
        return works + (isV1 ? "\(each) can be exchanged once you have switched." : "\(each) can be exchanged once.")
    }
}

extension TokenFormatPage.Step {
    fileprivate init(_ step: RefreshRehearsal.Step, beganWithV1: Bool) {
        let sent = "grant_type=refresh_token&refresh_token=\(step.presented.text)"
        let isReuse = step.turn == .reuse
        switch step.answer {
        case .success(let pair):
            self.init(
                title: Self.title(of: step.turn, beganWithV1: beganWithV1), sent: sent,
                got: "200 · access_token \(pair.access.text), refresh_token \(pair.refresh.text), "
                    + "expires_in \(pair.expiresIn), scope \(pair.scopes.text)",
                verdict: isReuse ? "It should have been refused." : Self.success(step, beganWithV1: beganWithV1),
                isRight: !isReuse && !step.presentedStillWorks)
        case .failure(let error):
            self.init(
                title: Self.title(of: step.turn, beganWithV1: beganWithV1), sent: sent,
                got: "\(error.status) · error \(error.code.rawValue): \(error.sentence)",
                verdict: isReuse
                    ? "As it should be: whoever else had the old token has nothing now, and the person connects again."
                    : Advice.on(error, in: .token), isRight: isReuse)
        }
    }

    private static func success(_ step: RefreshRehearsal.Step, beganWithV1: Bool) -> String {
        guard !step.presentedStillWorks else { return "The old token should have stopped working, and has not." }
        switch step.turn {
        case .first: return "As it should be." + (beganWithV1 ? " The V1 token stopped working." : "")
        case .lostAnswer: return "As it should be: the same two tokens, so a lost answer locks nobody out."
        case .nextDay, .reuse: return "As it should be."
        }
    }

    private static func title(of turn: RefreshRehearsal.Turn, beganWithV1: Bool) -> String {
        switch turn {
        case .first: beganWithV1 ? "The V1 token, once, as a refresh token" : "The refresh token"
        case .lostAnswer: "The same again within a minute, as if the answer was lost"
        case .nextDay: "A day later, the new refresh token"
        case .reuse: "Two days later, the first token again"
        }
    }
}
