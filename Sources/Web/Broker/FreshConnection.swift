import Broker
import Logging
import OAuth
import Storage

/// Why a connection has no credentials that can be used.
enum RefreshRefusal: Error, Sendable {
    case deleted
    /// The provider's word for it.
    case gone(String)
    case unavailable(String)
}

extension Site {
    /// The connection with credentials that work: as it is when they are fresh, else renewed at the provider.
    ///
    /// One renewal at a time: whoever gets the lease (a row, so it holds across processes) makes the call, everybody
    /// else waits for what it stores. Nothing is held open in the database while the provider thinks.
    package func fresh(_ connection: BrokerConnection, isForced: Bool) async throws
        -> Result<BrokerConnection, RefreshRefusal>
    {
        guard let provider = outside.providers[connection.provider], case .oauth2(let oauth2) = provider.method else {
            return .success(connection)
        }
        var current = connection
        // A lease lasts 20 seconds; whoever waits longer than that has met two that failed.
        for _ in 0..<240 {
            // Somebody else's renewal, newer than what was asked about, is as good as one's own.
            let isForced = isForced && current.version == connection.version
            switch current.health.plan(margin: oauth2.token.refreshesBefore, isForced: isForced, at: now()) {
            case .use, .useUntilRetry: return .success(current)
            case .gone: return .failure(.gone(current.health.trouble ?? "invalid_grant"))
            case .backOff: return .failure(.unavailable(current.health.trouble ?? "unavailable"))
            case .wait: try await Task.sleep(for: .milliseconds(100))
            case .refresh:
                if let result = try await refresh(current, provider, oauth2) { return result }
            }
            guard let again = try store.connection(number: current.number, of: current.tenant) else {
                return .failure(.deleted)
            }
            current = again
        }
        return .failure(.unavailable("timedOut"))
    }

    /// Renews, if nobody else is at it; nil means look again.
    private func refresh(
        _ connection: BrokerConnection, _ provider: Provider, _ oauth2: OAuth2
    ) async throws -> Result<BrokerConnection, RefreshRefusal>? {
        var generator = SystemRandomNumberGenerator()
        let lease = Base62.draw(22, using: &generator)
        guard try await store.leaseRefresh(of: connection, as: lease, at: now()) else { return nil }
        guard let refreshToken = connection.credentials.refreshToken,
            let integration = try store.integration(of: connection)
        else { return .failure(.deleted) }
        let client = try store.registration(of: integration)
        let answer: ProviderAnswer
        do {
            answer = await outside.call(
                try oauth2.token.refresh(refreshToken, client: client, values: connection.values))
        } catch {
            answer = .failed(.refusedAddress)
        }
        switch oauth2.token.absorb(answer, keeping: provider.fields, paths: oauth2.keptFromToken, at: now()) {
        case .success(let token):
            let values = connection.values.merging(token.kept) { _, new in new }
            let isStored = try await store.finishRefresh(
                of: connection, lease: lease, with: connection.credentials.refreshed(by: token), values: values,
                at: now())
            guard isStored, let stored = try store.connection(number: connection.number, of: connection.tenant) else {
                return nil
            }
            return .success(stored)
        case .failure(let trouble):
            try await store.failRefresh(of: connection, lease: lease, because: trouble, at: now())
            if case .gone(let reason) = trouble { return .failure(.gone(reason)) }
            // What is still good for a while is better than an error.
            let isExpired = connection.health.expiresAt.map { now() >= $0 } ?? false
            return isExpired ? .failure(.unavailable(trouble.reason)) : .success(connection)
        }
    }
}
