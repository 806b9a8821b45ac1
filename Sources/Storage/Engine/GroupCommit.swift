import Synchronization

/// The queue of waiting writers. Knows nothing of SQLite but its transaction words.
///
/// Whoever waits when a commit starts shares it: one transaction, one sync to disk for all. A writer that throws undoes
/// the transaction for all, so they run once more, each in a savepoint. A writer alone does not wait for company. Every
/// writer is answered exactly once, after the commit.
final class GroupCommit: Sendable {
    /// Most writers in one commit: keeps one commit's wait, and what one failure undoes, small.
    static let most = 64
    /// Most that may wait: on a stalled disk it is better to refuse than to fill the memory.
    static let mostWaiting = 10_000

    struct Writer: Sendable {
        /// Runs the body; what it returns hands the result over, once the commit is durable.
        let run: @Sendable (any Connection) throws -> (@Sendable () -> Void)
        let fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Writer] = []
        var isCommitting = false
        var isClosed = false
    }
    private let state = Mutex(State())

    /// Adds a writer. True when the caller must see to it that `next` is called.
    func add(_ writer: Writer) throws -> Bool {
        try state.withLock { state in
            guard !state.isClosed else { throw StorageError.unavailable("closed") }
            guard state.waiting.count < Self.mostWaiting else {
                throw StorageError.unavailable("too many writers wait")
            }
            state.waiting.append(writer)
            defer { state.isCommitting = true }
            return !state.isCommitting
        }
    }

    /// The writers of the next commit. Empty when none waits: then nobody commits until `add` says so again.
    func next() -> [Writer] {
        state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.most))
            state.waiting.removeFirst(batch.count)
            if batch.isEmpty { state.isCommitting = false }
            return batch
        }
    }

    var waiting: Int { state.withLock { $0.waiting.count } }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Refuses writers from now on; those that wait are still answered.
    func close() {
        state.withLock { $0.isClosed = true }
    }
}

extension GroupCommit {
    /// The statements a commit is made of.
    protocol Transaction: Connection {
        /// False when the database has rolled it back by itself.
        var isOpen: Bool { get }
        /// The last statement failed because a read, write or sync did.
        var diskFailed: Bool { get }
        func begin() throws
        func commit() throws
        func rollback()
        func save() throws
        func release() throws
        func rollbackToSave() throws
    }

    /// Runs the writers in one transaction and answers them all.
    /// Throws (after answering) when the disk failed, so that the caller opens another connection.
    static func commit(_ writers: [Writer], on transaction: some Transaction) throws {
        // Hardly anybody throws, so hardly anybody needs a savepoint, which costs as much as some of their statements.
        if try attempt(writers, inSavepoints: false, on: transaction) { return }
        if try attempt(writers, inSavepoints: true, on: transaction) { return }
        // One writer can spoil the commit for all (a deferred constraint, a row too large for the disk): try each alone.
        try commitEach(writers, on: transaction)
    }

    /// False when nothing was written and nobody answered, because one of several writers spoiled it.
    private static func attempt(
        _ writers: [Writer], inSavepoints: Bool, on transaction: some Transaction
    ) throws -> Bool {
        do {
            try transaction.begin()
        } catch {
            for writer in writers { writer.fail(error) }
            if transaction.diskFailed { throw error }
            return true
        }
        var answers: [@Sendable () -> Void] = []
        do {
            for writer in writers {
                answers.append(try inSavepoints ? answer(of: writer, on: transaction) : writer.run(transaction))
            }
            try transaction.commit()
        } catch {
            let diskFailed = transaction.diskFailed
            transaction.rollback()
            // Not again after a failed sync: what is on the disk is then unknown to this connection.
            if writers.count > 1, !diskFailed { return false }
            for writer in writers { writer.fail(error) }
            if diskFailed { throw error }
            return true
        }
        for answer in answers { answer() }
        return true
    }

    private static func commitEach(_ writers: [Writer], on transaction: some Transaction) throws {
        for (index, writer) in writers.enumerated() {
            do {
                try commit([writer], on: transaction)
            } catch {
                for writer in writers.dropFirst(index + 1) { writer.fail(error) }
                throw error
            }
        }
    }

    /// Runs one writer in its savepoint. Throws when the whole transaction is gone.
    private static func answer(
        of writer: Writer, on transaction: some Transaction
    ) throws -> @Sendable () -> Void {
        try transaction.save()
        do {
            let answer = try writer.run(transaction)
            try transaction.release()
            return answer
        } catch {
            // On a full or failing disk SQLite itself rolls everything back.
            guard transaction.isOpen else { throw error }
            try transaction.rollbackToSave()
            return { writer.fail(error) }
        }
    }
}
