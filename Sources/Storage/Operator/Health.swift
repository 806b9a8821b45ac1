package import OAuth

/// How the installation is doing, in numbers.
package struct Health: Sendable {
    package let mailWaiting: Int64
    package let mailFailed: Int64
    /// When the letter that waits longest was written.
    package let oldestMail: Instant?
    package let people: Int64
    package let tenants: Int64
    package let apps: Int64
    package let unreviewedApps: Int64
    package let applicationsWaiting: Int64
    package let oldestApplication: Instant?
    package let suspended: Int64
    package let activeKey: String
    package let activeKeySince: Instant?
    package let auditEvents: Int64
    package let migrations: Int64
    package let newestMigration: String
    /// In bytes.
    package let databaseSize: Int64
}

extension Store {
    package func health() throws -> Health {
        try engine.readConsistently { db in
            let row = try db.row(
                """
                SELECT
                    (SELECT count(*) FROM outbox WHERE next_attempt_at IS NOT NULL) AS mail_waiting,
                    (SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL) AS mail_failed,
                    (SELECT min(created_at) FROM outbox WHERE next_attempt_at IS NOT NULL) AS oldest_mail,
                    (SELECT count(*) FROM people) AS people, (SELECT count(*) FROM tenants) AS tenants,
                    (SELECT count(*) FROM apps) AS apps,
                    (SELECT count(*) FROM apps a WHERE NOT EXISTS (SELECT 1 FROM app_reviews r
                        WHERE r.app_id = a.id AND r.ended_at IS NULL)) AS unreviewed,
                    (SELECT count(*) FROM developer_applications WHERE state = 'submitted') AS applications,
                    (SELECT min(submitted_at) FROM developer_applications WHERE state = 'submitted') AS oldest_application,
                    (SELECT count(*) FROM suspensions WHERE reinstated_at IS NULL) AS suspended,
                    (SELECT created_at FROM key_checks WHERE key_id = \(keyring.activeID.text)) AS key_since,
                    coalesce((SELECT max(position) FROM audit_events), 0) AS audit_events,
                    (SELECT count(*) FROM schema_migrations) AS migrations,
                    (SELECT max(name) FROM schema_migrations) AS newest_migration,
                    (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS size
                """)
            guard let row else { throw StorageError.corrupt("a count has no row") }
            return Health(
                mailWaiting: try row.integer("mail_waiting"), mailFailed: try row.integer("mail_failed"),
                oldestMail: try row.optionalInstant("oldest_mail"), people: try row.integer("people"),
                tenants: try row.integer("tenants"), apps: try row.integer("apps"),
                unreviewedApps: try row.integer("unreviewed"), applicationsWaiting: try row.integer("applications"),
                oldestApplication: try row.optionalInstant("oldest_application"),
                suspended: try row.integer("suspended"), activeKey: keyring.activeID.text,
                activeKeySince: try row.optionalInstant("key_since"), auditEvents: try row.integer("audit_events"),
                migrations: try row.integer("migrations"),
                newestMigration: try row.optionalText("newest_migration") ?? "", databaseSize: try row.integer("size"))
        }
    }
}
