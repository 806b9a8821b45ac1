import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Storage

/// Connect sessions: a backend's leave for one of its users to make one connection.
struct ConnectSessionsController {
    let site: Site

    func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .writeConnectSessions) { call in
            try await open(call, isReconnection: false)
        }
    }

    func reconnect(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .writeConnectSessions) { call in
            try await open(call, isReconnection: true)
        }
    }

    private func open(_ call: BrokerCall, isReconnection: Bool) async throws -> Response {
        guard (call.request.uri.query ?? "").utf8.isEmpty else {
            throw BrokerRefusal(
                status: .badRequest, type: "invalid_query_params", message: "This address takes no query.",
                problems: [.init(code: "unrecognized_keys", message: "This address takes no query.", path: [])])
        }
        let body = Array(try await call.request.body.collect(upTo: 64 * 1024).readableBytesView)
        let ask: ConnectSessionAsk
        switch ConnectSessionAsk.read(body, isReconnection: isReconnection) {
        case .failure(let mistakes): throw Self.refusal(mistakes.all)
        case .success(let read): ask = read
        }
        let mistakes = try mistakes(of: ask, in: call.environment)
        guard mistakes.isEmpty else { throw Self.refusal(mistakes) }
        let token = Secret<ConnectToken>.random()
        let end = try await site.store.open(ask, as: token, in: call.environment, at: site.now())
        try site.noteIfNothing(canBeConnectedBy: ask, in: call.environment)
        let link = site.url("/connect?session_token=") + token.reveal()
        let data = JSONText.object([
            ("token", .string(token.reveal())), ("connect_link", .string(link)), ("expires_at", .string(end.wireText)),
        ])
        return .json(bytes: JSONText.object([("data", data)]).bytes, status: .created)
    }

    private static func refusal(_ mistakes: [ConnectSessionAsk.Mistake]) -> BrokerRefusal {
        BrokerRefusal(
            status: .badRequest, type: "invalid_body", message: "The body is not what this address takes.",
            problems: mistakes.map { .init(code: $0.code, message: $0.message, path: $0.path) })
    }

    /// What names nothing of this environment.
    private func mistakes(
        of ask: ConnectSessionAsk, in environment: BrokerEnvironment
    ) throws -> [ConnectSessionAsk.Mistake] {
        if let again = ask.reconnects {
            let number = try site.store.connectionNumber(again.connectionID, of: again.integration, in: environment)
            guard number == nil else { return [] }
            return [.init(code: "unknown_connection", message: "There is no such connection.", path: ["connection_id"])]
        }
        let asked = ask.allowedIntegrations ?? []
        let known = asked.isEmpty ? [] : try site.store.integrationKeys(of: environment)
        return asked.enumerated().compactMap { index, key in
            guard !known.contains(key) else { return nil }
            return .init(
                code: "custom", message: "Integration \"\(key)\" does not exist.",
                path: ["allowed_integrations", String(index)])
        }
    }

    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.forSession(request) { .json(bytes: Self.json($0).bytes) } ?? withoutToken(request)
    }

    func destroy(_ request: Request, _ context: SiteContext) async throws -> Response {
        let ended = try await site.forSession(request) { session in
            try await site.store.end(session.id)
            return Response(status: .noContent)
        }
        return ended ?? withoutToken(request)
    }

    private static func json(_ session: ConnectSession) -> JSONText {
        let ask = session.ask
        var members: [(name: String, value: JSONText)] = []
        if let keys = ask.reconnects.map({ [$0.integration] }) ?? ask.allowedIntegrations {
            members.append(("allowed_integrations", .strings(keys)))
        }
        if !ask.defaults.isEmpty { members.append(("integrations_config_defaults", ask.defaultsAsJSON.text)) }
        members.append(("endUser", ask.endUser?.text ?? .word("null")))
        if ask.reconnects != nil { members.append(("isReconnecting", .boolean(true))) }
        members.append(("connectUISettings", .object([("showWatermark", .boolean(false))])))
        if let overrides = ask.overrides { members.append(("overrides", overrides.text)) }
        return .object([("data", .object(members))])
    }

    private func withoutToken(_ request: Request) -> Response {
        var response = site.refusal(ConnectRefusal(.invalidSession), isNested: true)
        CrossOrigin.allow(request, nil, on: &response)
        return response
    }
}

extension Site {
    /// Answers a page that brings a session's token where a backend would bring its key.
    ///
    /// - Returns: nil when the request brings no such token.
    func forSession(
        _ request: Request, _ answer: (ConnectSession) async throws -> Response
    ) async throws -> Response? {
        guard let token = Self.connectToken(in: request) else { return nil }
        var origins: OriginPolicy?
        var budget: RateLimiter.Budget?
        var response: Response
        do {
            guard let session = try store.connectSession(token, at: now()), !session.isUsed else {
                throw ConnectRefusal(.unknownSession)
            }
            origins = try account(session).origins
            let counted = limiter.budget(.connectSession, session.id.text, at: now())
            budget = counted
            guard counted.wait == nil else { throw ConnectRefusal(.tooMany) }
            response = try await answer(session)
        } catch let refusal as ConnectRefusal {
            response = self.refusal(refusal, isNested: true)
        } catch let refusal as BrokerRefusal {
            response = refusal.response(in: .nested)
        }
        budget?.write(to: &response.headers)
        CrossOrigin.allow(request, origins, on: &response)
        return response
    }

    private static func connectToken(in request: Request) -> Secret<ConnectToken>? {
        let headers = request.headers[values: .authorization]
        let words = Array((headers.first ?? "").utf8).split(separator: 0x20)
        guard headers.count == 1, words.count == 2,
            words[0].map({ (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }).elementsEqual("bearer".utf8)
        else { return nil }
        return Secret<ConnectToken>(String(decoding: words[1], as: UTF8.self))
    }
}
