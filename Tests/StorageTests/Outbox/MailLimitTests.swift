import OAuth
import Portal
import Storage
import Testing

@Suite("How much mail somebody gets")
struct MailLimitTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private func letters(_ word: String) throws -> Int {
        try test.store.outbox().count { try test.store.letter($0.id)?.body?.hasPrefix(word) == true }
    }

    /// Whether a letter with a link went out.
    private func sendReset(_ link: Secret<MailLink> = .random(), at moment: Instant) async throws {
        try await test.store.sendReset(
            to: try #require(EmailAddress("ada@acme.example")), link: link,
            letter: { TestStore.letter(to: $0.email, "reset") }, at: moment)
    }

    @Test func `Case 171: what is not sent, and what is sent for another reason, stops nobody's reset`() async throws {
        let ada = try #require(EmailAddress("ada@acme.example"))
        for _ in 0..<10 {
            // Confirmed already: nothing is sent.
            try await test.store.resendVerification(
                to: ada, link: .random(), letter: { TestStore.letter(to: $0.email, "verify") }, at: now)
            try await test.store.signUp(
                try TestStore.signUp("Mallory", ada.text), passwordHash: "x", link: .random(),
                confirm: TestStore.letter(), known: { TestStore.letter(to: $0.email, "known") }, at: now)
            _ = try await test.store.invite(
                InvitationDraft(email: ada, role: .member), by: test.member(test.mallory, test.globex), link: .random(),
                letter: TestStore.letter(to: ada.text, "invitation"), from: "", at: now)
        }
        #expect(try letters("verify") == 0 && letters("known") == 3 && letters("invitation") == 10)
        let link = Secret<MailLink>.random()
        try await sendReset(link, at: now)
        #expect(try letters("reset") == 1)
        #expect(try test.store.owner(of: link, for: .reset, at: now) != nil)
    }

    @Test func `Case 171: whoever uses up her resets has sent her a link that works`() async throws {
        var links: [Secret<MailLink>] = []
        for _ in 0..<5 {
            links.append(.random())
            try await sendReset(try #require(links.last), at: now)
        }
        let working = try links.indices.filter { try test.store.owner(of: links[$0], for: .reset, at: now) != nil }
        #expect(working == [2], "the newest that was sent")
        try await sendReset(at: now + 3600)
        #expect(try test.store.owner(of: links[2], for: .reset, at: now + 3600) == nil)
    }

    @Test func `Case 52: who makes others write does not make everybody's letters wait`() async throws {
        let admin = try test.member(test.ada, test.acme)
        for number in 0..<40 {
            let outcome = try await test.store.change(
                test.grace.id, to: number.isMultiple(of: 2) ? .admin : .member, by: admin,
                letter: Letter(kind: .roleChanged, recipient: "Grace@acme.example", subject: "x", body: "role"),
                from: "", at: now)
            #expect(outcome == .done)
        }
        #expect(try letters("role") == 20)
        // Another kind, and another hour, are not touched by that.
        _ = try await test.store.remove(
            test.grace.id, by: admin,
            letter: Letter(kind: .memberRemoved, recipient: "grace@acme.example", subject: "x", body: "gone"), from: "",
            at: now)
        #expect(try letters("gone") == 1)
    }

    @Test func `letters with links, and those that tell of a thief, are no notices`() {
        for kind: Letter.Kind in [
            .verification, .reset, .invitation, .emailChange, .emailChangeNotice, .passwordChanged, .secondFactor,
            .recoveryCodeUsed,
        ] {
            #expect(!kind.isNotice, "\(kind)")
        }
    }
}
