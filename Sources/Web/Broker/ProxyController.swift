import Broker
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
            let headers = request.headers
            guard
                let retries = ProxyRetries(
                    headers[.known("Retries")] ?? "", on: headers[.known("Retry-On")] ?? "",
                    pauses: provider.api?.pauses)
            else { throw BrokerRefusal.badRequest("invalid_headers", "Retries must be a whole number from 0 to 10.") }
            var run = ProxyRun(
                site: site, provider: provider, integration: integration, connection: connection, ask: ask,
                retries: retries, unpacks: headers[.known("Decompress")]?.isSame(as: "true") ?? false,
                isNoted: headers[.known("Nango-Is-Sync")] == nil && headers[.known("Nango-Is-Dry-Run")] == nil)
            return try Self.response(to: try await run.answer(), of: run)
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
        // What the body is, whatever it is: JSON, a form with files, bytes.
        for name in [HTTPField.Name.contentType, .contentEncoding] where !body.isEmpty {
            guard let value = request.headers[name],
                !headers.contains(where: { $0.name.isSame(as: name.canonicalName) })
            else { continue }
            headers.append((name.canonicalName, value))
        }
        let override = request.headers[.known("Base-Url-Override")].flatMap { $0.utf8.isEmpty ? nil : $0 }
        // Whoever names the host is sent the credentials: that is reading them.
        if override != nil { try call.require(.readCredentials) }
        return ProxyAsk(method: method, path: path, headers: headers, body: body, base: override)
    }

    private static func missing(_ header: String) -> BrokerRefusal {
        BrokerRefusal(
            status: .badRequest,
            type: header.isSame(as: "Connection-Id") ? "missing_connection_id" : "missing_provider_config_key",
            nestedType: "invalid_headers", message: "Missing the header '\(header)'.")
    }

    private static func response(to answer: ProxyAnswer, of run: ProxyRun) throws -> Response {
        switch answer {
        case .response(let status, _, _) where !(200...599).contains(status):
            // Whoever stands in front of us would take 101 for a tunnel, and nobody knows what 999 means.
            run.finish(nil, bytes: 0, error: "broken")
            throw BrokerRefusal(
                status: .badGateway, type: "proxy_broken",
                message: "The provider answered with status \(status), which ends no call.")
        case .response(let status, let headers, let body):
            let dropped = ofTheHop(headers) + (run.unpacks ? ["content-encoding"] : [])
            var fields = HTTPFields()
            for (name, value) in headers where isPassedOn(name) && !dropped.holds(name) {
                if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
            }
            let hasBody = run.ask.method != .head && status != 204 && status != 304
            guard hasBody else {
                run.finish(status, bytes: 0)
                return Response(status: .init(code: status), headers: fields)
            }
            // Unpacked, it is longer than the provider said.
            let isAsSaid = !run.unpacks || !headers.contains { $0.name.isSame(as: "content-encoding") }
            let length = headers.first { $0.name.isSame(as: "content-length") }.flatMap { Int($0.value) }
            return Response(
                status: .init(code: status), headers: fields,
                body: ResponseBody(contentLength: isAsSaid ? length : nil) { writer in
                    try await run.pass(body, on: &writer, status: status)
                })
        case .failed(let failure):
            run.finish(nil, bytes: 0, error: failure.rawValue)
            throw BrokerRefusal(
                status: status(of: failure), type: "proxy_" + failure.rawValue,
                message: TraceAdvice.sentence(for: failure.rawValue), retryAfter: failure == .busy ? 1 : nil)
        }
    }

    private static func status(of failure: ProviderAnswer.Failure) -> HTTPResponse.Status {
        switch failure {
        case .refusedAddress, .malformed: .badRequest
        case .busy: .serviceUnavailable
        case .unreachable, .timedOut, .tooLarge, .broken: .badGateway
        }
    }

    /// What the provider itself says belongs to its own hop (RFC 9110 §7.6.1).
    private static func ofTheHop(_ headers: [(name: String, value: String)]) -> [String] {
        headers.filter { $0.name.isSame(as: "connection") }.flatMap { header in
            header.value.utf8.split { $0 == 0x2C || $0 == 0x20 }.map { word in
                String(decoding: word.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
            }
        }
    }

    /// Not what belongs to the hop, nor what would set our own origin's rules or cookies.
    private static func isPassedOn(_ name: String) -> Bool {
        !Provider.isOfTheHop(name) && !name.utf8.starts(with: "access-control-".utf8)
            && ![
                "set-cookie", "strict-transport-security", "content-security-policy", "alt-svc", "clear-site-data",
                "x-frame-options", "x-content-type-options", "public-key-pins", "cross-origin-opener-policy",
                "cross-origin-resource-policy", "permissions-policy", "referrer-policy",
            ].holds(name)
    }
}
