import OAuth
import Portal
import Storage
import Testing

@Suite("Developer applications, stored")
struct ApplicationTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private func sandbox(_ slug: String = "sandbox-grace") throws -> TenantDraft {
        TenantDraft(name: "Grace's sandbox", slug: try #require(Slug(slug)))
    }

    private func decide(
        _ application: DeveloperApplication, version: Int64 = 1, _ verdict: ApplicationDecision.Verdict,
        slug: String = "sandbox-grace"
    ) async throws -> DecisionRefusal? {
        try await test.store.decide(
            application.id, version: version, verdict, reason: "Because.", by: test.ada, sandbox: try sandbox(slug),
            letter: TestStore.letter(to: "grace@acme.example"), at: now + 60)
    }

    @Test func `an approval opens a sandbox with people to try the API with, once`() async throws {
        let application = try await test.apply(test.grace)
        #expect(application.state == .submitted && application.version == 1)
        #expect(try await decide(application, .approved) == nil)
        let member = try #require(try test.store.memberships(of: test.grace.id).first { $0.tenant.kind == .sandbox })
        #expect(member.role == .admin)
        #expect(try test.store.tenant(of: member).contacts(from: 0, limit: 100).contacts.count == 24)
        #expect(try await decide(application, .rejected) == .decidedMeanwhile)
        #expect(try test.store.application(of: test.grace.id)?.state == .approved)
        #expect(try test.count("SELECT count(*) FROM tenants WHERE kind = 'sandbox'") == 1)
    }

    @Test func `of 20 decisions at once one counts`() async throws {
        let application = try await test.apply(test.grace)
        let refusals = try await atOnce(20) { number in
            try await self.decide(application, number.isMultiple(of: 2) ? .approved : .rejected)
        }
        #expect(refusals.filter { $0 == nil }.count == 1)
        #expect(try test.store.decisions(on: application.id).count == 1)
    }

    @Test func `a sandbox whose slug is taken leaves the application as it was`() async throws {
        let application = try await test.apply(test.grace)
        await #expect(throws: StorageError.self) { try await self.decide(application, .approved, slug: "acme") }
        #expect(try test.store.application(of: test.grace.id)?.state == .submitted)
        #expect(try test.store.decisions(on: application.id).isEmpty)
    }

    @Test func `a decision is about the version that was read`() async throws {
        let application = try await test.apply(test.grace)
        #expect(try await decide(application, .changesRequested) == nil)
        let second = try await test.apply(test.grace, at: now + 120)
        #expect(second.id == application.id && second.version == 2)
        #expect(try await decide(application, version: 1, .approved) == .decidedMeanwhile)
        #expect(try await decide(application, version: 2, .approved) == nil)
        #expect(try test.store.versions(of: application.id).map(\.number) == [2, 1])
        #expect(try test.store.decisions(on: application.id).map(\.verdict) == [.approved, .changesRequested])
    }

    @Test func `the queue has who waits longest first, and pages by that`() async throws {
        for (index, person) in [test.grace, test.mallory, test.lin].enumerated() {
            _ = try await test.apply(person, at: now + Int64(index))
        }
        let first = try test.store.applications(.submitted, limit: 2)
        #expect(first.map(\.person.name) == ["Grace", "Mallory"])
        let last = try #require(first.last)
        let position = ListPosition(at: try #require(last.submittedAt), id: last.id.text)
        #expect(try test.store.applications(.submitted, after: position, limit: 2).map(\.person.name) == ["Lin"])
        #expect(try test.store.health().applicationsWaiting == 3)
    }

    @Test func `every step is in the log`() async throws {
        let application = try await test.apply(test.grace)
        _ = try await decide(application, .rejected)
        let actions = try test.store.activity(of: test.grace.id, limit: 2).entries.map(\.action)
        #expect(actions == ["developer.rejected", "developer.applied"])
    }
}
