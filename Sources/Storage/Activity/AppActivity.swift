package import OAuth
package import Portal

/// What the list of an app's activity is narrowed to.
package struct ActivityFilter: Sendable {
    package var kind: AppEvent.Kind?
    package var outcome: AppEvent.Outcome?
    package var error: String?
    /// Only what is older than this entry.
    package var before: String?

    package init() {}
}

extension Store {
    /// The newest so many entries of an app are kept, and none for longer than a month.
    package static var activityKept: Int { 1000 }

    /// Writes what was gathered: in pieces, so that nobody's write waits for all of it. When one cannot be written, it
    /// and those after it are lost, as in a crash.
    package func flushActivity() async throws {
        let gathered = activity.drain()
        for start in stride(from: 0, to: gathered.events.count, by: 200) {
            let piece = gathered.events[start..<min(start + 200, gathered.events.count)].map { waiting in
                (id: self.newActivityID(at: waiting.event.at), event: waiting.event, times: waiting.times)
            }
            try await engine.write { db in
                for one in piece { try self.insert(one.event, id: one.id, times: one.times, in: db) }
                for app in Set(piece.map(\.event.app)) { try self.trimActivity(of: app, in: db) }
            }
        }
        for start in stride(from: 0, to: gathered.counts.count, by: 500) {
            let piece = gathered.counts[start..<min(start + 500, gathered.counts.count)]
            try await engine.write { db in
                for (key, count) in piece { try self.add(count, to: key, in: db) }
            }
        }
    }

    /// Records a change in the transaction that makes it.
    func record(_ event: AppEvent, id: ID<Entity.Activity>, in db: any Connection) throws {
        try insert(event, id: id, times: 1, in: db)
    }

    func newActivityID(at now: Instant) -> ID<Entity.Activity> {
        var generator = SystemRandomNumberGenerator()
        return .ordered(at: now, using: &generator)
    }

    /// Newest first.
    package func activity(
        of app: ID<Entity.Client>, narrowedBy filter: ActivityFilter = ActivityFilter(), limit: Int = 50
    ) throws -> [AppEntry] {
        try engine.read { db in
            try db.rows(
                """
                \(fragment: AppEntry.select) WHERE e.app_id = \(app)
                    AND (\(filter.kind?.rawValue) IS NULL OR e.kind = \(filter.kind?.rawValue))
                    AND (\(filter.outcome?.rawValue) IS NULL OR e.outcome = \(filter.outcome?.rawValue))
                    AND (\(filter.error) IS NULL OR e.error = \(filter.error))
                    AND (\(filter.before) IS NULL OR e.id < \(filter.before))
                ORDER BY e.id DESC LIMIT \(limit)
                """
            ).map(AppEntry.init)
        }
    }

    package func activityEntry(_ id: String, of app: ID<Entity.Client>) throws -> AppEntry? {
        try engine.read { db in
            try db.row("\(fragment: AppEntry.select) WHERE e.app_id = \(app) AND e.id = \(id)").map(AppEntry.init)
        }
    }

    /// The counts of the days from `first` on.
    package func counts(
        of app: ID<Entity.Client>, since first: Int64
    ) throws -> [(day: Int64, metric: AppMetric, count: Int64)] {
        try engine.read { db in
            try db.rows("SELECT day, metric, count FROM app_days WHERE app_id = \(app) AND day >= \(first)")
                .compactMap { row in
                    guard let metric = AppMetric(rawValue: try row.text("metric")) else { return nil }
                    return (day: try row.integer("day"), metric: metric, count: try row.integer("count"))
                }
        }
    }

    private func insert(
        _ event: AppEvent, id: ID<Entity.Activity>, times: Int64, in db: any Connection
    ) throws {
        // The app may be gone by now, and its tenant too.
        try db.run(
            """
            INSERT INTO app_activity (app_id, id, at, kind, outcome, error, what, advice, received, tenant_id,
                address_hint, times)
            SELECT a.id, \(id), \(event.at), \(event.kind.rawValue), \(event.outcome.rawValue), \(event.error),
                \(event.what), \(event.advice), \(event.received), (SELECT t.id FROM live_tenants t WHERE t.id = \(event.tenant)),
                \(event.addressHint), \(times)
            FROM live_apps a WHERE a.id = \(event.app)
            """)
    }

    private func trimActivity(of app: ID<Entity.Client>, in db: any Connection) throws {
        try db.run(
            """
            DELETE FROM app_activity WHERE app_id = \(app) AND id <= (SELECT id FROM app_activity
                WHERE app_id = \(app) ORDER BY id DESC LIMIT 1 OFFSET \(Store.activityKept))
            """)
    }

    private func add(_ count: Int64, to key: ActivityLog.Counted, in db: any Connection) throws {
        try db.run(
            """
            INSERT INTO app_days (app_id, day, metric, count)
            SELECT a.id, \(key.day), \(key.metric.rawValue), \(count) FROM live_apps a WHERE a.id = \(key.app)
            ON CONFLICT (app_id, day, metric) DO UPDATE SET count = app_days.count + excluded.count
            """)
    }
}

extension AppEntry {
    fileprivate static let select: SQL = """
        SELECT e.id, e.at, e.kind, e.outcome, e.error, e.what, e.advice, e.received, e.address_hint, e.times,
            (SELECT t.name FROM live_tenants t WHERE t.id = e.tenant_id) AS tenant_name
        FROM app_activity e
        """

    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.text("id"), at: try row.instant("at"), kind: try row.raw("kind"),
            outcome: try row.raw("outcome"),
            error: try row.optionalText("error"), what: try row.text("what"), advice: try row.text("advice"),
            received: try row.text("received"), tenantName: try row.optionalText("tenant_name"),
            addressHint: try row.text("address_hint"), times: try row.integer("times"))
    }
}
