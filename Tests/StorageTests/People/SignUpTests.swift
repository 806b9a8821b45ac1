import OAuth
import Portal
import Storage
import Testing

@Suite("Sign-up and verification")
struct SignUpTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private func signUp(
        _ name: String = "Nia", _ email: String = "nia@nowhere.example", hash: PasswordHash = "hash of Nia",
        link: Secret<MailLink> = .random(), at moment: Instant = TestStore.start
    ) async throws {
        let signUp = try TestStore.signUp(name, email)
        try await test.store.signUp(
            signUp, passwordHash: hash, link: link, confirm: TestStore.letter(to: email, "confirm " + name),
            known: { TestStore.letter(to: $0.email, "known " + $0.name) }, at: moment)
    }

    private func candidate(_ email: String = "nia@nowhere.example") throws -> Store.SignInCandidate? {
        try test.store.signInCandidate(for: try #require(EmailAddress(email)))
    }

    private func letters() throws -> [String] {
        try test.store.outbox().compactMap { try test.store.letter($0.id)?.body?.split(separator: "\n").first }
            .map(String.init)
    }

    @Test func `Case 169: signing up with a known address changes nothing, and only its owner is told`() async throws {
        let before = try #require(try candidate("ada@acme.example"))
        for email in ["ada@acme.example", "Ada@Acme.example", "ADA@ACME.EXAMPLE"] {
            let link = Secret<MailLink>.random()
            try await signUp("Mallory", email, hash: "Mallory's", link: link)
            #expect(try test.store.owner(of: link, for: .verify, at: now) == nil)
        }
        let after = try #require(try candidate("ada@acme.example"))
        #expect(after.passwordHash == before.passwordHash)
        #expect(after.person.name == "Ada")
        #expect(try letters() == ["known Ada", "known Ada", "known Ada"])
        #expect(try test.store.outbox().allSatisfy { $0.recipient == "ada@acme.example" })
        #expect(try test.count("SELECT count(*) FROM people") == 4)
    }

    @Test func `a link confirms the address, and opens nothing yet`() async throws {
        let link = Secret<MailLink>.random()
        try await signUp(link: link)
        #expect(try candidate()?.person.verifiedAt == nil)
        let nia = try #require(try await test.store.verify(link, at: now + 60))
        #expect(nia.verifiedAt == now + 60)
        #expect(try test.store.memberships(of: nia.id).isEmpty)
    }

    @Test func `Case 183: before it is confirmed, an address belongs to whoever signed up last`() async throws {
        let first = Secret<MailLink>.random(), second = Secret<MailLink>.random()
        try await signUp("Mallory", hash: "Mallory's", link: first)
        try await signUp("Nia", "NIA@nowhere.example", hash: "Nia's", link: second, at: now + 60)
        #expect(try await test.store.verify(first, at: now + 61) == nil)
        #expect(try candidate()?.person.verifiedAt == nil)
        #expect(try await test.store.verify(second, at: now + 61) != nil)
        let nia = try #require(try candidate())
        #expect(nia.person.name == "Nia")
        #expect(nia.person.email == "NIA@nowhere.example")
        #expect(nia.passwordHash == "Nia's")
        #expect(try test.count("SELECT count(*) FROM people") == 5)
    }

    @Test func `Case 183: sign-ups at once leave one person and one link that works`() async throws {
        let test = test
        let links: [Secret<MailLink>] = (0..<20).map { _ in .random() }
        _ = try await atOnce(20) { n in
            try await test.store.signUp(
                try TestStore.signUp("Nia \(n)", "nia@nowhere.example"), passwordHash: "hash \(n)", link: links[n],
                confirm: TestStore.letter(), known: { _ in TestStore.letter() }, at: TestStore.start)
        }
        #expect(try test.count("SELECT count(*) FROM people") == 5)
        let live = try links.indices.filter { try test.store.owner(of: links[$0], for: .verify, at: now) != nil }
        #expect(live.count == 1)
        // Name and password are those of the link that works, not of another sign-up.
        #expect(try candidate()?.passwordHash == "hash \(try #require(live.first))")
    }

    @Test func `Case 178: looking at a link uses nothing up, confirming uses it once`() async throws {
        let link = Secret<MailLink>.random()
        try await signUp(link: link)
        for _ in 0..<3 { #expect(try test.store.owner(of: link, for: .verify, at: now)?.name == "Nia") }
        #expect(try await test.store.verify(link, at: now) != nil)
        #expect(try await test.store.verify(link, at: now) == nil)
        #expect(try test.store.owner(of: link, for: .verify, at: now) == nil)
    }

    @Test func `Case 178: of 20 confirmations at once one counts`() async throws {
        let link = Secret<MailLink>.random()
        try await signUp(link: link)
        let test = test
        let confirmed = try await atOnce(20) { _ in try await test.store.verify(link, at: TestStore.start) != nil }
        #expect(confirmed.filter { $0 }.count == 1)
    }

    @Test func `Case 178: a link to confirm resets no password`() async throws {
        let link = Secret<MailLink>.random()
        try await signUp(link: link)
        #expect(try test.store.owner(of: link, for: .reset, at: now) == nil)
        #expect(
            try await test.store.reset(link, to: "Mallory's", letter: { _ in TestStore.letter() }, at: now) == nil)
        #expect(try candidate()?.passwordHash == "hash of Nia")
        #expect(try await test.store.verify(link, at: now) != nil)
    }

    @Test(arguments: [(86_399, true), (86_400, false)] as [(Int64, Bool)])
    func `Case 178: a link to confirm lives 24 hours, the last second excluded`(seconds: Int64, works: Bool)
        async throws
    {
        let link = Secret<MailLink>.random()
        try await signUp(link: link)
        #expect(try (test.store.owner(of: link, for: .verify, at: now + seconds) != nil) == works)
        #expect(try await (test.store.verify(link, at: now + seconds) != nil) == works)
    }

    @Test func `a fresh link replaces the one before; only an address that waits for one gets it`() async throws {
        let first = Secret<MailLink>.random(), second = Secret<MailLink>.random()
        try await signUp(link: first)
        for email in ["nia@nowhere.example", "ada@acme.example", "nobody@nowhere.example"] {
            try await test.store.resendVerification(
                to: try #require(EmailAddress(email)), link: email.hasPrefix("nia") ? second : .random(),
                letter: { TestStore.letter(to: $0.email, "again " + $0.name) }, at: now + 5)
        }
        // The first letter had not been sent yet, and its link is dead.
        #expect(try letters() == ["again Nia"])
        #expect(try test.store.outbox().count == 2)
        #expect(try test.store.owner(of: first, for: .verify, at: now + 6) == nil)
        #expect(try test.store.owner(of: second, for: .verify, at: now + 6)?.name == "Nia")
    }
}
