import Broker
import OAuth
import Storage

extension Site {
    /// The record of one attempt to connect.
    ///
    /// - Parameters:
    ///   - id: of an attempt that began earlier; what is added stands behind its steps.
    ///   - startedAt: nil for now.
    func connectTrace(
        _ id: ID<Entity.Trace>? = nil, of key: String, provider: String, connectionID: String,
        in environment: BrokerEnvironment, startedAt: Instant? = nil
    ) -> Trace {
        Trace(
            id: id ?? store.newTraceID(at: now()), tenant: environment.tenant, environment: environment.id,
            action: .connect, integrationKey: key, provider: provider, connectionID: connectionID,
            startedAt: startedAt ?? now())
    }

    /// Writes down a request that was refused before it began. Nobody waits for that.
    func note(_ refusal: ConnectRefusal, of key: String?, _ ask: ConnectAsk?, in environment: BrokerEnvironment) {
        let key = key.flatMap { WireName.isIntegrationKey($0) ? $0 : nil } ?? ""
        let connectionID = ask?.connectionID.flatMap { WireName.isConnectionID($0) ? $0 : nil } ?? ""
        var trace = connectTrace(of: key, provider: "", connectionID: connectionID, in: environment)
        trace.add("The request was refused.", [("why", refusal.explanation)], level: .error, at: now())
        trace.finish(.failure, error: refusal.traceError, after: 0, at: now())
        store.note(trace)
    }

    /// Writes down that a session was opened in which nothing can be connected, and what is missing. The wire has no error
    /// for it, since the integration may be finished a minute later; and whoever opens its page cannot mend it.
    func noteIfNothing(canBeConnectedBy ask: ConnectSessionAsk, in environment: BrokerEnvironment) throws {
        let allowed = try store.integrations(of: environment).filter { ask.allows($0.details.key) }
        var lacks: [String] = []
        for integration in allowed {
            let provider = outside.provider(of: integration)
            guard integration.state(with: provider) == .incomplete else { return }
            lacks.append("\(integration.details.key): \(integration.missing(with: provider).joined(separator: ", "))")
        }
        let only = allowed.count == 1 ? allowed[0].details : nil
        var trace = connectTrace(
            of: only?.key ?? "", provider: only?.provider ?? "", connectionID: ask.reconnects?.connectionID ?? "",
            in: environment)
        let missing = lacks.isEmpty ? "an integration: there is none yet" : lacks.joined(separator: "; ")
        trace.add(
            "A connect session was opened in which nothing can be connected.", [("missing", missing)], level: .error,
            at: now())
        trace.finish(.failure, error: "nothing_to_connect", after: 0, at: now())
        store.note(trace)
    }
}

extension Trace {
    mutating func fail(_ refusal: ConnectRefusal, at now: Instant) {
        let elapsed = max(0, now - startedAt) * 1000
        add("Not connected.", [("why", refusal.explanation)], level: .error, after: elapsed, at: now)
        finish(.failure, error: refusal.traceError, after: elapsed, at: now)
    }

    mutating func succeed(at now: Instant) {
        let elapsed = max(0, now - startedAt) * 1000
        add("Connected.", after: elapsed, at: now)
        finish(.success, after: elapsed, at: now)
    }
}

extension ConnectRefusal {
    /// The word that the activity page has advice for: the provider's own, where it said one.
    fileprivate var traceError: String {
        switch reason {
        case .refusedByProvider(let code, _): code
        case .noToken(let why): why
        // The wire has one word for all of them; what to do differs.
        case .ambiguousDigest: "ambiguous_hmac"
        case .expiredSignature: "expired_signature"
        case .replayedSignature: "replayed_signature"
        default: socketType
        }
    }
}
