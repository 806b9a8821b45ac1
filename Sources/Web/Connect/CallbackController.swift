import Broker
import HTTPTypes
import Hummingbird
import Logging
import OAuth
import Storage

/// `/oauth/callback` and `/app-auth/connect`: where providers send people back. Every callback gets an answer.
struct CallbackController {
    let site: Site

    func shared(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await finish(request, context, place: "")
    }

    /// An integration's own callback address: an answer that was meant for another one's ends here.
    func own(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await finish(request, context, place: context.parameters.get("place") ?? "")
    }

    private func finish(_ request: Request, _ context: SiteContext, place: String) async throws -> Response {
        let answer = ConnectAnswer(site: site, request: request, context: context)
        let callback = CallbackAnswer((try? ParameterList(query: request.uri.query ?? "")) ?? .empty)
        guard let state = callback.state.flatMap({ Secret<FlowState>($0) }),
            let found = try site.store.flow(state, at: site.now())
        else { return try await unknown(ConnectRefusal(.badState), answer) }
        let (flow, integration, environment) = found
        let jar = FlowCookies(site: site, request: request)
        // Nothing is said to whoever waits: the flow stays open for the browser it belongs to.
        guard try await site.store.take(flow, browser: jar.cookie(of: flow)) else {
            return try await unknown(ConnectRefusal(.stateOfOtherBrowser), answer)
        }
        var trace = site.connectTrace(
            flow.trace, of: integration.details.key, provider: integration.details.provider,
            connectionID: flow.connectionID, in: environment, startedAt: flow.startedAt)
        var ending = ConnectResult.Ending.connected
        do {
            guard flow.place.utf8.elementsEqual(place.utf8) else { throw ConnectRefusal(.stateOfOtherAddress) }
            let fetch = ConnectFetch(site: site, flow: flow, integration: integration, environment: environment)
            let got = try await fetch.credentials(callback, &trace)
            try await site.save(
                got.credentials, flow.connectionID, of: integration, in: environment, values: got.values,
                session: flow.session, isProven: flow.isProven, trace)
        } catch {
            let refusal = answer.refusal(error)
            ending = .refused(refusal)
            try await site.fail(refusal, flow, integration, environment, &trace)
        }
        let result = ConnectResult(
            integration: integration.details.key, connectionID: flow.connectionID, ending: ending)
        var response = try await answer.end(result, flow.listeners, in: environment)
        jar.clear(flow, on: &response)
        return response
    }

    private func unknown(_ refusal: ConnectRefusal, _ answer: ConnectAnswer) async throws -> Response {
        answer.context.logger.notice("callback refused", metadata: ["why": "\(refusal.socketType)"])
        let result = ConnectResult(integration: "", connectionID: "", ending: .refused(refusal))
        return try await answer.end(result, .nobody, in: nil)
    }
}

/// Fetches the credentials that a provider's answer stands for.
struct ConnectFetch {
    let site: Site
    let flow: ConnectFlow
    let integration: Integration
    let environment: BrokerEnvironment

    func credentials(
        _ callback: CallbackAnswer, _ trace: inout Trace
    ) async throws -> (credentials: Credentials, values: [String: String]) {
        guard let provider = site.outside.provider(of: integration) else { throw ConnectRefusal(.unknownProvider) }
        trace.add("The provider sent the person back.", after: elapsed, at: site.now())
        let client = try site.store.registration(of: integration)
        switch provider.method {
        case .oauth2(let oauth2): return try await oauth2Credentials(oauth2, provider, client, callback, &trace)
        case .oauth1(let oauth1): return (try await oauth1Credentials(oauth1, client, callback, &trace), flow.values)
        case .app(let app): return try await appCredentials(app, client, callback, &trace)
        case .clientCredentials, .apiKey, .basic, .jwt, .twoStep, .tba, .unauthenticated:
            throw ConnectRefusal(.wrongMode(provider.method.wireName))
        }
    }

    private func oauth2Credentials(
        _ oauth2: OAuth2, _ provider: Provider, _ client: ClientRegistration, _ callback: CallbackAnswer,
        _ trace: inout Trace
    ) async throws -> (credentials: Credentials, values: [String: String]) {
        let code = try callback.code(for: oauth2)
        let kept = callback.kept(by: provider, names: oauth2.keptFromCallback)
        let values = flow.values.merging(kept) { _, new in new }
        let exchange = try oauth2.token.exchange(
            code: code, verifier: oauth2.authorize.sendsPKCE ? flow.secret : nil, redirectURI: flow.redirectURI,
            client: client, values: integration.completing(values))
        let absorbed = oauth2.token.absorb(
            await call(exchange, &trace), keeping: provider.fields, paths: oauth2.keptFromToken, at: site.now())
        let token = try await token(absorbed)
        return (
            .oauth2(
                accessToken: token.accessToken, refreshToken: token.refreshToken, expiresAt: token.expiresAt,
                raw: token.raw), values.merging(token.kept) { _, new in new }
        )
    }

    private func appCredentials(
        _ app: AppInstallation, _ client: ClientRegistration, _ callback: CallbackAnswer, _ trace: inout Trace
    ) async throws -> (credentials: Credentials, values: [String: String]) {
        guard let installation = callback.installation, AppInstallation.isNumber(installation) else {
            throw ConnectRefusal(.missingCode)
        }
        if let owner = app.owner { try await prove(installation, owner, callback, &trace) }
        var values = flow.values
        values["installation_id"] = installation
        let call = try app.token(client: client, values: integration.completing(values), at: site.now())
        let token = try await token(app.absorb(await self.call(call, &trace), at: site.now()))
        return (.app(accessToken: token.accessToken, expiresAt: token.expiresAt, raw: token.raw), values)
    }

    private func oauth1Credentials(
        _ oauth1: OAuth1, _ client: ClientRegistration, _ callback: CallbackAnswer, _ trace: inout Trace
    ) async throws -> Credentials {
        guard case .array(let pair)? = JSONValue(Array(flow.secret.utf8)), pair.count == 2,
            let token = pair[0].string, let secret = pair[1].string
        else { throw ConnectRefusal(.unexpected) }
        let verifier = try callback.verifier(of: token)
        let exchange = try oauth1.accessToken(
            for: OAuth1Token(token: token, secret: secret), verifier: verifier, client: client, once: site.once())
        switch oauth1.absorb(await call(exchange, &trace)) {
        case .success(let (token, raw)): return .oauth1(token, raw: raw)
        case .failure(let trouble): throw ConnectRefusal(.noToken(trouble.reason))
        }
    }

    func call(_ call: ProviderCall, _ trace: inout Trace) async -> ProviderAnswer {
        await ask("Asked the provider for a token.", call, &trace)
    }

    /// A registration that the provider refuses is noted on the integration: nobody can connect until it is mended.
    func token(_ absorbed: Result<TokenAnswer, TokenAnswer.Trouble>) async throws -> TokenAnswer {
        switch absorbed {
        case .success(let token): return token
        case .failure(let trouble):
            if case .misconfigured(let reason) = trouble {
                try await site.store.note(trouble: reason, of: integration.id, at: site.now())
            }
            throw ConnectRefusal(.noToken(trouble.reason))
        }
    }

    var elapsed: Int64 { max(0, site.now() - flow.startedAt) * 1000 }
}

extension ProviderAnswer {
    /// Where a call went and what came back in a word, for a trace.
    func detail(of url: String) -> [(name: String, value: String)] {
        switch self {
        case .response(let status, _): [("url", url), ("status", String(status))]
        case .failed(let failure): [("url", url), ("failed", failure.rawValue)]
        }
    }
}

extension Site {
    /// Stores what somebody connected, and tells the company. A session makes one connection and is spent by it.
    ///
    /// - Parameter isProven: more than the public key spoke for it. That alone, which everybody can read, must not put
    ///   somebody's credentials in the place of another's.
    func save(
        _ credentials: Credentials, _ connectionID: String, of integration: Integration,
        in environment: BrokerEnvironment, values: [String: String], session: ID<Entity.ConnectSession>?,
        isProven: Bool, _ trace: Trace
    ) async throws {
        var owner: ConnectionOwner?
        var expected: Int64?
        if let session {
            guard let ask = try store.ask(of: session), try await store.spend(session, at: now()) else {
                throw ConnectRefusal(.unknownSession)
            }
            owner = ask.owner
            if let again = ask.reconnects {
                // One that was deleted and made anew since is another, though it has the name.
                guard let old = try store.connection(again.connectionID, of: again.integration, in: environment),
                    let opened = try store.opening(of: session), old.createdAt <= opened
                else { throw ConnectRefusal(.unknownSession) }
                expected = old.number
                // A backend that says nothing new about the owner means the one there is.
                if ask.endUser == nil, ask.tags == nil { owner = nil }
            }
        }
        var trace = trace
        trace.succeed(at: now())
        let draft = ConnectionDraft(
            connectionID: connectionID, credentials: credentials, values: values, owner: owner, isProven: isProven)
        do {
            _ = try await store.save(
                draft, of: integration, replaces: isProven ? .anything : .unproven, expecting: expected, trace: trace,
                at: now())
        } catch let unsaved as ConnectionUnsaved {
            switch unsaved {
            case .taken: throw ConnectRefusal(.connectionExists)
            case .gone: throw ConnectRefusal(.unknownSession)
            case .installationHeld: throw ConnectRefusal(.installationHeld)
            case .full: throw ConnectRefusal(.tooManyConnections)
            }
        }
    }

    /// Writes down a flow that ended without a connection, and tells the company.
    func fail(
        _ refusal: ConnectRefusal, _ flow: ConnectFlow, _ integration: Integration, _ environment: BrokerEnvironment,
        _ trace: inout Trace
    ) async throws {
        trace.fail(refusal, at: now())
        try await store.record(trace)
        let event = WebhookEvent(
            .creation, integrationKey: integration.details.key, provider: integration.details.provider,
            connectionID: flow.connectionID, authMode: outside.provider(of: integration)?.method.wireName ?? "",
            owner: try flow.session.flatMap { try store.ask(of: $0)?.owner } ?? ConnectionOwner(),
            failure: (refusal.socketType, refusal.explanation))
        try await store.announce(event, in: environment, at: now())
    }
}
