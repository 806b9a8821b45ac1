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
