import OAuth
import Portal
import Storage
import Testing

@Suite("Tenants and members, stored")
struct TenantTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private func open(_ slug: String, at moment: Instant = TestStore.start) async throws -> Tenant? {
        let draft = TenantDraft(name: "Another", slug: try #require(Slug(slug)))
        return try await test.store.openTenantBeyondQuota(draft, kind: .standard, admin: test.mallory.id, at: moment)
    }

    @Test func `a new tenant has its opener as admin and nobody on its list, until samples are asked for, once`()
        async throws
    {
        let tenant = try #require(try await open("acme-events"))
        let member = try test.member(test.mallory, tenant)
        #expect(member.role == .admin)
        #expect(try test.store.tenant(tenant.slug)?.id == tenant.id)
        let people = test.store.tenant(of: member)
        #expect(try people.contacts(from: 0, limit: 100).contacts.isEmpty)
        #expect(try await people.addSamples(at: now))
        #expect(try people.contacts(from: 0, limit: 100).contacts.count == 24)
        #expect(try await !people.addSamples(at: now))
        #expect(try people.contacts(from: 0, limit: 100).contacts.count == 24)
    }

    @Test func `a sandbox has people to try the API with`() async throws {
        let draft = TenantDraft(name: "Sandbox", slug: try #require(Slug("sandbox-1")))
        let tenant = try #require(
            try await test.store.openTenantBeyondQuota(draft, kind: .sandbox, admin: test.mallory.id, at: now))
        let member = try test.member(test.mallory, tenant)
        #expect(try test.store.tenant(of: member).contacts(from: 0, limit: 100).contacts.count == 24)
    }

    @Test func `Case 146: a slug that is taken is refused and changes nothing`() async throws {
        #expect(try await open("acme") == nil)
        #expect(try test.store.tenant(test.acme.slug)?.id == test.acme.id)
        #expect(try test.store.membership(of: test.mallory.id, in: test.acme.id) == nil)
        #expect(try test.count("SELECT count(*) FROM tenants") == 3)
    }

    @Test func `Case 146: a slug that was given up is nobody's until its quarantine ends`() async throws {
        let until = now + 90 * 86_400
        try await test.engine.write { db in
            _ = try db.run("INSERT INTO quarantined_slugs (slug, until) VALUES ('old-name', \(until))")
        }
        for moment in [now, until - 1] {
            _ = try await test.store.sweep(at: moment)
            #expect(try await open("old-name", at: moment) == nil)
        }
        #expect(try test.store.tenant(try #require(Slug("old-name"))) == nil)
        #expect(try await open("old-name", at: until) != nil)
    }

    @Test func `Case 146: a sandbox cannot take a quarantined slug either`() async throws {
        let until = now + 86_400
        try await test.engine.write { db in
            _ = try db.run("INSERT INTO quarantined_slugs (slug, until) VALUES ('old-name', \(until))")
        }
        let sandbox = TenantDraft(name: "Sandbox", slug: try #require(Slug("old-name")))
        let application = try await test.apply(test.grace)
        _ = try? await test.store.decide(
            application.id, version: 1, .approved, reason: "", by: test.ada, sandbox: sandbox,
            letter: TestStore.letter(), at: now)
        #expect(try test.store.tenant(sandbox.slug) == nil)
    }

    @Test func `of 20 who want one slug at once one gets it, the others are told`() async throws {
        let test = test
        let opened = try await test.engine.gather(20) { _ in
            let draft = TenantDraft(name: "Wanted", slug: try #require(Slug("wanted")))
            return try await test.store.openTenantBeyondQuota(
                draft, kind: .standard, admin: test.lin.id, at: TestStore.start)
        }.values.map { try $0.get() }
        #expect(opened.compactMap { $0 }.count == 1)
        #expect(try test.store.memberships(of: test.lin.id).count == 2)
    }

    @Test func `a person is a member where they were added, with the role they have now`() async throws {
        #expect(try test.store.memberships(of: test.grace.id).map(\.tenant.id) == [test.acme.id])
        #expect(try test.member(test.grace, test.acme).role == .member)
        #expect(try test.store.membership(of: test.mallory.id, in: test.acme.id) == nil)
        try await test.store.addMember(test.grace.id, to: test.acme.id, as: .admin, at: now + 5)
        let grace = try test.member(test.grace, test.acme)
        #expect(grace.role == .admin)
        #expect(grace.since == now)
    }

    @Test func `a member sees everybody of their tenant, admins first, and nobody else`() throws {
        for person in [test.ada, test.grace] {
            let seen = try test.store.members(seenBy: try test.member(person, test.acme))
            #expect(seen.map(\.person.name) == ["Ada", "Grace"])
        }
        #expect(try test.store.admins(of: test.acme.id).map(\.name) == ["Ada"])
    }

    @Test func `a suspended tenant says so, to its members too`() async throws {
        try await test.suspend("tenant", test.acme.id.text)
        #expect(try test.store.tenant(test.acme.slug)?.isSuspended == true)
        #expect(try test.member(test.ada, test.acme).tenant.isSuspended)
        #expect(try test.store.tenant(test.globex.slug)?.isSuspended == false)
    }

    @Test func `nobody can be suspended twice at once, and the history of it stays`() async throws {
        try await test.suspend("tenant", test.acme.id.text)
        await #expect(throws: StorageError.self) { try await test.suspend("tenant", test.acme.id.text) }
        try await test.reinstate(test.acme.id.text, at: now + 10)
        #expect(try test.store.tenant(test.acme.slug)?.isSuspended == false)
        try await test.suspend("tenant", test.acme.id.text, at: now + 20)
        #expect(try test.count("SELECT count(*) FROM suspensions") == 2)
    }
}
