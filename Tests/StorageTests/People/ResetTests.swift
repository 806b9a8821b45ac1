import OAuth
import Portal
import Storage
import Testing

@Suite("New passwords")
struct ResetTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private func send(
        to email: String = "ada@acme.example", at moment: Instant = TestStore.start
    ) async throws -> Secret<MailLink> {
        let link = Secret<MailLink>.random()
        try await test.store.sendReset(
            to: try #require(EmailAddress(email)), link: link, letter: { TestStore.letter(to: $0.email) }, at: moment)
        return link
    }

    private func reset(
        _ link: Secret<MailLink>, to hash: PasswordHash = "new hash", at moment: Instant = TestStore.start
    ) async throws -> Person? {
        try await test.store.reset(link, to: hash, letter: { TestStore.letter(to: $0.email, "changed") }, at: moment)
    }

    @Test func `a link sets a new password, once, and its owner is told`() async throws {
        let link = try await send()
        #expect(try test.store.owner(of: link, for: .reset, at: now)?.id == test.ada.id)
        #expect(try await reset(link)?.id == test.ada.id)
        #expect(try test.store.passwordHash(of: test.ada.id) == "new hash")
        #expect(try await reset(link, to: "Mallory's") == nil)
        #expect(try test.store.passwordHash(of: test.ada.id) == "new hash")
        #expect(try test.store.outbox().filter { $0.recipient == "ada@acme.example" }.count == 2)
    }

    @Test func `Case 163: a reset ends all of the person's sessions, and nobody else's`() async throws {
        let laptop = try await test.session(of: test.ada), phone = try await test.session(of: test.ada)
        let grace = try await test.session(of: test.grace)
        #expect(try await reset(try await send()) != nil)
        for cookie in [laptop.cookie, phone.cookie] { #expect(try test.store.session(for: cookie, at: now) == nil) }
        #expect(try test.store.session(for: grace.cookie, at: now) != nil)
    }

    @Test func `Case 163: a changed password ends every other session and every link`() async throws {
        let laptop = try await test.session(of: test.ada), phone = try await test.session(of: test.ada)
        let link = try await send()
        try await test.store.changePassword(
            of: test.ada, to: "changed", keeping: laptop.session.id, letter: TestStore.letter(), at: now)
        #expect(try test.store.session(for: laptop.cookie, at: now) != nil)
        #expect(try test.store.session(for: phone.cookie, at: now) == nil)
        #expect(try await reset(link) == nil)
        #expect(try test.store.passwordHash(of: test.ada.id) == "changed")
    }

    @Test(arguments: [(3599, true), (3600, false), (86_000, false)] as [(Int64, Bool)])
    func `Case 178: a reset link lives an hour, the last second excluded`(seconds: Int64, works: Bool) async throws {
        let link = try await send()
        #expect(try (test.store.owner(of: link, for: .reset, at: now + seconds) != nil) == works)
        #expect(try await (reset(link, at: now + seconds) != nil) == works)
    }

    @Test func `Case 178: of 20 resets with one link at once one counts`() async throws {
        let link = try await send()
        let test = test
        let done = try await atOnce(20) { n in
            try await test.store.reset(link, to: "hash \(n)", letter: { _ in TestStore.letter() }, at: TestStore.start)
                != nil ? n : nil
        }.compactMap { $0 }
        #expect(done.count == 1)
        #expect(try test.store.passwordHash(of: test.ada.id) == "hash \(try #require(done.first))")
    }

    @Test func `Case 178: only the newest link works, and none after one was used`() async throws {
        let first = try await send()
        let second = try await send(at: now + 1)
        #expect(try await reset(first, at: now + 2) == nil)
        #expect(try await reset(second, at: now + 2) != nil)
        let third = try await send(at: now + 3)
        #expect(try await reset(third, at: now + 4) != nil)
    }

    @Test func `Case 178: a reset link confirms no address`() async throws {
        let link = try await send()
        #expect(try await test.store.verify(link, at: now) == nil)
        #expect(try await reset(link) != nil)
    }

    @Test func `Case 169: nobody unknown, unconfirmed or suspended gets a letter`() async throws {
        try await test.store.signUp(
            try TestStore.signUp("Nia", "nia@nowhere.example"), passwordHash: "hash", link: .random(),
            confirm: TestStore.letter(), known: { _ in TestStore.letter() }, at: now)
        try await test.suspend("person", test.grace.id.text)
        let letters = try test.store.outbox().count
        for email in ["nobody@nowhere.example", "nia@nowhere.example", "grace@acme.example"] {
            _ = try await send(to: email)
        }
        #expect(try test.store.outbox().count == letters)
    }

    @Test func `Case 172: however an address is spelt, the letter goes to the one on file`() async throws {
        _ = try await send(to: "ADA@Acme.Example")
        #expect(try test.store.outbox().map(\.recipient) == ["ada@acme.example"])
    }

    @Test func `Case 175: a rehash at sign-in ends nothing`() async throws {
        let laptop = try await test.session(of: test.ada)
        try await test.store.rehash(test.ada.id, to: "costlier")
        #expect(try test.store.passwordHash(of: test.ada.id) == "costlier")
        #expect(try test.store.session(for: laptop.cookie, at: now) != nil)
    }
}
