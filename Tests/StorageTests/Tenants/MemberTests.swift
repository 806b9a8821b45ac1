import OAuth
import Portal
import Storage
import Testing

@Suite("Members and invitations")
struct MemberTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private var ada: Member { get throws { try test.member(test.ada, test.acme) } }

    private func change(_ person: Person, to role: Role, by admin: Member) async throws -> MemberOutcome {
        try await test.store.change(person.id, to: role, by: admin, letter: TestStore.letter(), from: "", at: now)
    }

    private func remove(_ person: Person, by admin: Member) async throws -> MemberOutcome {
        try await test.store.remove(person.id, by: admin, letter: TestStore.letter(), from: "", at: now)
    }

    private func invite(
        _ email: String, as role: Role = .member, by admin: Member? = nil, at moment: Instant? = nil
    ) async throws -> (outcome: InvitationOutcome, link: Secret<MailLink>) {
        let link = Secret<MailLink>.random()
        let draft = InvitationDraft(email: try #require(EmailAddress(email)), role: role)
        let outcome = try await test.store.invite(
            draft, by: try admin ?? ada, link: link, letter: TestStore.letter(), from: "", at: moment ?? now)
        return (outcome, link)
    }

    @Test func `the last admin neither leaves nor steps down`() async throws {
        #expect(try await change(test.ada, to: .member, by: try ada) == .refused(.lastAdmin))
        #expect(try await remove(test.ada, by: try ada) == .refused(.lastAdmin))
        #expect(try await test.store.leave(try ada, from: "", at: now) == .refused(.lastAdmin))
        #expect(try await change(test.grace, to: .admin, by: try ada) == .done)
        #expect(try await test.store.leave(try ada, from: "", at: now) == .done)
        #expect(try test.store.membership(of: test.ada.id, in: test.acme.id) == nil)
    }

    @Test func `a suspended admin does not count as one who is left`() async throws {
        #expect(try await change(test.grace, to: .admin, by: try ada) == .done)
        try await test.suspend("person", test.grace.id.text)
        #expect(try await test.store.leave(try ada, from: "", at: now) == .refused(.lastAdmin))
    }

    @Test func `two admins who demote each other at once leave one`() async throws {
        for _ in 0..<20 {
            let test = try await TestStore()
            try await test.store.addMember(test.grace.id, to: test.acme.id, as: .admin, at: now)
            let pair = [try test.member(test.ada, test.acme), try test.member(test.grace, test.acme)]
            _ = try await atOnce(2) { n in
                try await test.store.change(
                    pair[1 - n].person.id, to: .member, by: pair[n], letter: TestStore.letter(), from: "",
                    at: TestStore.start)
            }
            #expect(try test.store.admins(of: test.acme.id).count == 1)
        }
    }

    @Test func `Case 152: a member who is removed loses tokens and grants, also after coming back`() async throws {
        try await test.store.addMember(test.grace.id, to: test.acme.id, as: .admin, at: now)
        let grace = try test.member(test.grace, test.acme)
        let tokens = try await test.redeem(try await test.code("people:read", by: grace)).tokens
        let token = Secret<OAuth.DeveloperToken>.random()
        let draft = DeveloperTokenDraft(
            member: grace, description: "CI", scopes: try scopes("people:read"), expiresAt: nil)
        _ = try await test.store.makeBeyondQuota(draft, token: token, letter: TestStore.letter(), at: now)
        let (_, link) = try await invite("eve@elsewhere.example", as: .admin, by: grace)
        #expect(try await remove(test.grace, by: try ada) == .done)
        #expect(try test.check(tokens.access) == "unknown")
        #expect(try test.store.check(token, from: "198.51.100.1", at: now).word == "unknown")
        #expect(try test.store.offer(of: link, at: now) == nil)
        #expect(try await test.allow("people:read", by: grace) == nil)
        try await test.store.addMember(test.grace.id, to: test.acme.id, as: .admin, at: now)
        #expect(try test.check(tokens.access) == "unknown")
        #expect(try test.store.check(token, from: "198.51.100.1", at: now).word == "unknown")
        #expect(try await test.refresh(tokens.refresh).error == .invalidGrant)
    }

    @Test func `Case 139: members, and other tenants' admins, change nobody`() async throws {
        let grace = try test.member(test.grace, test.acme)
        #expect(try await change(test.ada, to: .member, by: grace) == .gone)
        #expect(try await remove(test.ada, by: grace) == .gone)
        let mallory = try test.member(test.mallory, test.globex)
        #expect(try await change(test.ada, to: .member, by: mallory) == .gone)
        #expect(try await remove(test.ada, by: mallory) == .gone)
        #expect(try test.store.member(test.ada.id, seenBy: mallory) == nil)
        #expect(try ada.role == .admin)
    }

    @Test func `members come in pages, admins first, and can be looked for`() async throws {
        let (first, hasMore) = try test.store.members(seenBy: try ada, matching: "", after: nil, limit: 1)
        #expect(first.map(\.person.name) == ["Ada"] && hasMore)
        let (second, _) = try test.store.members(seenBy: try ada, matching: "", after: test.ada.id, limit: 10)
        #expect(second.map(\.person.name) == ["Grace"])
        let (found, _) = try test.store.members(seenBy: try ada, matching: "GRACE@", after: nil, limit: 10)
        #expect(found.map(\.person.name) == ["Grace"])
        #expect(try test.store.members(seenBy: try ada, matching: "%", after: nil, limit: 10).members.isEmpty)
    }

    @Test func `Case 151: an invitation is for one address, one tenant, once, for a week`() async throws {
        let (outcome, link) = try await invite("lin@northwind.example")
        #expect(outcome == .sent)
        #expect(try await test.store.accept(link, as: test.mallory, from: "", at: now) == nil)
        #expect(try await test.store.accept(link, as: test.lin, from: "", at: now + Invitation.lifetime + 1) == nil)
        #expect(try test.store.offer(of: link, at: now)?.tenant.id == test.acme.id)
        #expect(try await test.store.accept(link, as: test.lin, from: "", at: now)?.id == test.acme.id)
        #expect(try test.member(test.lin, test.acme).role == .member)
        #expect(try await remove(test.lin, by: try ada) == .done)
        #expect(try await test.store.accept(link, as: test.lin, from: "", at: now) == nil)
        #expect(try test.store.membership(of: test.lin.id, in: test.acme.id) == nil)
    }

    @Test func `Case 151: of 20 acceptances at once one joins`() async throws {
        let test = test
        let (_, link) = try await invite("lin@northwind.example")
        let joined = try await atOnce(20) { _ in
            try await test.store.accept(link, as: test.lin, from: "", at: TestStore.start) != nil
        }
        #expect(joined.count { $0 } == 1)
    }

    @Test func `Case 151: sent again, withdrawn or demoted away, the old link is dead`() async throws {
        let (_, first) = try await invite("lin@northwind.example")
        let (_, second) = try await invite("lin@northwind.example", as: .admin)
        #expect(try test.store.offer(of: first, at: now) == nil)
        #expect(try test.store.offer(of: second, at: now)?.role == .admin)
        let waiting = try #require(try test.store.invitations(seenBy: try ada, at: now).first)
        #expect(try await test.store.withdraw(waiting, by: try ada, from: "", at: now))
        #expect(try await !test.store.withdraw(waiting, by: try ada, from: "", at: now))
        #expect(try await test.store.accept(second, as: test.lin, from: "", at: now) == nil)
    }

    @Test func `Case 184: an invitation of somebody who was suspended, or is no admin any more, lets nobody in`()
        async throws
    {
        let (_, link) = try await invite("lin@northwind.example", as: .admin)
        try await test.suspend("person", test.ada.id.text)
        #expect(try test.store.offer(of: link, at: now) == nil)
        #expect(try await test.store.accept(link, as: test.lin, from: "", at: now) == nil)
        try await test.reinstate(test.ada.id.text)
        try await test.store.addMember(test.ada.id, to: test.acme.id, as: .member, at: now)
        #expect(try await test.store.accept(link, as: test.lin, from: "", at: now) == nil)
        try await test.store.addMember(test.ada.id, to: test.acme.id, as: .admin, at: now)
        #expect(try await test.store.accept(link, as: test.lin, from: "", at: now)?.id == test.acme.id)
    }

    @Test func `Case 151: a newcomer signs up by the link, confirmed, and an unconfirmed squatter gives way`()
        async throws
    {
        let (_, link) = try await invite("nia@acme.example")
        try await test.store.signUp(
            try TestStore.signUp("Squatter", "nia@acme.example"), passwordHash: "squat", link: .random(),
            confirm: TestStore.letter(), known: { _ in TestStore.letter() }, at: now)
        let signUp = try TestStore.signUp("Nia", "nia@acme.example")
        let joined = try #require(
            try await test.store.signUp(signUp, passwordHash: "hash", accepting: link, from: "", at: now))
        #expect(joined.person.name == "Nia" && joined.person.verifiedAt == now)
        #expect(try test.store.passwordHash(of: joined.person.id) == "hash")
        #expect(try test.member(joined.person, test.acme).role == .member)
        let other = try TestStore.signUp("Eve", "eve@acme.example")
        let (_, second) = try await invite("zoe@acme.example")
        #expect(try await test.store.signUp(other, passwordHash: "hash", accepting: second, from: "", at: now) == nil)
    }

    @Test func `Case 267: a hundred wait at most, and a member is not invited again`() async throws {
        for number in 0..<Invitation.most {
            #expect(try await invite("nobody\(number)@elsewhere.example").outcome == .sent)
        }
        #expect(try await invite("more@elsewhere.example").outcome == .tooMany)
        #expect(try await invite("nobody7@elsewhere.example").outcome == .sent)
        #expect(try await invite("more@elsewhere.example", at: now + Invitation.lifetime + 1).outcome == .sent)
        #expect(try await invite("grace@acme.example").outcome == .alreadyMember)
    }

    @Test func `Cases 146, 150: a deleted tenant leaves nothing alive, and its slug to nobody`() async throws {
        let tokens = try await test.tokens()
        let letters = [TestStore.letter(to: "grace@acme.example")]
        #expect(
            try await !test.store.delete(
                test.acme, by: try test.member(test.grace, test.acme), letters: [], from: "", at: now))
        #expect(try await test.store.delete(test.acme, by: try ada, letters: letters, from: "", at: now))
        #expect(try test.check(tokens.access) == "unknown")
        #expect(try await test.refresh(tokens.refresh).error == .invalidGrant)
        let draft = TenantDraft(name: "Acme again", slug: test.acme.slug)
        #expect(
            try await test.store.openTenantBeyondQuota(
                draft, kind: .standard, admin: test.mallory.id, at: now + 89 * 86_400)
                == nil)
        #expect(
            try await test.store.openTenantBeyondQuota(
                draft, kind: .standard, admin: test.mallory.id, at: now + 91 * 86_400)
                != nil)
        while try await test.store.sweep(at: now) {}
        #expect(try test.count("SELECT count(*) FROM grants WHERE tenant_id = \(test.acme.id)") == 0)
    }
}
