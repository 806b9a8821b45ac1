import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Storage

/// Sends a browser to a provider, and remembers what for.
struct ConnectStart {
    let site: Site
    let request: Request
    let context: SiteContext

    func begin(_ entry: ConnectEntry, _ listeners: ConnectListeners) async throws -> Response {
        var trace = site.connectTrace(
            of: entry.integration.details.key, provider: entry.provider.key, connectionID: entry.connectionID,
            in: entry.environment)
        trace.add("The request was accepted.", [("by", entry.proofInWords)], at: site.now())
        do {
            return try await begin(entry, listeners, &trace)
        } catch {
            let refusal = ConnectAnswer(site: site, request: request, context: context).refusal(error)
            trace.fail(refusal, at: site.now())
            try await site.store.record(trace)
            throw Traced(refusal)
        }
    }

    /// A refusal that stands in a trace already.
    struct Traced: Error {
        let refusal: ConnectRefusal

        init(_ refusal: ConnectRefusal) { self.refusal = refusal }
    }

    private func begin(
        _ entry: ConnectEntry, _ listeners: ConnectListeners, _ trace: inout Trace
    ) async throws -> Response {
        let client = try registration(of: entry)
        let state = Secret<FlowState>.random()
        var generator = SystemRandomNumberGenerator()
        let id = ID<Entity.ConnectFlow>.random(using: &generator)
        let callback = callback(of: entry)
        let departure = try await departure(of: entry, client, callback.url, state, &trace)
        let flow = ConnectFlow(
            id: id, of: entry.integration, connectionID: entry.connectionID, place: callback.place,
            secret: departure.secret,
            values: entry.values, redirectURI: callback.url, listeners: listeners, session: entry.session?.id,
            isProven: entry.isProven, trace: trace.id, startedAt: trace.startedAt)
        let jar = FlowCookies(site: site, request: request)
        let cookie = jar.cookie(of: flow) ?? Secret<FlowCookie>.random()
        if let session = entry.session {
            guard try await site.store.hold(session.id, to: cookie) else { throw ConnectRefusal(.otherBrowser) }
        }
        try await site.store.begin(flow, state: state, browser: cookie, at: site.now())
        trace.add("Sent the person to the provider.", [("url", departure.address)], at: site.now())
        try await site.store.record(trace)
        var response = ConnectAnswer.openToOpener(
            .sending(to: departure.address, status: request.method == .get ? .found : .seeOther))
        jar.set(cookie, for: flow, on: &response)
        return response
    }

    /// Where the person goes, and what is remembered until they are back.
    private func departure(
        of entry: ConnectEntry, _ client: ClientRegistration, _ callback: String, _ state: Secret<FlowState>,
        _ trace: inout Trace
    ) async throws -> (address: String, secret: String) {
        switch entry.provider.method {
        case .oauth2(let oauth2):
            var generator = SystemRandomNumberGenerator()
            let verifier = Base62.draw(64, using: &generator)
            guard let challenge = PKCE.challenge(for: verifier) else { throw ConnectRefusal(.unexpected) }
            let address = try oauth2.address(
                for: OAuth2.Ask(
                    client: client, redirectURI: callback, state: state.reveal(), challenge: challenge,
                    scopes: entry.scopes, parameters: entry.parameters, values: entry.allValues))
            return (address, verifier)
        case .oauth1(let oauth1):
            let token = try await temporaryToken(of: oauth1, for: entry, client, callback, state, &trace)
            let secret = String(decoding: JSONText.strings([token.token, token.secret]).bytes, as: UTF8.self)
            return (try oauth1.address(for: token, scopes: entry.scopes), secret)
        case .app(let app):
            _ = try app.owner?.client(entry.allValues)
            guard let url = app.installURL.filled(entry.allValues) else { throw ConnectRefusal(.missingValue("")) }
            let mark = url.utf8.contains(0x3F) ? "&" : "?"
            return (url + mark + "state=" + PercentEncoding.encode(state.reveal()), "-")
        case .clientCredentials, .apiKey, .basic, .jwt, .twoStep, .tba, .unauthenticated:
            throw ConnectRefusal(.wrongMode(entry.provider.method.wireName))
        }
    }

    /// RFC 5849 §2.1.
    private func temporaryToken(
        of oauth1: OAuth1, for entry: ConnectEntry, _ client: ClientRegistration, _ callback: String,
        _ state: Secret<FlowState>, _ trace: inout Trace
    ) async throws -> OAuth1Token {
        let call = try oauth1.requestToken(
            callback: callback, state: state.reveal(), client: client, once: site.once())
        let asked = await site.outside.call(call.made(for: entry.environment.tenant))
        trace.add("Asked the provider for a temporary token.", asked.detail(of: call.url), at: site.now())
        switch oauth1.absorb(asked) {
        case .success(let (temporary, _)): return temporary
        case .failure(let trouble): throw ConnectRefusal(.noToken(trouble.reason))
        }
    }

    private func registration(of entry: ConnectEntry) throws -> ClientRegistration {
        let method = entry.provider.method
        guard method.needsRegistration else { throw ConnectRefusal(.wrongMode(method.wireName)) }
        let client = try site.store.registration(of: entry.integration)
        guard !client.id.utf8.isEmpty else { throw ConnectRefusal(.notConfigured) }
        return client
    }

    /// The address that the provider knows, and which of our callbacks it leads to.
    private func callback(of entry: ConnectEntry) -> (url: String, place: String) {
        let id = entry.integration.id.text
        // An app's provider comes back to the one address that the app was registered with.
        if case .app = entry.provider.method { return (site.url("/app-auth/connect"), "") }
        if entry.integration.details.usesOwnCallback { return (site.url("/oauth/callback/" + id), id) }
        return (entry.environment.callbackURL ?? site.url("/oauth/callback"), "")
    }
}

extension Site {
    /// For one signed request (RFC 5849 §3.3).
    func once() -> OAuth1.Once {
        var generator = SystemRandomNumberGenerator()
        return OAuth1.Once(nonce: Base62.draw(22, using: &generator), time: now())
    }
}

/// The cookies that hold flows to the browser they began in: one for each flow, one for all flows of a session.
struct FlowCookies {
    let site: Site
    private let cookies: Cookies
    private static let mark = "flow_"

    init(site: Site, request: Request) {
        self.site = site
        cookies = Cookies(request)
    }

    func cookie(of flow: ConnectFlow) -> Secret<FlowCookie>? {
        cookies[name(of: flow)].flatMap { Secret<FlowCookie>($0) }
    }

    /// Sets the cookie, and takes away others when there are many: together they could outgrow what a server reads.
    func set(_ cookie: Secret<FlowCookie>, for flow: ConnectFlow, on response: inout Response) {
        add(name(of: flow), cookie.reveal(), lifetime: Store.flowLifetime, to: &response)
        let others = cookies.names(beginningWith: prefix + Self.mark).filter { $0 != name(of: flow) }
        for name in others.dropLast(Self.most) { add(name, "", lifetime: 0, to: &response) }
    }

    func clear(_ flow: ConnectFlow, on response: inout Response) {
        guard flow.session == nil else { return }
        add(name(of: flow), "", lifetime: 0, to: &response)
    }

    private static let most = 8
    private var prefix: String { site.settings.base.isSecure ? "__Host-gw_" : "gw_" }

    private func name(of flow: ConnectFlow) -> String {
        prefix + Self.mark + (flow.session.map(\.text) ?? flow.id.text)
    }

    private func add(_ name: String, _ value: String, lifetime: Int64, to response: inout Response) {
        let secure = site.settings.base.isSecure ? "; Secure" : ""
        response.headers.append(
            HTTPField(
                name: .setCookie,
                value: "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax\(secure); Max-Age=\(lifetime)"))
    }
}
