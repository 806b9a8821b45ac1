import Foundation
import OAuth
import Portal
import Storage
import Testing

@Suite("The outbox")
struct OutboxTests {
    let test: TestStore
    let now = TestStore.start
    let text = "canary-3f9c1e77: https://portal.example/reset/once"

    init() async throws { test = try await TestStore() }

    /// A letter to Ada without a link, written as a changed password writes it.
    @discardableResult
    private func write(
        _ body: String? = nil, at moment: Instant = TestStore.start
    ) async throws -> ID<Entity.Mail> {
        let before = Set(try test.store.outbox().map(\.id))
        try await test.store.changePassword(
            of: test.ada, to: "hash", keeping: ID("ses_none"),
            letter: Letter(
                kind: .passwordChanged, recipient: test.ada.email, subject: "Choose a new password",
                body: body ?? text), at: moment)
        return try #require(try test.store.outbox().first { !before.contains($0.id) }).id
    }

    /// A letter to Ada with a link to choose a new password.
    private func writeReset(
        _ link: Secret<MailLink> = .random(), at moment: Instant = TestStore.start
    ) async throws -> ID<Entity.Mail> {
        let before = Set(try test.store.outbox().map(\.id))
        try await test.store.sendReset(
            to: try #require(EmailAddress(test.ada.email)), link: link,
            letter: { TestStore.letter(to: $0.email, "https://portal.example/reset/" + link.reveal()) }, at: moment)
        return try #require(try test.store.outbox().first { !before.contains($0.id) }).id
    }

    /// Whether it still waits, with its text.
    private func waits(_ id: ID<Entity.Mail>, at moment: Instant) throws -> Bool {
        let letter = try #require(try test.store.letter(id))
        let isDue = try test.store.dueLetters(at: moment, limit: 100).contains { $0.entry.id == id }
        #expect((letter.body != nil) == isDue)
        return isDue
    }

    @Test func `Case 178: a letter whose link was used, replaced or outrun is taken back, with its text`() async throws
    {
        let link = Secret<MailLink>.random()
        let used = try await writeReset(link)
        #expect(try waits(used, at: now))
        #expect(
            try await test.store.reset(link, to: "hash", letter: { TestStore.letter(to: $0.email) }, at: now) != nil)
        #expect(try !waits(used, at: now))
        let replaced = try await writeReset()
        let other = try await writeReset()
        #expect(try !waits(replaced, at: now))
        #expect(try waits(other, at: now))
        try await test.store.changePassword(
            of: test.ada, to: "hash", keeping: ID("ses_none"), letter: TestStore.letter(), at: now)
        #expect(try !waits(other, at: now))
        #expect(try #require(try test.store.letter(other)).entry.lastProblem?.contains("link") == true)
        #expect(try test.store.mailCounts().failed == 0)
        let later = now + 3600
        let expiring = try await writeReset(at: later)
        _ = try await test.store.sweep(at: later + 3599)
        #expect(try waits(expiring, at: later + 3599))
        _ = try await test.store.sweep(at: later + 3600)
        #expect(try !waits(expiring, at: later + 3600))
    }

    @Test func `a letter without a link waits as long as it takes, and a delivered one keeps what it was`() async throws
    {
        let plain = try await write()
        let link = Secret<MailLink>.random()
        let delivered = try await writeReset(link)
        try await test.store.record(.delivered, of: delivered, keepBody: true, at: now)
        #expect(
            try await test.store.reset(link, to: "hash", letter: { TestStore.letter(to: $0.email) }, at: now) != nil)
        let entry = try #require(try test.store.letter(delivered)).entry
        #expect(entry.deliveredAt == now && entry.failedAt == nil && entry.lastProblem == nil)
        _ = try await test.store.sweep(at: now + 80_000)
        #expect(try waits(plain, at: now + 80_000))
    }

    private func isInFiles(_ text: String) throws -> Bool {
        try ["", "-wal", "-shm"].contains { suffix in
            let path = test.folder.database + suffix
            guard FileManager.default.fileExists(atPath: path) else { return false }
            return try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data(text.utf8)) != nil
        }
    }

    @Test func `a letter's text can be read here and is not in the files in clear`() async throws {
        let id = try await write()
        let letter = try #require(try test.store.letter(id))
        #expect(try #require(letter.body).hasPrefix(text))
        #expect(letter.entry.recipient == "ada@acme.example")
        #expect(letter.entry.subject == "Choose a new password")
        #expect(try !isInFiles("canary-3f9c1e77"))
        try test.engine.checkpoint()
        #expect(try !isInFiles("canary-3f9c1e77"))
        #expect(try isInFiles("Choose a new password"), "the search finds what is there")
    }

    @Test func `Case 224: one letter's sealed text does not open as another's`() async throws {
        let first = try await write("for Ada"), second = try await write("for Mallory")
        try await test.engine.write { db in
            _ = try db.run(
                """
                UPDATE outbox SET sealed_body = (SELECT sealed_body FROM outbox WHERE id = \(first))
                WHERE id = \(second)
                """)
        }
        #expect(throws: KeyError.sealed) { try test.store.letter(second) }
        #expect(try test.store.letter(first)?.body?.hasPrefix("for Ada") == true)
    }

    @Test func `a letter whose text does not open holds up no other`() async throws {
        let damaged = try await write("for Ada"), whole = try await write("for Ada as well", at: now + 1)
        try await test.engine.write { db in
            _ = try db.run("UPDATE outbox SET sealed_body = zeroblob(length(sealed_body)) WHERE id = \(damaged)")
        }
        let due = try test.store.dueLetters(at: now + 1, limit: 10)
        #expect(due.map(\.entry.id) == [damaged, whole])
        #expect(due.first?.body == nil && due.last?.body?.hasPrefix("for Ada as well") == true)
    }

    @Test func `letters are due in the order of their times, and none before`() async throws {
        let third = try await write(at: now + 20)
        let first = try await write(at: now)
        let second = try await write(at: now + 10)
        #expect(try test.store.dueLetters(at: now - 1, limit: 10).isEmpty)
        #expect(try test.store.dueLetters(at: now + 19, limit: 10).map(\.entry.id) == [first, second])
        #expect(try test.store.dueLetters(at: now + 20, limit: 10).map(\.entry.id) == [first, second, third])
        #expect(try test.store.dueLetters(at: now + 20, limit: 1).map(\.entry.id) == [first])
    }

    @Test func `a letter that failed is tried again at its time, with its text`() async throws {
        let id = try await write()
        try await test.store.record(.failed("421 busy", retryAt: now + 60), of: id, keepBody: false, at: now)
        #expect(try test.store.dueLetters(at: now + 59, limit: 10).isEmpty)
        let due = try #require(try test.store.dueLetters(at: now + 60, limit: 10).first)
        #expect(due.body?.hasPrefix(text) == true)
        #expect(due.entry.attempts == 1)
        #expect(due.entry.lastProblem == "421 busy")
        #expect(due.entry.failedAt == nil)
        try await test.store.record(.delivered, of: id, keepBody: false, at: now + 61)
        let done = try #require(try test.store.letter(id)).entry
        #expect(done.deliveredAt == now + 61)
        #expect(done.attempts == 2)
        #expect(done.lastProblem == nil)
        #expect(try test.store.dueLetters(at: now + 100_000, limit: 10).isEmpty)
    }

    @Test func `a letter that was given up is not tried again`() async throws {
        let id = try await write()
        try await test.store.record(.failed("550 no such box", retryAt: nil), of: id, keepBody: false, at: now + 5)
        #expect(try test.store.dueLetters(at: now + 100_000, limit: 10).isEmpty)
        let entry = try #require(try test.store.letter(id)).entry
        #expect(entry.failedAt == now + 5)
        #expect(entry.lastProblem == "550 no such box")
    }

    @Test func `what was delivered is wiped, unless it is kept for reading in demo mode`() async throws {
        let wiped = try await write(), kept = try await write()
        try await test.store.record(.delivered, of: wiped, keepBody: false, at: now)
        try await test.store.record(.delivered, of: kept, keepBody: true, at: now)
        #expect(try #require(try test.store.letter(wiped)).body == nil)
        #expect(try #require(try test.store.letter(kept)).body?.hasPrefix(text) == true)
        #expect(try test.count("SELECT count(*) FROM outbox WHERE sealed_body IS NOT NULL") == 1)
    }

    @Test func `letters outlive a restart, also one that waits to be tried again`() async throws {
        let id = try await write()
        try await test.store.record(.failed("421 busy", retryAt: now + 60), of: id, keepBody: false, at: now)
        let next = try test.reopened()
        let due = try next.store.dueLetters(at: now + 60, limit: 10)
        #expect(due.map(\.entry.id) == [id])
        #expect(due.first?.body?.hasPrefix(text) == true)
    }

    @Test func `a month after it is done with a letter is swept away, and so is one that no server took`()
        async throws
    {
        let done = try await write(), failed = try await write(), tried = try await write(), waiting = try await write()
        try await test.store.record(.delivered, of: done, keepBody: true, at: now)
        try await test.store.record(.failed("550 no such box", retryAt: nil), of: failed, keepBody: false, at: now)
        try await test.store.record(.failed("421 busy", retryAt: now + 60), of: tried, keepBody: false, at: now)
        let month = now + 30 * 86_400
        _ = try await test.store.sweep(at: month - 1)
        #expect(try test.store.outbox().count == 4)
        _ = try await test.store.sweep(at: month)
        #expect(try test.store.outbox().map(\.id) == [tried], "its next try is a month old a minute later")
        #expect(try test.store.letter(waiting) == nil)
        _ = try await test.store.sweep(at: month + 60)
        #expect(try test.store.outbox().isEmpty)
    }
}
