import Logging
import OAuth
import ServiceLifecycle
import Storage

/// What happens in the background every few seconds: "last used" is written, what expired is swept.
struct Upkeep: Service {
    let store: Store
    let logger: Logger

    func run() async throws {
        var rounds = 0
        var steadiness = ClockSteadiness()
        for await _ in AsyncTicks(every: .seconds(3)).cancelOnGracefulShutdown() {
            do {
                try await store.flushUses()
                rounds += 1
                guard rounds.isMultiple(of: 20) else { continue }
                guard steadiness.isSteady(at: Installation.now()) else {
                    logger.warning("the clock jumped: nothing expired is deleted for a day, in case it is put back")
                    continue
                }
                while try await store.sweep(at: Installation.now()) {}
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

/// A sequence that wakes up at intervals and ends when its task is cancelled.
struct AsyncTicks: AsyncSequence, Sendable {
    let every: Duration

    init(every: Duration) { self.every = every }

    struct Iterator: AsyncIteratorProtocol {
        let every: Duration

        mutating func next() async -> Void? { try? await Task.sleep(for: every) }
    }

    func makeAsyncIterator() -> Iterator { Iterator(every: every) }
}
