import OAuth
import Portal
import Storage
import Testing

/// The audit log: one row per change, in its transaction, in a chain that shows every later touch.
struct AuditLogTests {
    let site: TestStore

    init() async throws { site = try await TestStore() }

    @Test func `Each tenant numbers its own events from one, and the installation its own`() async throws {
        try await write(.appCreated, in: site.acme)
        try await write(.appCreated, in: site.globex)
        try await write(.signedIn, in: nil)
        try await write(.appEdited, in: site.acme)
        let acme = try site.store.auditPage(.tenant(site.acme.id), limit: 10).entries
        let numbers = acme.map(\.sequence)
        #expect(numbers == Array((1...Int64(numbers.count)).reversed()))
        #expect(acme.first?.action == "app.edited")
        #expect(acme.allSatisfy { $0.tenant == site.acme.id })
        #expect(try site.store.auditPage(.installation, limit: 1).entries.first?.action == "person.signed_in")
        let report = try site.store.verifyAuditLog()
        #expect(report.findings.isEmpty)
        #expect(report.chains == 4)
    }

    @Test func `An event says who, what, to what, from where, as it was then`() async throws {
        try await site.store.record(
            AuditEvent(
                .tokenCreated, by: .person(site.ada), on: AuditSubject(.token, id: "tok_1", name: "CI \"deploy\""),
                in: site.acme.id, detail: ["scopes": "people:read", "expires": "never"], from: "198.51.100.7"),
            at: TestStore.start)
        let entry = try #require(try site.store.auditPage(.tenant(site.acme.id), limit: 1).entries.first)
        #expect(entry.title == "Created a token")
        #expect(entry.actor.name == "Ada" && entry.actor.id == site.ada.id.text && entry.actor.kind == .person)
        #expect(entry.subjectName == "CI \"deploy\"" && entry.subjectKind == "token")
        #expect(entry.detail.map(\.name) == ["expires", "scopes"] && entry.detail.last?.value == "people:read")
        #expect(entry.address == "198.51.100.7" && entry.at == TestStore.start && !entry.isErased)
    }

    @Test func `Pages filter by area, actor, subject and time, and continue where they ended`() async throws {
        for number in 0..<25 {
            try await site.store.record(
                AuditEvent(
                    number.isMultiple(of: 2) ? .tokenCreated : .appEdited,
                    by: .person(number < 5 ? site.grace : site.ada),
                    on: AuditSubject(.token, id: "thing_\(number % 3)", name: "Thing"), in: site.acme.id),
                at: TestStore.start + Int64(number + 1) * 60)
        }
        func count(_ filter: AuditFilter) throws -> Int {
            try site.store.auditPage(.tenant(site.acme.id), filter, limit: 100).entries.count
        }
        #expect(try count(AuditFilter(area: "token")) == 13)
        #expect(try count(AuditFilter(area: "token", actor: site.grace.id.text)) == 3)
        #expect(try count(AuditFilter(subject: "thing_0")) == 9)
        let from = TestStore.start + 11 * 60
        #expect(try count(AuditFilter(from: from)) == 15)
        #expect(try count(AuditFilter(from: from, until: from + 120)) == 2)
        #expect(try count(AuditFilter(from: from + 86_400)) == 0)
        #expect(try count(AuditFilter(until: TestStore.start - 1)) == 0)
        #expect(try count(AuditFilter(area: "tok%")) == 0)

        var seen: [Int64] = []
        var next: Int64?
        repeat {
            let page = try site.store.auditPage(
                .tenant(site.acme.id), AuditFilter(area: "app"), before: next, limit: 5)
            seen += page.entries.map(\.sequence)
            next = page.next
        } while next != nil
        #expect(seen.count == 12 && seen == seen.sorted(by: >))
    }

    @Test func `Case 265: when the change is rolled back its event is too, and the other way round`() async throws {
        let before = try site.store.verifyAuditLog().events
        // Written after its event in the same transaction, and refused there.
        await #expect(throws: StorageError.self) {
            try await self.site.engine.write { _ = try $0.run("DROP TABLE outbox") }
            let letter = TestStore.letter()
            _ = try await self.site.store.changePassword(
                of: self.site.ada, to: "a new hash", keeping: ID("ses_none"), letter: letter, at: TestStore.start)
        }
        #expect(try site.store.passwordHash(of: site.ada.id) == "hash of Ada")
        #expect(try site.store.verifyAuditLog().events == before)
        // The log cannot be written: the app is not registered.
        try await site.engine.write { db in
            _ = try db.run("CREATE TRIGGER full BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'full'); END")
        }
        await #expect(throws: StorageError.self) {
            _ = try await self.site.store.registerBeyondQuota(
                try TestStore.details("Unheard of"), owner: self.site.ada, secret: nil, at: TestStore.start)
        }
        #expect(try site.store.apps(of: site.ada.id).isEmpty)
        #expect(try site.store.verifyAuditLog().events == before)
    }

    @Test func `Who is forgotten leaves empty names, and a chain that still holds`() async throws {
        let (ada, grace) = (try site.member(site.ada, site.acme), try site.member(site.grace, site.acme))
        try await site.store.record(
            AuditEvent(
                .memberRoleChanged, by: .person(grace.person), on: .person(ada.person), in: site.acme.id,
                detail: ["role": "member", "why": "She asked me to."], from: "203.0.113.9"), at: TestStore.start)
        try await site.store.record(
            AuditEvent(
                .memberRoleChanged, by: .person(ada.person), on: .person(grace.person), in: site.acme.id,
                detail: ["role": "admin"], from: "203.0.113.10"), at: TestStore.start)
        #expect(try await site.store.delete(site.grace, letter: TestStore.letter(), at: TestStore.start) != nil)
        let report = try site.store.verifyAuditLog()
        #expect(report.findings.isEmpty)
        #expect(report.erased > 0)
        #expect(try site.store.auditChain(of: site.acme.id, newest: 100).findings.isEmpty)
        let found = try site.store.auditPage(.tenant(site.acme.id), AuditFilter(area: "member"), limit: 3).entries
        let (promoted, demoted) = (found[1], found[2])
        // What was done stays, and whom it was done to, for the others in the workspace.
        #expect(demoted.isErased && demoted.actor.name.isEmpty && demoted.actor.id == site.grace.id.text)
        #expect(demoted.address.isEmpty && demoted.subjectName == "Ada")
        #expect(demoted.detail.map(\.name) == ["role"] && demoted.detail.first?.value == "member")
        #expect(promoted.isErased && promoted.actor.name == "Ada" && promoted.address == "203.0.113.10")
        #expect(promoted.subjectName.isEmpty && promoted.subjectID == site.grace.id.text)
        #expect(promoted.detail.first?.value == "admin")
        // Later the other one is forgotten too.
        try await site.store.addMember(site.mallory.id, to: site.acme.id, as: .admin, at: TestStore.start)
        #expect(try await site.store.delete(site.ada, letter: TestStore.letter(), at: TestStore.start) != nil)
        #expect(try site.store.verifyAuditLog().findings.isEmpty)
        let left = try site.engine.read { db in
            try db.rows(
                "SELECT actor_name, subject_name, address FROM audit_events WHERE action = 'member.role_changed'"
            )
            .map { try $0.text("actor_name") + $0.text("subject_name") + $0.text("address") }
        }
        #expect(left == ["", ""])
    }

    private func write(_ action: AuditAction, in tenant: Tenant?) async throws {
        try await site.store.record(
            AuditEvent(
                action, by: .person(site.ada), on: .person(site.ada), in: tenant?.id, detail: ["why": "a test"],
                from: "203.0.113.9"),
            at: TestStore.start)
    }
}
