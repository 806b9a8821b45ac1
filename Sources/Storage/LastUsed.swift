package import OAuth
import Synchronization

/// When tokens, secrets and sessions were last seen, gathered in memory: no write on the path of a read.
///
/// Written every few seconds by `Store.flushUses()`. A crash loses the last few seconds of "last used", nothing else.
package final class LastUsed: Sendable {
    package enum Key: Hashable, Sendable {
        case session(ID<Entity.Session>)
        case developerToken(Digest)
        case family(ID<Entity.TokenFamily>, in: ID<Entity.Tenant>)
        case clientSecret(ID<Entity.ClientSecret>)
        case environmentKey(ID<Entity.EnvironmentKey>)
        case connection(Int64)
        case resourceServer(ID<Entity.ResourceServer>)
    }

    package struct Use: Sendable {
        package let key: Key
        package let at: Instant
        package let address: String?
    }

    /// In seconds: a use is noted when the stored one is older than this, so that a busy token costs one write a
    /// minute and not one a flush. Pages say so.
    package static let precision: Int64 = 60

    private static let shardCount = 8
    /// Beyond this many keys a shard forgets new ones until the next flush: memory is bounded, "last used" is not vital.
    private static let mostPerShard = 50_000
    private let shards = (0..<shardCount).map { _ in Shard() }

    private final class Shard: Sendable {
        let uses = Mutex<[Key: Use]>([:])
    }

    package init() {}

    /// - Parameters:
    ///   - stored: what the database says of the last use.
    ///   - address: asked for only when the use is noted.
    package func note(_ key: Key, at now: Instant, stored: Instant?, address: @autoclosure () -> String?) {
        if let stored, now - stored < Self.precision, now >= stored { return }
        let address = address()
        let shard = shards[Int(truncatingIfNeeded: UInt(bitPattern: key.hashValue) % UInt(Self.shardCount))]
        shard.uses.withLock { uses in
            guard uses.count < Self.mostPerShard || uses[key] != nil else { return }
            uses[key] = Use(key: key, at: now, address: address)
        }
    }

    /// Everything gathered since the last call, in the order in which the database keeps it.
    package func drain() -> [Use] {
        shards.flatMap { shard in
            shard.uses.withLock { uses in
                defer { uses.removeAll(keepingCapacity: true) }
                return Array(uses.values)
            }
        }.sorted { $0.key.place.lexicographicallyPrecedes($1.key.place) }
    }
}

extension LastUsed.Key {
    /// Where among its kind the database keeps the row, for the kinds there are thousands of.
    fileprivate var place: [UInt8] {
        switch self {
        case .developerToken(let digest): digest.bytes
        case .family(let id, _): Array(id.text.utf8)
        default: []
        }
    }
}
