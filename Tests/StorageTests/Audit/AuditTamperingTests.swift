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
                    detail: ["number": "\(number)", "scopes": "people:read"], from: "203.0.113.7"),
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
            ("UPDATE audit_events SET facts = '{}'", 2, 2),
            ("UPDATE audit_events SET facts = NULL", 2, 2),
            ("UPDATE audit_events SET actor_name = '', address = '', detail = '{}', erased_at = 1", 3, 3),
            ("UPDATE audit_events SET subject_name = '', detail = '{}', erased_at = 1", 3, 3),
            ("UPDATE audit_events SET actor_digest = subject_digest", 1, 1),
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

    @Test func `Case 264: emptying events as if somebody in them were forgotten is named, without dropping a trigger`()
        async throws
    {
        // As the server itself does it, for somebody who is still here.
        try await site.engine.write { db in
            _ = try db.run(
                """
                UPDATE audit_events SET actor_name = '', subject_name = '', detail = '{}', address = '', erased_at = 1
                WHERE action = 'app.edited'
                """)
        }
        let findings = try site.store.verifyAuditLog().findings
        #expect(findings.count == 10)
        #expect(try !site.store.auditChain(of: site.acme.id, newest: 3).findings.isEmpty)
        // Nor does it help to invent that they deleted their account.
        let end = try #require(try site.store.auditPage(.everything, limit: 1).entries.first)
        try await site.engine.write { db in
            _ = try db.run(
                """
                INSERT INTO audit_events (position, tenant_id, sequence, at, action, area, actor_kind, actor_id, actor_name,
                    subject_kind, subject_id, subject_name, detail, address, personal_digest, previous, hash)
                SELECT \(end.position + 1), '', 1 + (SELECT max(sequence) FROM audit_events WHERE tenant_id = ''), at,
                    'person.deleted', 'person', 'person', \(self.site.ada.id), '', 'person', \(self.site.ada.id), '', '{}',
                    '', personal_digest, hash, hash
                FROM audit_events WHERE tenant_id = '' ORDER BY sequence DESC LIMIT 1
                """)
        }
        #expect(try site.store.verifyAuditLog().findings.count == 11)
    }

    @Test func `Case 264: events from before their parts were told apart hold, and are erased whole`() async throws {
        @Sendable func joined(_ fields: [String]) -> String { fields.map { "\($0.utf8.count):\($0)" }.joined() }
        let (keys, acme, grace, ada) = (site.keyring, site.acme.id, site.grace, site.ada)
        let position = try #require(try site.store.auditPage(.everything, limit: 1).entries.first).position + 1
        let sequence = try #require(try site.store.auditPage(.tenant(acme), limit: 1).entries.first).sequence + 1
        // As the version before wrote them: one digest over all texts, and no facts.
        let detail = #"{"role":"member"}"#
        let personal = keys.digest(joined([grace.name, ada.name, detail, "203.0.113.9"]), purpose: "audit-personal")
        try await site.engine.write { db in
            let last = try db.row(
                "SELECT hash FROM audit_events WHERE tenant_id = \(acme) ORDER BY sequence DESC LIMIT 1")
            guard let previous = try last?.digest("hash") else { throw TestStore.Refused() }
            let hash = keys.digest(
                joined([
                    "audit1", previous.hex, "\(position)", acme.text, "\(sequence)", "\(TestStore.start.seconds)",
                    "member.role_changed", "person", grace.id.text, "person", ada.id.text, personal.hex,
                ]), purpose: "audit")
            _ = try db.run(
                """
                INSERT INTO audit_events (position, tenant_id, sequence, at, action, area, actor_kind, actor_id, actor_name,
                    subject_kind, subject_id, subject_name, detail, address, personal_digest, previous, hash)
                VALUES (\(position), \(acme), \(sequence), \(TestStore.start), 'member.role_changed', 'member', 'person',
                    \(grace.id), \(grace.name), 'person', \(ada.id), \(ada.name), \(detail), '203.0.113.9', \(personal),
                    \(previous), \(hash))
                """)
        }
        #expect(try site.store.verifyAuditLog().findings.isEmpty)
        #expect(try await site.store.delete(grace, letter: TestStore.letter(), at: TestStore.start) != nil)
        #expect(try site.store.verifyAuditLog().findings.isEmpty)
        let found = try site.store.auditPage(.tenant(acme), AuditFilter(subject: ada.id.text), limit: 1)
        let entry = try #require(found.entries.first)
        #expect(entry.isErased && entry.actor.name.isEmpty && entry.subjectName.isEmpty && entry.detail.isEmpty)
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
                    erased_at, hash, hash, facts, actor_digest, subject_digest, detail_digest
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
