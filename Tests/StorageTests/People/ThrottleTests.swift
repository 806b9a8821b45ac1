import OAuth
import Portal
import Storage
import Testing

@Suite("Throttles")
struct ThrottleTests {
    let test: TestStore
    let now = TestStore.start
    let throttle = Throttle(name: "sign-in", limit: 10, window: 900)

    init() async throws { test = try await TestStore() }

    private func count(
        _ key: String = "ada@acme.example", _ times: Int = 1, at moment: Instant = TestStore.start
    ) async throws -> Int64? {
        var wait: Int64?
        for _ in 0..<times { wait = try await test.store.count(throttle, key, at: moment) }
        return wait
    }

    @Test func `Case 170: of 200 attempts at once exactly the limit may go on`() async throws {
        let (test, throttle) = (test, throttle)
        let waits = try await test.engine.gather(200) { _ in
            try await test.store.count(throttle, "ada@acme.example", at: TestStore.start)
        }.values.map { try $0.get() }
        #expect(waits.filter { $0 == nil }.count == 10)
        #expect(waits.compactMap { $0 }.allSatisfy { $0 == 900 })
    }

    @Test func `the tenth may go on, the eleventh waits until the window is over`() async throws {
        #expect(try await count(at: now) == nil)
        #expect(try await count("ada@acme.example", 9, at: now + 100) == nil)
        #expect(try await count(at: now + 100) == 800)
        #expect(try await count(at: now + 899) == 1)
        #expect(try await count(at: now + 900) == nil)
        #expect(try await count("ada@acme.example", 9, at: now + 901) == nil)
        #expect(try await count(at: now + 901) == 899)
    }

    @Test func `every key and every throttle counts for itself`() async throws {
        #expect(try await count("ada@acme.example", 11) != nil)
        #expect(try await count("grace@acme.example") == nil)
        let mail = Throttle(name: "mail", limit: 3, window: 3600)
        #expect(try await test.store.count(mail, "ada@acme.example", at: now) == nil)
    }

    @Test func `a success clears its key and no other`() async throws {
        #expect(try await count("ada@acme.example", 11) != nil)
        #expect(try await count("grace@acme.example", 11) != nil)
        try await test.store.clear(throttle, "ada@acme.example")
        #expect(try await count("ada@acme.example") == nil)
        #expect(try await count("grace@acme.example") != nil)
    }

    @Test func `a clock set back never opens a window early`() async throws {
        #expect(try await count("ada@acme.example", 11) != nil)
        #expect(try #require(try await count(at: now - 3600)) > 0)
        #expect(try await count(at: now + 10) != nil)
    }

    @Test func `a count outlives a restart and goes away with the sweep a day later`() async throws {
        #expect(try await count("ada@acme.example", 11) != nil)
        let next = try test.reopened()
        #expect(try await next.store.count(throttle, "ada@acme.example", at: now) != nil)
        _ = try await next.store.sweep(at: now + 86_399)
        #expect(try next.count("SELECT count(*) FROM throttles") == 1)
        _ = try await next.store.sweep(at: now + 86_400)
        #expect(try next.count("SELECT count(*) FROM throttles") == 0)
    }

    @Test func `who is counted cannot be read from the database`() async throws {
        _ = try await count("203.0.113.99")
        #expect(try test.count("SELECT count(*) FROM throttles WHERE key LIKE '%203.0%'") == 0)
        #expect(try test.count("SELECT count(*) FROM throttles WHERE length(key) = 8 + 64") == 1)
    }
}
