package import OAuth
import Synchronization

/// When the background last deleted what had expired, in this process.
package final class LastSweep: Sendable {
    private let moment = Mutex<Instant?>(nil)

    package init() {}

    package var value: Instant? { moment.withLock { $0 } }

    package func note(_ now: Instant) { moment.withLock { $0 = now } }
}
