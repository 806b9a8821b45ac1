/// What runs statements; handed to a transaction body and not valid after it.
package protocol Connection {
    /// Every row of the answer.
    func rows(_ sql: SQL) throws -> [Row]

    /// The first row of the answer, nil when there is none.
    func row(_ sql: SQL) throws -> Row?

    /// Runs an `INSERT`, `UPDATE` or `DELETE`; how many rows it changed.
    @discardableResult
    func run(_ sql: SQL) throws -> Int
}

/// The seam below `Store`: run a statement, run a transaction. Behind it are the server's engine and a command's guest;
/// another database would be a third, without touching a query.
package protocol Engine: Sendable {
    /// Reads on the calling thread, without a transaction: every statement sees the newest commit. For the hot
    /// path, where one indexed look-up (some 10 µs) costs less than a hop to another thread.
    func read<Value>(_ body: (any Connection) throws -> Value) throws -> Value

    /// As `read`, but all statements see the same moment.
    func readConsistently<Value>(_ body: (any Connection) throws -> Value) throws -> Value

    /// Runs a transaction and returns when it is durable. Writers that wait at the same time share one commit.
    ///
    /// A body that throws leaves nothing behind. A body may be run again, so it holds statements and pure functions
    /// only, and chance that was drawn before (or that no answer repeats, such as a letter's ID); a refusal that has
    /// effects is returned, not thrown.
    @discardableResult
    func write<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws -> Value

    /// Transactions that wait for the next commit; a gauge.
    var waitingWriters: Int { get }

    /// Runs migrations: one transaction on the writing connection, on the calling thread. Only before serving.
    @discardableResult
    func migrate<Value>(_ body: (any MigrationConnection) throws -> Value) throws -> Value

    /// Lets go of the database. Writers that wait are answered first.
    func close()
}

/// A connection that also runs a migration file: text of several statements, not from the source code.
package protocol MigrationConnection: Connection {
    func script(_ text: String) throws
}
