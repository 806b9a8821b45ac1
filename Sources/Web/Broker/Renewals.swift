import Broker
import OAuth
import Storage
import Synchronization

/// Renewals under way in this process, by connection: whoever wants one that is running waits for it. Other processes
/// see the lease in the row.
final class Renewals: Sendable {
    typealias Outcome = Result<BrokerConnection, RefreshRefusal>

    private struct Key: Hashable {
        let tenant: ID<Entity.Tenant>
        let number: Int64
    }

    private let running = Mutex<[Key: Task<Outcome, any Error>]>([:])

    /// What the renewal that is running comes to, or a new one. It goes on when whoever asked has hung up: half a
    /// renewal would lose a refresh token.
    func share(
        _ connection: BrokerConnection, _ renew: @escaping @Sendable () async throws -> Outcome
    ) async throws -> Outcome {
        let key = Key(tenant: connection.tenant, number: connection.number)
        let task = running.withLock { running in
            if let task = running[key] { return task }
            let task = Task {
                // Whoever comes after this begins anew, from what is stored by then.
                defer { self.running.withLock { $0[key] = nil } }
                return try await renew()
            }
            running[key] = task
            return task
        }
        return try await task.value
    }
}

/// Why a connection has no credentials that can be used.
package enum RefreshRefusal: Error, Sendable {
    case deleted
    /// The provider's word for it.
    case gone(String)
    /// The try that was just made.
    case failed(String)
    /// One that was made before; the next is due then.
    case backOff(String, seconds: Int64)

    package var reason: String {
        switch self {
        case .deleted: "deleted"
        case .gone(let reason), .failed(let reason), .backOff(let reason, _): reason
        }
    }

    /// In seconds.
    var retryAfter: Int64? {
        guard case .backOff(_, let seconds) = self else { return nil }
        return seconds
    }
}
