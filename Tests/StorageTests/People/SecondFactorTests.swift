import OAuth
import Portal
import Storage
import Testing

@Suite("Second factors, stored")
struct SecondFactorTests {
    let test: TestStore
    let now = TestStore.start
    let seed = (0..<20).map { UInt8($0) }
    let codes = ["aaaaa-aaaa1", "aaaaa-aaaa2", "aaaaa-aaaa3"]

    init() async throws {
        test = try await TestStore()
        try await test.store.beginSecondFactor(of: test.ada.id, seed: seed, at: now)
        let isOn = try await test.store.confirmSecondFactor(
            of: test.ada.id, with: code(at: now), recovery: codes, letter: letter, at: now)
        try #require(isOn)
    }

    private var letter: Letter { Letter(kind: .secondFactor, recipient: "ada@acme.example", subject: "x", body: "x") }

    private func code(at moment: Instant) -> String {
        String(decoding: TimeCode.code(seed, at: TimeCode.step(at: moment)), as: UTF8.self)
    }

    private func use(_ code: String, at moment: Instant) async throws -> CodeUse {
        let letter = letter
        return try await test.store.useCode(code, of: test.ada.id, recovered: { _ in letter }, at: moment)
    }

    @Test func `Case 185: the code that turned it on is used, the next one works once`() async throws {
        #expect(try await use(code(at: now), at: now) == .refused)
        #expect(try await use(code(at: now + 30), at: now + 30) == .accepted)
        #expect(try await use(code(at: now + 30), at: now + 30) == .refused)
        #expect(try await use(code(at: now + 30), at: now + 59) == .refused)
        // An older code than the last one is refused too, used or not.
        #expect(try await use(code(at: now + 90), at: now + 90) == .accepted)
        #expect(try await use(code(at: now + 60), at: now + 90) == .refused)
    }

    @Test func `Case 185: of a hundred at once with one code, one gets in`() async throws {
        let (test, letter, code, later) = (test, letter, code(at: now + 60), now + 60)
        let uses = try await atOnce(100) { _ in
            try await test.store.useCode(code, of: test.ada.id, recovered: { _ in letter }, at: later)
        }
        #expect(uses.count { $0 == .accepted } == 1)
    }

    @Test func `a recovery code works once, also at once, and says how many are left`() async throws {
        let (test, letter, now) = (test, letter, now)
        let uses = try await atOnce(50) { _ in
            try await test.store.useCode("AAAAA AAAA1", of: test.ada.id, recovered: { _ in letter }, at: now)
        }
        #expect(uses.count { $0 == .recovered(left: 2) } == 1)
        #expect(uses.count { $0 == .refused } == 49)
        #expect(try test.store.secondFactor(of: test.ada.id)?.recoveryCodesLeft == 2)
        try await test.store.renewRecoveryCodes(of: test.ada.id, to: ["bbbbb-bbbbb"], at: now)
        #expect(try await use(codes[1], at: now) == .refused)
        #expect(try await use("bbbbb-bbbbb", at: now) == .recovered(left: 0))
    }

    @Test func `codes are one person's own`() async throws {
        #expect(
            try await test.store.useCode(codes[0], of: test.grace.id, recovered: { _ in letter }, at: now) == .refused)
        try await test.store.beginSecondFactor(of: test.grace.id, seed: seed, at: now)
        // Begun counts for nothing: neither to get in nor to be asked.
        #expect(try test.store.person(test.grace.id)?.hasSecondFactor == false)
        #expect(
            try await test.store.useCode(code(at: now), of: test.grace.id, recovered: { _ in letter }, at: now)
                == .refused)
    }

    @Test func `Case 224: a seed moved to another person's row does not open`() async throws {
        try await test.store.beginSecondFactor(of: test.grace.id, seed: [UInt8](repeating: 9, count: 20), at: now)
        try await test.engine.write { db in
            _ = try db.run(
                """
                UPDATE second_factors SET sealed_seed = (SELECT sealed_seed FROM second_factors
                    WHERE person_id = \(test.ada.id)) WHERE person_id = \(test.grace.id)
                """)
        }
        #expect(throws: KeyError.sealed) { try test.store.waitingSeed(of: test.grace.id) }
    }

    @Test func `beginning anew does not replace the one that counts`() async throws {
        try await test.store.beginSecondFactor(of: test.ada.id, seed: [UInt8](repeating: 1, count: 20), at: now)
        #expect(try test.store.waitingSeed(of: test.ada.id) == nil)
        #expect(try await use(code(at: now + 60), at: now + 60) == .accepted)
    }

    @Test func `a clock that was a year ahead locks nobody out once it is right`() async throws {
        let ahead = now + 365 * 86_400
        #expect(try await use(code(at: ahead), at: ahead) == .accepted)
        #expect(try await use(code(at: now + 60), at: now + 60) == .accepted)
        #expect(try await use(code(at: now + 60), at: now + 60) == .refused)
    }

    @Test func `turned off, nothing of it is left`() async throws {
        #expect(try await test.store.endSecondFactor(of: test.ada, by: nil, letter: letter, at: now))
        #expect(try await !test.store.endSecondFactor(of: test.ada, by: nil, letter: letter, at: now))
        #expect(try test.store.person(test.ada.id)?.hasSecondFactor == false)
        #expect(try test.count("SELECT count(*) FROM recovery_codes") == 0)
        #expect(try await use(code(at: now + 60), at: now + 60) == .refused)
    }
}
