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
