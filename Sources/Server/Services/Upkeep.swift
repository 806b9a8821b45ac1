import Logging
import OAuth
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
        var steadiness = ClockSteadiness()
        var anchored = ""
        for await _ in AsyncTicks(every: .seconds(3)).cancelOnGracefulShutdown() {
            do {
                try await store.flushUses()
                try await store.flushActivity()
                rounds += 1
                guard rounds.isMultiple(of: 20) else { continue }
                guard steadiness.isSteady(at: Installation.now()) else {
                    logger.warning("the clock jumped: nothing expired is deleted for a day, in case it is put back")
                    continue
                }
                // What is swept can be millions of rows; what is gathered in memory has little room and does not wait.
                while try await store.sweep(at: Installation.now()) {
                    try await store.flushUses()
                    try await store.flushActivity()
                }
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

/// Whether the clock goes on as time does. One that jumped ahead makes everything look expired; what is deleted then is
/// gone when it is put right.
struct ClockSteadiness {
    private var last: (wall: Instant, steady: ContinuousClock.Instant)?
    private var waitsUntil: ContinuousClock.Instant?

    mutating func isSteady(at wall: Instant, steady now: ContinuousClock.Instant = .now) -> Bool {
        defer { last = (wall, now) }
        if let last, abs((wall - last.wall) - (now - last.steady).components.seconds) > 3600 {
            waitsUntil = now + .seconds(86_400)
        }
        guard let until = waitsUntil else { return true }
        if now >= until { waitsUntil = nil }
        return waitsUntil == nil
    }
}
