import Logging
import ServiceLifecycle
import Storage

/// What happens in the background every few seconds: "last used" is written, what expired is swept.
struct Upkeep: Service {
    let store: Store
    let logger: Logger

    func run() async throws {
        var rounds = 0
        for await _ in AsyncTicks(every: .seconds(3)).cancelOnGracefulShutdown() {
            do {
                try await store.flushUses()
                rounds += 1
                guard rounds.isMultiple(of: 20) else { continue }
                while try await store.sweep(at: Installation.now()) {}
            } catch {
                logger.warning("upkeep failed, will try again", metadata: ["error": "\(error)"])
            }
        }
    }
}
