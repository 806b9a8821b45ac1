package import Broker
package import OAuth

extension Store {
    /// An ID for a trace; sorts by time.
    package func newTraceID(at now: Instant) -> ID<Entity.Trace> {
        var generator = SystemRandomNumberGenerator()
        return .ordered(at: now, turn: turns.next(), using: &generator)
    }

    /// Stores a trace, or adds to the one of the same ID: its steps behind those that are there, its outcome in their place.
    package func record(_ trace: Trace) async throws {
        try await engine.write { db in try self.record(trace, in: db) }
    }

    /// Keeps a trace that nobody waits for: written with the uses, every few seconds, and lost in a crash. Of one
    /// environment so many in that time; what went well is the first to go.
    package func note(_ trace: Trace) { waitingTraces.add(trace) }

    /// Traces that had no room or could not be written, since the start.
    package var droppedTraces: UInt64 { waitingTraces.dropped }

    /// Writes the traces and counts that were kept for later: in pieces, so that nobody's write waits for all of them.
    package func flushTraces() async throws {
        try await flushProxyCalls()
        let traces = waitingTraces.drain()
        for start in stride(from: 0, to: traces.count, by: 100) {
            let piece = traces[start..<min(start + 100, traces.count)]
            do {
                try await engine.write { db in
                    for trace in piece { try self.record(trace, in: db) }
                }
            } catch {
                waitingTraces.lost(traces.count - start)
                throw error
            }
        }
    }

    func record(_ trace: Trace, in db: any Connection) throws {
        // The environment may have been deleted meanwhile, and then there is nowhere to keep it.
        try db.run(
            """
            INSERT INTO traces (id, tenant_id, environment_id, action, integration_key, provider, connection_id, outcome,
                error, started_at, finished_at, milliseconds)
            SELECT \(trace.id), tenant_id, id, \(trace.action.rawValue), \(trace.integrationKey), \(trace.provider),
                \(trace.connectionID), \(trace.outcome.rawValue), \(trace.error), \(trace.startedAt), \(trace.finishedAt),
                \(trace.milliseconds)
            FROM live_environments WHERE id = \(trace.environment)
            ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, error = excluded.error,
                finished_at = excluded.finished_at, milliseconds = excluded.milliseconds,
                connection_id = excluded.connection_id
            """)
        guard
            let last = try db.row(
                """
                SELECT coalesce((SELECT max(position) FROM trace_steps WHERE trace_id = t.id), 0) AS position
                FROM traces t WHERE t.id = \(trace.id)
                """)
        else { return }
        var position = try last.integer("position")
        for step in trace.steps {
            position += 1
            try db.run(
                """
                INSERT INTO trace_steps (trace_id, position, at, milliseconds, level, sentence, detail)
                VALUES (\(trace.id), \(position), \(step.at), \(step.milliseconds), \(step.level.rawValue),
                    \(step.sentence), \(Self.text(ofDetail: step.detail)))
                """)
        }
    }

    /// Newest first, without their steps.
    ///
    /// - Parameter before: continues after the trace of this ID.
    package func traces(
        of environment: BrokerEnvironment, _ filter: TraceFilter = TraceFilter(), before: ID<Entity.Trace>? = nil,
        limit: Int
    ) throws -> [Trace] {
        var condition: SQL = "t.environment_id = \(environment.id)"
        if let before { condition = "\(fragment: condition) AND t.id < \(before)" }
        if let action = filter.action { condition = "\(fragment: condition) AND t.action = \(action.rawValue)" }
        if let outcome = filter.outcome { condition = "\(fragment: condition) AND t.outcome = \(outcome.rawValue)" }
        if let key = filter.integrationKey { condition = "\(fragment: condition) AND t.integration_key = \(key)" }
        if let id = filter.connectionID { condition = "\(fragment: condition) AND t.connection_id = \(id)" }
        // IDs sort by the second, so a month back is a place in the index and no walk through a month.
        if let from = filter.from {
            condition = "\(fragment: condition) AND t.id >= \(ID<Entity.Trace>.least(at: from))"
        }
        if let until = filter.until {
            condition = "\(fragment: condition) AND t.id < \(ID<Entity.Trace>.least(at: until))"
        }
        return try engine.read { db in
            try db.rows("SELECT t.* FROM traces t WHERE \(fragment: condition) ORDER BY t.id DESC LIMIT \(limit)")
        }.map { try Trace($0, steps: []) }
    }

    /// One, with its steps.
    package func trace(_ id: ID<Entity.Trace>, in environment: BrokerEnvironment) throws -> Trace? {
        try engine.readConsistently { db in
            let row = try db.row(
                "SELECT t.* FROM traces t WHERE t.id = \(id) AND t.environment_id = \(environment.id)")
            guard let row else { return nil }
            let steps = try db.rows("SELECT * FROM trace_steps WHERE trace_id = \(id) ORDER BY position")
            return try Trace(row, steps: steps.map(TraceStep.init))
        }
    }

    /// In seconds: how long traces are kept.
    package static let traceRetention: Int64 = 30 * 86_400

    static func text(ofDetail detail: [(name: String, value: String)]) -> String {
        let members = detail.map { (name: $0.name, value: JSONText.string($0.value)) }
        return String(decoding: JSONText.object(members).bytes, as: UTF8.self)
    }
}

extension Trace {
    fileprivate init(_ row: Row, steps: [TraceStep]) throws {
        guard let action = Action(rawValue: try row.text("action")),
            let outcome = Outcome(rawValue: try row.text("outcome"))
        else { throw StorageError.column("action", "holds what this version does not know") }
        self.init(
            id: try row.id("id"), tenant: try row.id("tenant_id"), environment: try row.id("environment_id"),
            action: action, integrationKey: try row.text("integration_key"), provider: try row.text("provider"),
            connectionID: try row.text("connection_id"), outcome: outcome, error: try row.optionalText("error"),
            startedAt: try row.instant("started_at"), finishedAt: try row.optionalInstant("finished_at"),
            milliseconds: try row.integer("milliseconds"), steps: steps)
    }
}

extension TraceStep {
    fileprivate init(_ row: Row) throws {
        let detail: [(name: String, value: String)]
        if case .object(let members)? = JSONValue(Array(try row.text("detail").utf8)) {
            detail = members.map { ($0.name, $0.value.string ?? "") }
        } else {
            detail = []
        }
        self.init(
            at: try row.instant("at"), milliseconds: try row.integer("milliseconds"),
            level: Level(rawValue: try row.text("level")) ?? .info, sentence: try row.text("sentence"), detail: detail)
    }
}
