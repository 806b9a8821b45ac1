package import OAuth

/// How the installation is doing, in numbers.
package struct Health: Sendable {
    package let gauges: Gauges
    package let people: Int64
    package let tenants: Int64
    package let apps: Int64
    package let unreviewedApps: Int64
    package let applicationsWaiting: Int64
    package let oldestApplication: Instant?
    package let suspended: Int64
    package let activeKey: String
    package let migrations: Int64
    package let newestMigration: String
}

extension Store {
    package func health() throws -> Health {
        try engine.readConsistently { db in
            let row = try db.row(
                """
                SELECT
                    (SELECT count(*) FROM live_people) AS people, (SELECT count(*) FROM live_tenants) AS tenants,
                    (SELECT count(*) FROM live_apps) AS apps,
                    (SELECT count(*) FROM live_apps a WHERE NOT EXISTS (SELECT 1 FROM app_reviews r
                        WHERE r.app_id = a.id AND r.ended_at IS NULL)) AS unreviewed,
                    (SELECT count(*) FROM developer_applications WHERE state = 'submitted') AS applications,
                    (SELECT min(submitted_at) FROM developer_applications WHERE state = 'submitted') AS oldest_application,
                    (SELECT count(*) FROM suspensions WHERE reinstated_at IS NULL
                        AND suspended_by <> \(Self.deletion)) AS suspended,
                    (SELECT count(*) FROM schema_migrations) AS migrations,
                    (SELECT max(name) FROM schema_migrations) AS newest_migration
                """)
            guard let row else { throw StorageError.corrupt("a count has no row") }
            return Health(
                gauges: try self.gauges(in: db), people: try row.integer("people"),
                tenants: try row.integer("tenants"), apps: try row.integer("apps"),
                unreviewedApps: try row.integer("unreviewed"), applicationsWaiting: try row.integer("applications"),
                oldestApplication: try row.optionalInstant("oldest_application"),
                suspended: try row.integer("suspended"), activeKey: keyring.activeID.text,
                migrations: try row.integer("migrations"),
                newestMigration: try row.optionalText("newest_migration") ?? "")
        }
    }
}
