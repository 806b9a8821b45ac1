import OAuth
import Portal
import Storage
import Testing

@Suite("Set-up of the first operator")
struct SetupTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private func offer() async throws -> Secret<SetupCode> {
        let code = Secret<SetupCode>.random()
        try await test.store.offerSetup(with: code, at: now)
        return code
    }

    private func claim(
        _ code: Secret<SetupCode>, _ email: String = "olga@gatewright.example"
    ) async throws -> Person? {
        try await test.store.claimSetup(
            with: code, try TestStore.signUp("Olga", email), passwordHash: "hash of Olga", at: now)
    }

    @Test func `Case 182: the code makes one operator, and set-up is closed for good`() async throws {
        #expect(try !test.store.hasOperator())
        let code = try await offer()
        let olga = try #require(try await claim(code))
        #expect(olga.isOperator)
        #expect(olga.verifiedAt == now)
        #expect(try test.store.hasOperator())
        #expect(try await claim(code, "mallory2@globex.example") == nil)
        #expect(try await claim(try await offer(), "mallory2@globex.example") == nil)
        #expect(try test.count("SELECT count(*) FROM operators") == 1)
        #expect(try test.count("SELECT count(*) FROM people") == 5)
    }

    @Test func `Case 182: without the code nothing happens`() async throws {
        #expect(try await claim(.random()) == nil)
        _ = try await offer()
        #expect(try await claim(.random()) == nil)
        #expect(try !test.store.hasOperator())
        #expect(try test.count("SELECT count(*) FROM people") == 4)
    }

    @Test func `a new code replaces the one before`() async throws {
        let first = try await offer()
        let second = try await offer()
        #expect(try await claim(first) == nil)
        #expect(try await claim(second) != nil)
    }

    @Test func `Case 182: of 50 claims at once one succeeds`() async throws {
        let code = try await offer()
        let test = test
        let claims = try await test.engine.gather(50) { n in
            try await test.store.claimSetup(
                with: code, try TestStore.signUp("Olga", "olga\(n)@gatewright.example"), passwordHash: "hash",
                at: TestStore.start) != nil
        }
        #expect(try claims.values.filter { try $0.get() }.count == 1)
        #expect(try test.count("SELECT count(*) FROM operators") == 1)
        #expect(try test.count("SELECT count(*) FROM people") == 5)
    }

    @Test func `Case 183: whoever reserved the operator's address unconfirmed gets nothing`() async throws {
        let link = Secret<MailLink>.random()
        try await test.store.signUp(
            try TestStore.signUp("Mallory", "olga@gatewright.example"), passwordHash: "Mallory's", link: link,
            confirm: TestStore.letter(), known: { _ in TestStore.letter() }, at: now)
        let olga = try #require(try await claim(try await offer()))
        #expect(try test.store.passwordHash(of: olga.id) == "hash of Olga")
        #expect(try test.store.owner(of: link, for: .verify, at: now) == nil)
        #expect(try await test.store.verify(link, at: now) == nil)
    }

    @Test(arguments: [true, false])
    func `Case 183: whoever is made an operator by command does not get a stranger's password`(setsPassword: Bool)
        async throws
    {
        let link = Secret<MailLink>.random()
        let email = try #require(EmailAddress("boss@corp.example"))
        try await test.store.signUp(
            try TestStore.signUp("Mallory", email.text), passwordHash: "Mallory's", link: link,
            confirm: TestStore.letter(), known: { _ in TestStore.letter() }, at: now)
        let isNew = try await test.store.makeOperator(
            email, name: "Boss", passwordHash: "the administrator's",
            setsPassword: setsPassword, link: .random(), at: now)
        #expect(isNew)
        let boss = try #require(try test.store.signInCandidate(for: email))
        #expect(boss.person.isOperator && boss.person.name == "Boss" && boss.person.verifiedAt == now)
        #expect(boss.passwordHash == "the administrator's")
        #expect(try await test.store.verify(link, at: now) == nil)
        // Somebody who is known keeps what they have.
        let known = try await test.store.makeOperator(
            try #require(EmailAddress("ada@acme.example")), name: "x", passwordHash: "other", setsPassword: false,
            link: .random(), at: now)
        #expect(!known)
        #expect(try test.store.passwordHash(of: test.ada.id) == "hash of Ada")
    }

    @Test func `a claim that fails leaves the code as it was`() async throws {
        let code = try await offer()
        await #expect(throws: StorageError.self) { try await claim(code, "ada@acme.example") }
        #expect(try !test.store.hasOperator())
        #expect(try await claim(code) != nil)
    }
}
