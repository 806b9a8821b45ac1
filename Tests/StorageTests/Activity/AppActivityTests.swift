import OAuth
import Portal
import Storage
import Testing

@Suite("Activity, stored")
struct AppActivityTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private func refusal(_ address: String = "198.51.100.7", at moment: Instant = TestStore.start) throws -> AppEvent {
        .refusal(
            of: .token, by: OAuthError(.invalidGrant, "the code has expired"), app: test.rosterSync.id,
            tenant: test.acme.id, request: try ParameterList(query: "grant_type=authorization_code"), from: address,
            at: moment)
    }

    @Test func `what was noted is written in batches, the same again as one`() async throws {
        for _ in 0..<5 { test.store.activity.note(try refusal()) }
        #expect(try test.store.activity(of: test.rosterSync.id).isEmpty)
        try await test.store.flushActivity()
        let entry = try #require(try test.store.activity(of: test.rosterSync.id).first)
        #expect(entry.times == 5 && entry.error == "invalid_grant" && entry.tenantName == "Acme")
        #expect(try test.store.activityEntry(entry.id, of: test.rosterSync.id)?.what == "The code has expired.")
        #expect(try test.store.activityEntry(entry.id, of: test.leech.id) == nil)
    }

    @Test func `a flood fills neither memory nor disk`() async throws {
        for number in 0..<2000 {
            test.store.activity.note(try refusal("198.51.\(number % 250).\(number / 250)"))
        }
        try await test.store.flushActivity()
        #expect(try test.store.activity(of: test.rosterSync.id, limit: 5000).count == ActivityLog.mostPerMinute)
        for minute in 1...60 {
            for number in 0..<40 {
                test.store.activity.note(try refusal("198.51.\(number).1", at: now + Int64(minute * 60)))
            }
            try await test.store.flushActivity()
        }
        #expect(try test.count("SELECT count(*) FROM app_activity") <= Store.activityKept)
    }

    @Test func `a month later nothing of it is left`() async throws {
        test.store.activity.note(try refusal())
        test.store.activity.count(.used, of: test.rosterSync.id, at: now)
        try await test.store.flushActivity()
        while try await test.store.sweep(at: now + 31 * 86_400) {}
        #expect(try test.count("SELECT count(*) FROM app_activity") == 0)
        #expect(try test.count("SELECT count(*) FROM app_days") == 1)
        while try await test.store.sweep(at: now + 100 * 86_400) {}
        #expect(try test.count("SELECT count(*) FROM app_days") == 0)
    }

    @Test func `filters narrow it, and an older page goes on where the first ended`() async throws {
        for second in 0..<5 { test.store.activity.note(try refusal("198.51.\(second).1", at: now + Int64(second))) }
        test.store.activity.note(.change("Something changed.", of: test.rosterSync.id, at: now + 9))
        try await test.store.flushActivity()
        var filter = ActivityFilter()
        filter.kind = .change
        #expect(try test.store.activity(of: test.rosterSync.id, narrowedBy: filter).count == 1)
        filter = ActivityFilter()
        filter.outcome = .refused
        let first = try test.store.activity(of: test.rosterSync.id, narrowedBy: filter, limit: 3)
        filter.before = first.last?.id
        let second = try test.store.activity(of: test.rosterSync.id, narrowedBy: filter, limit: 3)
        #expect(first.count == 3 && second.count == 2)
        #expect(Set((first + second).map(\.id)).count == 5)
    }

    @Test func `uses are counted by day, without a write for each`() async throws {
        let pair = try await test.tokens()
        for _ in 0..<7 { _ = try test.check(pair.access) }
        _ = try test.check(pair.access, at: now + 86_401)
        try await test.store.flushActivity()
        let counts = try test.store.counts(of: test.rosterSync.id, since: now.day)
        #expect(counts.first { $0.metric == .used }?.count == 7)
        #expect(counts.first { $0.metric == .expired && $0.day == (now + 86_401).day }?.count == 1)
    }

    @Test func `an app that is gone takes its activity along, also what was not written yet`() async throws {
        test.store.activity.note(try refusal())
        try await test.store.flushActivity()
        test.store.activity.note(try refusal("203.0.113.1"))
        test.store.activity.count(.used, of: test.rosterSync.id, at: now)
        #expect(try await test.store.deleteApp(test.rosterSync.id, of: test.lin.id, at: now))
        try await test.store.flushActivity()
        #expect(try test.count("SELECT count(*) FROM app_activity") == 1)
        _ = try await test.store.sweep(at: now)
        #expect(try test.count("SELECT count(*) FROM app_activity") == 0)
        #expect(try test.count("SELECT count(*) FROM app_days") == 0)
    }
}
