import OAuth
import Portal
import Storage
import Testing

@Suite("Sessions, stored")
struct SessionTests {
    let test: TestStore
    let now = TestStore.start
    let hour: Int64 = 3600

    init() async throws { test = try await TestStore() }

    @Test func `a cookie finds its person, any other nobody`() async throws {
        let ada = try await test.session(of: test.ada)
        let found = try #require(try test.store.session(for: ada.cookie, at: now))
        #expect(found.person.id == test.ada.id)
        #expect(found.authenticatedAt == now)
        #expect(found.userAgent == "Firefox")
        #expect(try test.store.session(for: .random(), at: now) == nil)
    }

    @Test func `Case 157: signing in ends the session that was there, and makes another`() async throws {
        let old = try await test.session(of: test.ada)
        let cookie = Secret<SessionCookie>.random()
        let id = try await test.store.startSession(
            cookie, for: test.ada.id, replacing: old.session.id, userAgent: "", address: "", at: now)
        #expect(id != old.session.id)
        #expect(try test.store.session(for: old.cookie, at: now) == nil)
        #expect(try test.store.session(for: cookie, at: now)?.id == id)
    }

    @Test(arguments: [(12 * 3600 - 1, true), (12 * 3600, false), (86_400, false)] as [(Int64, Bool)])
    func `Case 162: a session that nobody uses ends after twelve hours`(seconds: Int64, lives: Bool) async throws {
        let ada = try await test.session(of: test.ada)
        #expect(try (test.store.session(for: ada.cookie, at: now + seconds) != nil) == lives)
        #expect(try (test.store.sessions(of: test.ada.id, at: now + seconds).count == 1) == lives)
    }

    @Test func `Case 162: in use all the time, a session still ends after 14 days`() async throws {
        let ada = try await test.session(of: test.ada)
        let end = 14 * 24
        for step in stride(from: 6, to: end, by: 6) {
            #expect(try test.store.session(for: ada.cookie, at: now + Int64(step) * hour) != nil)
            try await test.store.flushUses()
        }
        #expect(try test.store.session(for: ada.cookie, at: now + Int64(end) * hour - 1) != nil)
        #expect(try test.store.session(for: ada.cookie, at: now + Int64(end) * hour) == nil)
    }

    @Test func `Case 162: a clock set back a day does not carry a session past its end`() async throws {
        let ada = try await test.session(of: test.ada)
        #expect(try test.store.session(for: ada.cookie, at: now - 86_400) != nil)
        try await test.store.flushUses()
        let seen = try #require(try test.store.session(for: ada.cookie, at: now)).lastSeenAt
        #expect(seen == now)
        #expect(try test.store.session(for: ada.cookie, at: now + 14 * 86_400) == nil)
    }

    @Test func `Case 160: an ended session is dead at once, and no flush brings it back`() async throws {
        let ada = try await test.session(of: test.ada)
        #expect(try test.store.session(for: ada.cookie, at: now + 100) != nil)
        try await test.store.endSession(ada.session.id, of: test.ada.id, at: TestStore.start)
        #expect(try test.store.session(for: ada.cookie, at: now + 100) == nil)
        try await test.store.flushUses()
        #expect(try test.store.session(for: ada.cookie, at: now + 100) == nil)
    }

    @Test func `Case 160: signing out races 50 requests, and none finds the session afterwards`() async throws {
        let ada = try await test.session(of: test.ada)
        let test = test
        _ = try await atOnce(51) { n in
            if n == 25 { try await test.store.endSession(ada.session.id, of: test.ada.id, at: TestStore.start) }
            _ = try test.store.session(for: ada.cookie, at: TestStore.start + 100)
            try await test.store.flushUses()
        }
        #expect(try test.store.session(for: ada.cookie, at: now + 100) == nil)
        #expect(try test.count("SELECT count(*) FROM sessions") == 0)
    }

    @Test func `Case 165: a person ends one session, or all others, and never somebody else's`() async throws {
        let laptop = try await test.session(of: test.ada), phone = try await test.session(of: test.ada)
        let mallory = try await test.session(of: test.mallory)
        try await test.store.endSession(laptop.session.id, of: test.mallory.id, at: TestStore.start)
        #expect(try test.store.session(for: laptop.cookie, at: now) != nil)
        try await test.store.endSessions(of: test.mallory.id, except: mallory.session.id, at: TestStore.start)
        #expect(try test.store.sessions(of: test.ada.id, at: now).count == 2)
        try await test.store.endSessions(of: test.ada.id, except: phone.session.id, at: TestStore.start)
        #expect(try test.store.sessions(of: test.ada.id, at: now).map(\.id) == [phone.session.id])
        #expect(try test.store.session(for: mallory.cookie, at: now) != nil)
    }

    @Test func `Case 163: whoever is suspended is signed out at once`() async throws {
        let ada = try await test.session(of: test.ada)
        try await test.suspend("person", test.ada.id.text)
        #expect(try test.store.session(for: ada.cookie, at: now) == nil)
    }

    @Test func `expired sessions are swept away, those that live are not`() async throws {
        let old = try await test.session(of: test.ada)
        let new = try await test.session(of: test.ada, at: now + 10 * 86_400)
        while try await test.store.sweep(at: now + 14 * 86_400, batch: 1) {}
        #expect(try test.store.session(for: old.cookie, at: now + 10 * 86_400) == nil)
        #expect(try test.store.session(for: new.cookie, at: now + 10 * 86_400) != nil)
    }

    @Test func `a form's token is good for its session alone, and for no other key`() throws {
        let token = test.store.formToken(for: "ses_one")
        #expect(test.store.isFormToken(token, for: "ses_one"))
        #expect(!test.store.isFormToken(token, for: "ses_two"))
        for wrong in ["", "0", token + "0", String(token.dropLast()), token.uppercased()] {
            #expect(!test.store.isFormToken(wrong, for: "ses_one"))
        }
        var random = SystemRandomNumberGenerator()
        let other = Store(engine: test.engine, keyring: try Keyring([.random(using: &random)]))
        #expect(!other.isFormToken(token, for: "ses_one"))
    }
}
