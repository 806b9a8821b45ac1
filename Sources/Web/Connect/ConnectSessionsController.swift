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
            guard try site.store.connection(again.connectionID, of: again.integration, in: environment) == nil else {
                return []
            }
            return [.init(code: "unknown_connection", message: "There is no such connection.", path: ["connection_id"])]
        }
        return try (ask.allowedIntegrations ?? []).enumerated().compactMap { index, key in
            guard try site.store.integration(key, in: environment) == nil else { return nil }
            return .init(
                code: "custom", message: "Integration \"\(key)\" does not exist.",
                path: ["allowed_integrations", String(index)])
        }
    }

    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        try answer(request) { session in
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
            return .json(bytes: JSONText.object([("data", .object(members))]).bytes)
        }
    }

    func destroy(_ request: Request, _ context: SiteContext) async throws -> Response {
        let session: ConnectSession
        do { session = try self.session(of: request) } catch {
            var response = site.refusal(error, isNested: true)
            CrossOrigin.allow(request, nil, on: &response)
            return response
        }
        try await site.store.end(session.id)
        var response = Response(status: .noContent)
        CrossOrigin.allow(request, nil, on: &response)
        return response
    }

    private func answer(_ request: Request, _ handle: (ConnectSession) throws -> Response) throws -> Response {
        var response: Response
        do throws(ConnectRefusal) {
            let session = try session(of: request)
            do { response = try handle(session) } catch { throw ConnectRefusal(.unexpected) }
        } catch {
            response = site.refusal(error, isNested: true)
        }
        CrossOrigin.allow(request, nil, on: &response)
        return response
    }

    /// The session whose token is the request's Bearer.
    private func session(of request: Request) throws(ConnectRefusal) -> ConnectSession {
        let headers = request.headers[values: .authorization]
        let words = (headers.first ?? "").utf8.split(separator: 0x20)
        guard headers.count == 1, words.count == 2,
            words[0].map({ (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }).elementsEqual("bearer".utf8),
            let token = Secret<ConnectToken>(String(decoding: words[1], as: UTF8.self))
        else { throw ConnectRefusal(.invalidSession) }
        let found: ConnectSession?
        do { found = try site.store.connectSession(token, at: site.now()) } catch { throw ConnectRefusal(.unexpected) }
        guard let found, !found.isUsed else { throw ConnectRefusal(.unknownSession) }
        return found
    }
}
