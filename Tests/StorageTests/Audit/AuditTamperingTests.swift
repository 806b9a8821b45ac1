import OAuth
import Portal
import Storage
import Testing

/// Case 264: whoever can write to the database cannot do so unseen.
struct AuditTamperingTests {
    let site: TestStore
    /// The first of Acme's events that these tests wrote.
    let first: Int64

    init() async throws {
        site = try await TestStore()
        first = (try site.store.auditPage(.tenant(site.acme.id), limit: 1).entries.first?.sequence ?? 0) + 1
        for number in 0..<10 {
            let tenant = number.isMultiple(of: 2) ? site.acme : site.globex
            try await site.store.record(
                AuditEvent(
                    .appEdited, by: .person(site.ada), on: .app(site.rosterSync), in: tenant.id,
                    detail: ["number": "\(number)"]),
                at: TestStore.start + Int64(number))
        }
    }

    @Test func `Case 264: the database refuses to change or delete an event`() async throws {
        for statement: SQL in [
            "DELETE FROM audit_events WHERE sequence = 1", "UPDATE audit_events SET at = at + 1",
            "UPDATE audit_events SET actor_name = 'Mallory'", "UPDATE audit_events SET erased_at = 1",
            """
            UPDATE audit_events SET actor_name = '', subject_name = '', detail = '{}', address = '', erased_at = 1,
                actor_id = 'per_0000000000000000'
            """,
        ] {
            await #expect(throws: StorageError.self) { try await self.site.engine.write { _ = try $0.run(statement) } }
        }
        #expect(try site.store.verifyAuditLog().findings.isEmpty)
    }

    // Each beside the event that is named as the first bad one, counted from the first of Acme's above.
    @Test(
        arguments: [
            ("UPDATE audit_events SET at = at - 60", 2, 2),
            ("UPDATE audit_events SET action = 'app.deleted'", 0, 0),
            ("UPDATE audit_events SET area = 'token'", 3, 3),
            ("UPDATE audit_events SET actor_id = 'per_x'", 1, 1),
            ("UPDATE audit_events SET actor_name = 'Mallory'", 1, 1),
            ("UPDATE audit_events SET detail = '{}'", 4, 4),
            ("UPDATE audit_events SET address = '192.0.2.1'", 4, 4),
            ("UPDATE audit_events SET subject_id = 'app_x'", 2, 2),
            ("DELETE FROM audit_events", 2, 2),
        ] as [(SQL, Int64, Int64)])
    func `Case 264: an edited or deleted event is named by its number`(
        statement: SQL, touched: Int64, named: Int64
    ) async throws {
        try await tamper { db in
            let tenant = self.site.acme.id
            _ = try db.run(
                "\(fragment: statement) WHERE tenant_id = \(tenant) AND sequence = \(self.first + touched)")
        }
        let finding = try #require(try site.store.verifyAuditLog().findings.first)
        #expect(finding.tenant == site.acme.id)
        #expect(finding.sequence == first + named)
    }

    @Test func `Case 264: two events that changed places are named`() async throws {
        try await tamper { db in
            let tenant = self.site.acme.id
            try db.run(
                "UPDATE audit_events SET sequence = 999 WHERE tenant_id = \(tenant) AND sequence = \(self.first)")
            try db.run(
                """
                UPDATE audit_events SET sequence = \(self.first)
                WHERE tenant_id = \(tenant) AND sequence = \(self.first + 1)
                """)
            _ = try db.run(
                "UPDATE audit_events SET sequence = \(self.first + 1) WHERE tenant_id = \(tenant) AND sequence = 999")
        }
        let finding = try #require(try site.store.verifyAuditLog().findings.first)
        #expect(finding.tenant == site.acme.id && finding.sequence == first)
    }

    @Test func `Case 264: an event that this server did not write is named, however well it is numbered`() async throws
    {
        let end = try #require(try site.store.auditPage(.everything, limit: 1).entries.first)
        let last = try #require(try site.store.auditPage(.tenant(site.acme.id), limit: 1).entries.first)
        try await site.engine.write { db in
            _ = try db.run(
                """
                INSERT INTO audit_events SELECT \(end.position + 1), tenant_id, sequence + 1, at, action, area, actor_kind,
                    actor_id, actor_name, subject_kind, subject_id, subject_name, detail, address, personal_digest,
                    erased_at, hash, hash
                FROM audit_events WHERE position = \(last.position)
                """)
        }
        let finding = try #require(try site.store.verifyAuditLog().findings.first)
        #expect(finding.tenant == site.acme.id && finding.sequence == last.sequence + 1)
    }

    @Test func `Case 264: a tenant's last event cannot be taken out of the middle of the log`() async throws {
        let last = try #require(try site.store.auditPage(.tenant(site.acme.id), limit: 1).entries.first)
        try await tamper { _ = try $0.run("DELETE FROM audit_events WHERE position = \(last.position)") }
        let finding = try #require(try site.store.verifyAuditLog().findings.first)
        #expect(finding.position == last.position)
    }

    @Test func `Case 264: a log whose end was cut off is caught by the anchor that stands elsewhere`() async throws {
        let anchor = try #require(try site.store.auditAnchor())
        #expect(AuditAnchor(anchor.text) == anchor)
        #expect(try site.store.verifyAuditLog(against: anchor).findings.isEmpty)
        try await tamper { _ = try $0.run("DELETE FROM audit_events WHERE position > \(anchor.position - 3)") }
        // What remains is whole …
        #expect(try site.store.verifyAuditLog().findings.isEmpty)
        // … but it is not all there was.
        #expect(try site.store.verifyAuditLog(against: anchor).findings.first?.position == anchor.position - 2)
        // Nor does it help to fill it up again.
        for _ in 0..<3 {
            try await site.store.record(
                AuditEvent(.appEdited, by: .person(site.ada), on: .app(site.rosterSync), in: site.acme.id),
                at: TestStore.start)
        }
        #expect(try site.store.verifyAuditLog(against: anchor).findings.first?.position == anchor.position)
    }

    @Test(arguments: ["", "12", "-1-00", "0-" + zeros, "1-" + zeros + "0", "x-" + zeros, "1-2-" + zeros])
    func `An anchor that was mistyped is not read`(text: String) {
        #expect(AuditAnchor(text) == nil)
    }

    static let zeros = String(repeating: "0", count: 64)

    /// As somebody does who has the file and sqlite3: the triggers are gone first.
    private func tamper(_ body: @escaping @Sendable (any Connection) throws -> Void) async throws {
        try await site.engine.write { db in
            try db.run("DROP TRIGGER audit_events_stay")
            try db.run("DROP TRIGGER audit_events_as_written")
            try body(db)
        }
    }
}
