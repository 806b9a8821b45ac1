package import Broker
import OAuth
import Storage

extension Site {
    /// The connection with credentials that work: as it is when they are fresh, else renewed at the provider.
    ///
    /// One renewal at a time: whoever gets the lease (a row, so it holds across processes) makes the call, everybody
    /// else waits for what it stores. Nothing is held open in the database while the provider thinks.
    package func fresh(
        _ connection: BrokerConnection, isForced: Bool
    ) async throws -> Result<BrokerConnection, RefreshRefusal> {
        if let signed = try signed(connection) { return signed }
        guard let (provider, plan) = plan(for: connection, isForced: isForced) else { return .success(connection) }
        switch plan {
        case .use, .useUntilRetry: return .success(connection)
        case .gone: return .failure(.gone(connection.health.trouble ?? "invalid_grant"))
        case .backOff(let until):
            return .failure(.backOff(connection.health.trouble ?? "unavailable", seconds: until - now()))
        case .refresh, .wait:
            return try await renewals.share(connection) { [self] in
                try await renewed(connection, provider, isForced: isForced)
            }
        }
    }

    /// Whether it works as it is stored, told at once; false also when that takes more than a look, as a signature does.
    func worksAsStored(_ connection: BrokerConnection, isForced: Bool) -> Bool {
        guard !connection.credentials.isSignedHere else { return false }
        switch plan(for: connection, isForced: isForced)?.plan {
        case nil, .use, .useUntilRetry: return true
        case .gone, .backOff, .refresh, .wait: return false
        }
    }

    /// Nil for what is never renewed.
    private func plan(
        for connection: BrokerConnection, isForced: Bool
    ) -> (provider: Provider, plan: RefreshPlan)? {
        guard connection.credentials.isRefreshable || connection.health.goneAt != nil,
            let provider = outside.provider(of: connection)
        else { return nil }
        return (provider, connection.health.plan(margin: provider.refreshesBefore, isForced: isForced, at: now()))
    }

    /// With a token that is signed here and now; nil for credentials of any other kind. It takes no call and leaves
    /// nothing behind, so nothing of it is stored.
    private func signed(_ connection: BrokerConnection) throws -> Result<BrokerConnection, RefreshRefusal>? {
        guard case .made(let made) = connection.credentials, connection.credentials.isSignedHere else { return nil }
        guard let provider = outside.provider(of: connection) else { return .failure(.failed("unknown_config_key")) }
        let isAsked = provider.fields.contains { $0.source == .integration }
        let integration = isAsked ? try store.integration(connection.integration) : nil
        let values = integration?.completing(connection.values) ?? connection.values
        guard let signed = provider.signed(made, values: values, at: now()) else {
            return .failure(.failed("notConfigured"))
        }
        return .success(connection.carrying(.made(signed)))
    }

    /// Asks what to do until there is an answer: renews, or waits for another process that does.
    private func renewed(
        _ connection: BrokerConnection, _ provider: Provider, isForced: Bool
    ) async throws -> Renewals.Outcome {
        var current = connection
        // Turns of a tenth of a second: a lease lasts 20, and whoever waits for two of them is not going to be answered.
        for _ in 0..<400 {
            // Somebody else's renewal, newer than what was asked about, is as good as one's own.
            let isForced = isForced && current.version == connection.version
            switch current.health.plan(margin: provider.refreshesBefore, isForced: isForced, at: now()) {
            case .use, .useUntilRetry: return .success(current)
            case .gone: return .failure(.gone(current.health.trouble ?? "invalid_grant"))
            case .backOff(let until):
                return .failure(.backOff(current.health.trouble ?? "unavailable", seconds: until - now()))
            case .wait: break
            case .refresh:
                if let result = try await renew(current, provider) { return result }
            }
            try await Task.sleep(for: .milliseconds(100))
            guard let again = try store.connection(number: current.number, of: current.tenant) else {
                return .failure(.deleted)
            }
            current = again
        }
        return .failure(.failed("timedOut"))
    }

    /// Renews, if nobody else is at it; nil means look again.
    private func renew(_ connection: BrokerConnection, _ provider: Provider) async throws -> Renewals.Outcome? {
        var generator = SystemRandomNumberGenerator()
        let lease = Base62.draw(22, using: &generator)
        guard try await store.leaseRefresh(of: connection, as: lease, at: now()) else { return nil }
        var account = RefreshAccount(of: connection, as: store.newTraceID(at: now()), at: now())
        let registration = try registration(of: connection)
        let answer = try await call(connection, provider, registration, &account)
        // Whatever it is, it was the last word of a refresh token that may be spent: it is stored before anything else.
        switch answer {
        case .success(let renewed):
            let isStored = try await store.finishRefresh(
                of: connection, with: renewed, trace: account.stored(renewed, at: now()), at: now())
            guard isStored else {
                var trace = account.superseded(at: now())
                // Deleted meanwhile, itself or with its integration: what the provider has handed out since must not
                // outlive that, and what we are to the provider was read before.
                if try store.connection(number: connection.number, of: connection.tenant) == nil {
                    await revoke(connection.carrying(renewed.credentials), as: registration, &trace)
                }
                try await store.record(trace)
                return nil
            }
            return try store.connection(number: connection.number, of: connection.tenant).map { .success($0) }
        case .failure(var trouble):
            // A lease that was not given back, or an answer that never came: the refresh token may have been spent
            // without our hearing of the next.
            let isInDoubt = connection.health.leasedUntil != nil || connection.health.inDoubtSince != nil
            if isInDoubt, case .gone("invalid_grant") = trouble {
                trouble = .gone("interrupted")
            }
            account.failed(trouble, at: now())
            let isThere = try await store.failRefresh(
                of: connection, lease: lease, because: trouble, trace: account.trace, at: now())
            // Deleted, or connected again, meanwhile: what was read before says nothing any more.
            guard isThere else { return nil }
            if case .gone(let reason) = trouble { return .failure(.gone(reason)) }
            // What is still good for a while is better than an error.
            let isExpired = connection.health.expiresAt.map { now() >= $0 } ?? true
            guard !isExpired else { return .failure(.failed(trouble.reason)) }
            // As it is stored now: with the trouble that it is in.
            return .success(try store.connection(number: connection.number, of: connection.tenant) ?? connection)
        }
    }

    private func call(
        _ connection: BrokerConnection, _ provider: Provider, _ registration: Registration?,
        _ account: inout RefreshAccount
    ) async throws -> Result<Renewed, TokenAnswer.Trouble> {
        guard let (integration, client) = registration else { return .failure(.misconfigured("notConfigured")) }
        let call: ProviderCall?
        do {
            call = try provider.renewal(
                of: connection, values: integration.completing(connection.values), client: client,
                scopes: integration.details.scopes, at: now())
        } catch {
            return .failure(.misconfigured(error == .missingValue ? "url_param_err" : "notConfigured"))
        }
        guard let call else { return .failure(.misconfigured("notConfigured")) }
        account.asks(call, at: now())
        let answer = await outside.call(call.made(for: connection.tenant))
        account.heard(answer, at: now())
        return provider.absorb(answer, renewing: connection, at: now())
    }

    /// Renews what is about to end, for the background: twenty at a time. A round looks at each connection once, however
    /// short its new token lives.
    ///
    /// - Parameter goesOn: asked between pages.
    /// - Returns: how many were renewed.
    @discardableResult
    package func renewDue(while goesOn: () -> Bool = { true }) async throws -> Int {
        let (now, end) = (now(), now() + 300)
        var (renewed, last) = (0, nil as DuePosition?)
        repeat {
            let (due, next) = try store.connectionsDue(before: end, at: now, after: last, limit: 100)
            last = next
            renewed += await withTaskGroup(of: Bool.self) { group in
                var changed = 0
                for (index, connection) in due.enumerated() {
                    if index >= 20, await group.next() == true { changed += 1 }
                    group.addTask {
                        // A failure is stored with the connection, which is not due then.
                        guard let fresh = try? await self.fresh(connection, isForced: false).get() else { return false }
                        return fresh.version != connection.version
                    }
                }
                for await isChanged in group where isChanged { changed += 1 }
                return changed
            }
        } while last != nil && goesOn()
        return renewed
    }
}

/// The trace of one refresh as it is written.
private struct RefreshAccount {
    private(set) var trace: Trace
    private let start = ContinuousClock.now

    init(of connection: BrokerConnection, as id: ID<Entity.Trace>, at now: Instant) {
        trace = Trace(
            id: id, tenant: connection.tenant, environment: connection.environment, action: .refresh,
            integrationKey: connection.integrationKey, provider: connection.provider,
            connectionID: connection.connectionID, startedAt: now)
    }

    private var milliseconds: Int64 { (ContinuousClock.now - start).milliseconds }

    mutating func asks(_ call: ProviderCall, at now: Instant) {
        trace.add("Asked the provider for new credentials.", [("url", call.url)], after: milliseconds, at: now)
    }

    mutating func heard(_ answer: ProviderAnswer, at now: Instant) {
        switch answer {
        case .response(let status, let body):
            trace.add(
                "The provider answered.", [("status", String(status)), ("bytes", String(body.count))],
                level: (200..<300).contains(status) ? .info : .error, after: milliseconds, at: now)
        case .failed(let failure):
            trace.add(
                "The provider did not answer.", [("reason", failure.rawValue)], level: .error, after: milliseconds,
                at: now)
        }
    }

    /// The trace as it ends when the new credentials are stored.
    func stored(_ renewed: Renewed, at now: Instant) -> Trace {
        let end = renewed.credentials.expiresAt?.wireText ?? "not said"
        var trace = trace
        trace.add("Stored the new credentials.", [("expires", end)], after: milliseconds, at: now)
        trace.finish(.success, after: milliseconds, at: now)
        return trace
    }

    /// And when something newer is there.
    func superseded(at now: Instant) -> Trace {
        var trace = trace
        trace.add(
            "Not stored: newer credentials are there, or the connection was deleted.", level: .warning,
            after: milliseconds, at: now)
        trace.finish(.success, after: milliseconds, at: now)
        return trace
    }

    mutating func failed(_ trouble: TokenAnswer.Trouble, at now: Instant) {
        trace.add(
            "The credentials were not renewed.", [("reason", trouble.reason), ("kind", trouble.kind.rawValue)],
            level: .error, after: milliseconds, at: now)
        trace.finish(.failure, error: trouble.reason, after: milliseconds, at: now)
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
