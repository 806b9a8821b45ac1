import Broker
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import OAuth
import Storage

/// `/proxy/…`: a provider's API, called in a connection's name.
struct ProxyController {
    let site: Site

    private static let largestBody = 10 * 1024 * 1024

    func call(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .proxy) { call in
            let (connection, integration, provider) = try await connection(call)
            let ask = try await ask(call)
            let retries = try Retries(request)
            var run = ProxyRun(site: site, provider: provider, integration: integration, ask: ask, retries: retries)
            let answer = try await run.answer(for: connection)
            if request.headers[.known("Nango-Is-Sync")] == nil, request.headers[.known("Nango-Is-Dry-Run")] == nil {
                site.store.note(run.trace)
            }
            return try Self.response(to: answer)
        }
    }

    private func connection(
        _ call: BrokerCall
    ) async throws -> (BrokerConnection, Integration, Provider) {
        let headers = call.request.headers
        guard let id = headers[.known("Connection-Id")], !id.utf8.isEmpty else { throw Self.missing("Connection-Id") }
        guard let key = headers[.known("Provider-Config-Key")], !key.utf8.isEmpty else {
            throw Self.missing("Provider-Config-Key")
        }
        guard let integration = try site.store.integration(key, in: call.environment) else {
            var refusal = BrokerRefusal.unknownIntegration(key)
            refusal.status = .notFound
            throw refusal
        }
        guard let provider = site.outside.provider(of: integration) else {
            throw BrokerRefusal.badRequest(
                "unknown_provider_template", "The integration's provider is not in the catalogue.")
        }
        guard let connection = try site.store.connection(id, of: key, in: call.environment) else {
            throw BrokerRefusal.unknownConnection(id, key)
        }
        switch try await site.fresh(connection, isForced: false) {
        case .success(let fresh):
            site.store.noteFetch(of: connection, at: site.now())
            return (fresh, integration, provider)
        case .failure(let refusal): throw BrokerRefusal.refreshFailed(refusal, of: connection)
        }
    }

    private func ask(_ call: BrokerCall) async throws -> ProxyAsk {
        let request = call.request
        guard let method = ProviderCall.Method(rawValue: request.method.rawValue) else {
            throw BrokerRefusal.badRequest(
                "invalid_method", "The proxy passes GET, HEAD, POST, PUT, PATCH and DELETE on.")
        }
        let whole = request.head.path ?? ""
        let path = String(decoding: whole.utf8.dropFirst("/proxy/".utf8.count), as: UTF8.self)
        let sendsBody = [.post, .put, .patch, .delete].contains(request.method)
        let body = sendsBody ? Array(try await request.body.collect(upTo: Self.largestBody).readableBytesView) : []
        let marker = "nango-proxy-"
        var headers = request.headers.compactMap { field -> (name: String, value: String)? in
            let name = field.name.canonicalName
            guard name.utf8.starts(with: marker.utf8), name.utf8.count > marker.utf8.count else { return nil }
            return (String(name.dropFirst(marker.utf8.count)), field.value)
        }
        if !body.isEmpty, let type = request.headers[.contentType],
            !headers.contains(where: { $0.name == "content-type" })
        {
            headers.append(("content-type", type))
        }
        let override = request.headers[.known("Base-Url-Override")].flatMap { $0.utf8.isEmpty ? nil : $0 }
        // Whoever names the host is sent the credentials: that is reading them.
        if override != nil { try call.require(.readCredentials) }
        return ProxyAsk(method: method, path: path, headers: headers, body: body, base: override)
    }

    private static func missing(_ header: String) -> BrokerRefusal {
        BrokerRefusal(
            status: .badRequest,
            type: header == "Connection-Id" ? "missing_connection_id" : "missing_provider_config_key",
            nestedType: "invalid_headers", message: "Missing the header '\(header)'.")
    }

    private static func response(to answer: ProxyAnswer) throws -> Response {
        switch answer {
        case .response(let status, let headers, let body):
            var fields = HTTPFields()
            for (name, value) in headers where isPassedOn(name) {
                if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
            }
            return Response(
                status: .init(code: status), headers: fields,
                body: body.isEmpty ? .init() : ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        case .failed(let failure):
            throw BrokerRefusal(
                status: failure == .refusedAddress ? .badRequest : .badGateway, type: "proxy_" + failure.rawValue,
                message: TraceAdvice.sentence(for: failure.rawValue))
        }
    }

    /// Not what belongs to the hop, nor what would set our own origin's rules or cookies.
    private static func isPassedOn(_ name: String) -> Bool {
        !Provider.isOfTheHop(name) && !name.utf8.starts(with: "access-control-".utf8)
            && ![
                "set-cookie", "strict-transport-security", "content-security-policy", "alt-svc", "clear-site-data",
                "x-frame-options", "x-content-type-options", "public-key-pins", "cross-origin-opener-policy",
                "cross-origin-resource-policy", "permissions-policy", "referrer-policy",
            ].contains(name)
    }
}

/// How often a call is made again, and for what.
private struct Retries {
    let most: Int
    let statuses: Set<Int>

    init(_ request: Request) throws {
        let text = request.headers[.known("Retries")] ?? ""
        guard text.utf8.isEmpty || Int(text).map({ (0...10).contains($0) }) == true else {
            throw BrokerRefusal.badRequest("invalid_headers", "Retries must be a whole number from 0 to 10.")
        }
        most = Int(text) ?? 0
        let list = (request.headers[.known("Retry-On")] ?? "").utf8.split { $0 == 0x2C || $0 == 0x20 }
        statuses = Set(list.compactMap { Int(String(decoding: $0, as: UTF8.self)) })
    }

    func wants(_ answer: ProxyAnswer) -> Bool {
        switch answer {
        case .failed(let failure): return failure == .timedOut || failure == .broken || failure == .unreachable
        case .response(let status, let headers, _):
            if status >= 500 || status == 429 || statuses.contains(status) { return true }
            return status == 403 && headers.contains { $0.name == "x-ratelimit-remaining" && $0.value == "0" }
        }
    }

    /// In milliseconds: what the provider says (seconds from now, or a moment), else doubling; at most half a minute.
    func pause(before attempt: Int, after answer: ProxyAnswer, at now: Instant) -> Int64 {
        let longest: Int64 = 30_000
        if case .response(_, let headers, _) = answer {
            if let text = headers.first(where: { $0.name == "retry-after" })?.value, let seconds = Int64(text) {
                return min(max(seconds, 0), 30) * 1000
            }
            if let text = headers.first(where: { $0.name == "x-ratelimit-reset" || $0.name == "x-rate-limit-reset" })?
                .value,
                let moment = Int64(text), moment > now.seconds
            {
                return min(moment - now.seconds, 30) * 1000
            }
        }
        return min(longest, 500 << Int64(min(attempt, 6)))
    }
}

/// One call with its retries, and the trace of it.
private struct ProxyRun {
    let site: Site
    let provider: Provider
    let integration: Integration
    let ask: ProxyAsk
    let retries: Retries
    private(set) var trace: Trace
    private let start = ContinuousClock.now

    init(site: Site, provider: Provider, integration: Integration, ask: ProxyAsk, retries: Retries) {
        self.site = site
        self.provider = provider
        self.integration = integration
        self.ask = ask
        self.retries = retries
        trace = Trace(
            id: site.store.newTraceID(at: site.now()), tenant: integration.tenant, environment: integration.environment,
            action: .proxy, integrationKey: integration.details.key, provider: provider.key, connectionID: "",
            startedAt: site.now())
    }

    private var milliseconds: Int64 { (ContinuousClock.now - start).milliseconds }

    mutating func answer(for connection: BrokerConnection) async throws -> ProxyAnswer {
        trace = Trace(
            id: trace.id, tenant: trace.tenant, environment: trace.environment, action: .proxy,
            integrationKey: trace.integrationKey, provider: trace.provider, connectionID: connection.connectionID,
            startedAt: trace.startedAt)
        var current = connection
        var attempt = 0
        var hasRenewed = false
        while true {
            let answer = await site.outside.proxy(try plan(current))
            note(answer)
            // The token may have been refused before its time: a new one, once.
            if case .response(401, _, _) = answer, !hasRenewed, current.credentials.isRefreshable, retries.most > 0 {
                hasRenewed = true
                if case .success(let fresh) = try await site.fresh(current, isForced: true) {
                    current = fresh
                    continue
                }
            }
            guard retries.wants(answer), attempt < retries.most else { return finished(answer) }
            let pause = retries.pause(before: attempt, after: answer, at: site.now())
            attempt += 1
            trace.add(
                "Waiting before the next try", [("milliseconds", "\(pause)")], after: milliseconds, at: site.now())
            try await Task.sleep(for: .milliseconds(pause))
        }
    }

    private func plan(_ connection: BrokerConnection) throws -> ProviderCall {
        var generator = SystemRandomNumberGenerator()
        let once = OAuth1.Once(nonce: Base62.draw(22, using: &generator), time: site.now())
        let client: ClientRegistration? =
            if case .oauth1 = provider.method { try site.store.registration(of: integration) } else { nil }
        do {
            return try provider.proxy(
                ask, with: connection.credentials, values: connection.values, client: client, once: once)
        } catch {
            throw BrokerRefusal.badRequest(error.rawValue, Self.sentence(error))
        }
    }

    private static func sentence(_ problem: ProxyProblem) -> String {
        switch problem {
        case .noBase: "The provider's entry names no API. Send Base-Url-Override."
        case .badBase: "Base-Url-Override must be an https address without user or fragment."
        case .missingValue: "The connection lacks a value that the address needs."
        }
    }

    private mutating func note(_ answer: ProxyAnswer) {
        let path = String(decoding: ask.path.utf8.prefix { $0 != 0x3F }, as: UTF8.self)
        switch answer {
        case .response(let status, _, let body):
            trace.add(
                "Called the provider",
                [
                    ("method", ask.method.rawValue), ("path", "/" + path), ("status", String(status)),
                    ("bytes", String(body.count)),
                ], level: status < 400 ? .info : .warning, after: milliseconds, at: site.now())
        case .failed(let failure):
            trace.add(
                "The provider did not answer",
                [("method", ask.method.rawValue), ("path", "/" + path), ("reason", failure.rawValue)],
                level: .error, after: milliseconds, at: site.now())
        }
    }

    private mutating func finished(_ answer: ProxyAnswer) -> ProxyAnswer {
        switch answer {
        case .response(let status, _, _):
            trace.finish(
                status < 400 ? .success : .failure, error: status < 400 ? nil : "HTTP \(status)", after: milliseconds,
                at: site.now())
        case .failed(let failure):
            trace.finish(.failure, error: failure.rawValue, after: milliseconds, at: site.now())
        }
        return answer
    }
}
