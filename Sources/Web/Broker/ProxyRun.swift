import Broker
import Hummingbird
import NIOCore
import OAuth
import Storage

/// One call with its retries, and the trace of it.
struct ProxyRun {
    let site: Site
    let provider: Provider
    let integration: Integration
    let connection: BrokerConnection
    let ask: ProxyAsk
    let retries: ProxyRetries
    let unpacks: Bool
    /// Whether the caller wants it in the activity.
    let isNoted: Bool
    private var trace: Trace
    private let start = ContinuousClock.now

    init(
        site: Site, provider: Provider, integration: Integration, connection: BrokerConnection, ask: ProxyAsk,
        retries: ProxyRetries, unpacks: Bool, isNoted: Bool
    ) {
        self.site = site
        self.provider = provider
        self.integration = integration
        self.connection = connection
        self.ask = ask
        self.retries = retries
        self.unpacks = unpacks
        self.isNoted = isNoted
        trace = Trace(
            id: site.store.newTraceID(at: site.now()), tenant: integration.tenant, environment: integration.environment,
            action: .proxy, integrationKey: integration.details.key, provider: provider.key,
            connectionID: connection.connectionID, startedAt: site.now())
    }

    private var milliseconds: Int64 { (ContinuousClock.now - start).milliseconds }

    /// The head of the answer that counts. Bodies of those before it are let go of unread.
    ///
    /// What ends it between two tries (the caller left, the renewed connection lacks a value) is written down with them.
    mutating func answer() async throws -> ProxyAnswer {
        do {
            return try await lastAnswer()
        } catch {
            if !trace.steps.isEmpty { finish(nil, bytes: 0, error: Self.word(for: error)) }
            throw error
        }
    }

    private static func word(for error: any Error) -> String {
        switch error {
        case is CancellationError: "caller_left"
        case let refusal as BrokerRefusal: refusal.type
        default: "unknown_err"
        }
    }

    private mutating func lastAnswer() async throws -> ProxyAnswer {
        var current = connection
        var attempt = 0
        var hasRenewed = false
        while true {
            let answer = await site.outside.proxy(try plan(current).made(for: connection.tenant), unpacks)
            note(answer)
            // The token may have been refused before its time: a new one, once.
            if case .response(401, _, _) = answer, !hasRenewed, current.credentials.isRefreshable, retries.most > 0 {
                hasRenewed = true
                if case .success(let fresh) = try await site.fresh(current, isForced: true) {
                    current = fresh
                    continue
                }
            }
            guard attempt < retries.most, wants(another: answer) else { return answer }
            let pause = retries.pause(before: attempt, Self.headers(of: answer), at: site.now())
            attempt += 1
            trace.add(
                "Waiting before the next try.", [("milliseconds", "\(pause)")], after: milliseconds, at: site.now())
            try await Task.sleep(for: .milliseconds(pause))
        }
    }

    private func wants(another answer: ProxyAnswer) -> Bool {
        switch answer {
        case .failed(let failure): retries.wants(failure)
        case .response(let status, let headers, _): retries.wants(status, headers)
        }
    }

    private static func headers(of answer: ProxyAnswer) -> [(name: String, value: String)] {
        if case .response(_, let headers, _) = answer { headers } else { [] }
    }

    private func plan(_ connection: BrokerConnection) throws -> ProviderCall {
        let client: ClientRegistration? =
            switch provider.method {
            case .oauth1, .tba: try site.store.registration(of: integration)
            default: nil
            }
        do {
            return try provider.proxy(
                ask, with: connection.credentials, values: integration.completing(connection.values), client: client,
                once: site.once())
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
        case .response(let status, _, _):
            trace.add(
                "Called the provider.",
                [("method", ask.method.rawValue), ("path", "/" + path), ("status", String(status))],
                level: status < 400 ? .info : .warning, after: milliseconds, at: site.now())
        case .failed(let failure):
            trace.add(
                "The provider did not answer.",
                [("method", ask.method.rawValue), ("path", "/" + path), ("reason", failure.rawValue)],
                level: .error, after: milliseconds, at: site.now())
        }
    }

    /// Hands a body on as fast as the caller takes it, and writes down how it ended.
    func pass(_ body: ProxyBody, on writer: inout any ResponseBodyWriter, status: Int) async throws {
        var bytes = 0
        do {
            while let piece = try await body.next() {
                bytes += piece.count
                try await writer.write(ByteBuffer(bytes: piece))
            }
            try await writer.finish(nil)
            finish(status, bytes: bytes)
        } catch {
            // An answer that has begun cannot become an error any more: the connection ends, which every client sees.
            finish(status, bytes: bytes, error: (error as? ProxyBody.Cut)?.failure.rawValue ?? "caller_left")
            throw error
        }
    }

    /// - Parameters:
    ///   - status: nil when there was no answer.
    ///   - error: why it broke off; nil for what the status says.
    func finish(_ status: Int?, bytes: Int, error: String? = nil) {
        var trace = trace
        if status != nil {
            trace.add(
                error == nil ? "Handed the answer on." : "The answer broke off.", [("bytes", "\(bytes)")],
                level: error == nil ? .info : .error, after: milliseconds, at: site.now())
        }
        let said = (status ?? 500) < 400 ? nil : status.map { "HTTP \($0)" }
        let problem = error ?? said
        trace.finish(problem == nil ? .success : .failure, error: problem, after: milliseconds, at: site.now())
        site.metrics.noteProxied(hasFailed: problem != nil)
        site.store.note(proxied: trace, on: connection, isWanted: isNoted, at: site.now())
    }
}
