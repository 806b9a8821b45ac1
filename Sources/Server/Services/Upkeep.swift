import Logging
import ServiceLifecycle
import Storage
import Web

/// What happens in the background every few seconds: "last used" is written, what expired is swept.
struct Upkeep: Service {
    let store: Store
    let lastSweep: LastSweep
    let logger: Logger

    func run() async throws {
        var rounds = 0
        var anchored = ""
        for await _ in AsyncTicks(every: .seconds(3)).cancelOnGracefulShutdown() {
            do {
                try await store.flushUses()
                try await store.flushActivity()
                rounds += 1
                guard rounds.isMultiple(of: 20) else { continue }
                while try await store.sweep(at: Installation.now()) {}
                lastSweep.note(Installation.now())
                // The server's output goes where whoever can change the database cannot follow: with a line of it,
                // `gatewright check --anchor` sees whether the end of the audit log was cut off.
                guard let anchor = try store.auditAnchor()?.text, anchor != anchored else { continue }
                logger.notice("audit log", metadata: ["anchor": "\(anchor)"])
                anchored = anchor
            } catch {
                logger.warning("upkeep failed, will try again", metadata: ["error": "\(error)"])
            }
        }
    }
}
