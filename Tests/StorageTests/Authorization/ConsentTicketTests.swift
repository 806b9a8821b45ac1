import OAuth
import Portal
import Storage
import Testing

@Suite("Consent tickets")
struct ConsentTicketTests {
    let test: TestStore
    let ada: Session
    let now = TestStore.start

    init() async throws {
        test = try await TestStore()
        ada = try await test.session(of: test.ada).session
    }

    private func keep(
        for session: Session? = nil, state: String? = "af0ifjsldkj", at moment: Instant = TestStore.start
    ) async throws -> Secret<ConsentTicket> {
        let ticket = Secret<ConsentTicket>.random()
        let session = session ?? ada
        let app = try #require(try test.store.app(test.rosterSync.id))
        try await test.store.keep(
            ConsentQuestion(
                tenant: test.acme.id, session: session.id, person: session.person.id, app: app.id,
                appUpdatedAt: app.updatedAt, redirectURI: TestStore.callback, redirectURIWasSent: true,
                scopes: try scopes("people:read"), state: state, challenge: TestStore.challenge),
            as: ticket, at: moment)
        return ticket
    }

    private func take(
        _ ticket: Secret<ConsentTicket>, as session: Session? = nil, in tenant: Tenant? = nil,
        at moment: Instant = TestStore.start
    ) async throws -> ConsentQuestion? {
        try await test.store.take(
            ticket, in: (tenant ?? test.acme).id, session: session ?? ada, at: moment)
    }

    @Test func `a ticket brings back exactly what the page asked`() async throws {
        let state = "sp ace+plus\u{65}\u{301}&=%"
        let question = try #require(try await take(try await keep(state: state)))
        #expect(question.tenant == test.acme.id)
        #expect(question.app == test.rosterSync.id)
        #expect(question.person == test.ada.id)
        #expect(question.session == ada.id)
        #expect(question.redirectURI == TestStore.callback)
        #expect(question.redirectURIWasSent)
        #expect(question.scopes == (try scopes("people:read")))
        #expect(Array(try #require(question.state).utf8) == Array(state.utf8))
        #expect(question.challenge == TestStore.challenge)
    }

    @Test func `Case 42: a ticket works once`() async throws {
        let ticket = try await keep()
        #expect(try await take(ticket) != nil)
        #expect(try await take(ticket) == nil)
    }

    @Test func `Case 42: of 50 answers at once one counts`() async throws {
        let ticket = try await keep()
        let (test, ada) = (test, ada)
        let answers = try await test.engine.gather(50) { _ in
            try await test.store.take(ticket, in: test.acme.id, session: ada, at: TestStore.start) != nil
        }
        #expect(try answers.values.filter { try $0.get() }.count == 1)
    }

    @Test func `a ticket of another session, also of the same person, is nothing and stays good`() async throws {
        let ticket = try await keep()
        let phone = try await test.session(of: test.ada).session
        let mallory = try await test.session(of: test.mallory).session
        #expect(try await take(ticket, as: phone) == nil)
        #expect(try await take(ticket, as: mallory) == nil)
        #expect(try await take(ticket, in: test.globex) == nil)
        #expect(try await take(ticket) != nil)
    }

    @Test func `a ticket that nobody kept is nothing`() async throws {
        #expect(try await take(.random()) == nil)
    }

    @Test(arguments: [(599, true), (600, false), (601, false)] as [(Int64, Bool)])
    func `a ticket lives ten minutes, the last second excluded`(seconds: Int64, works: Bool) async throws {
        #expect(try await (take(try await keep(), at: now + seconds) != nil) == works)
    }

    @Test func `Case 126: after the app was changed, the page must be asked again`() async throws {
        let ticket = try await keep()
        var details = test.rosterSync.details
        details.name = "Roster Sync, improved"
        #expect(try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: now + 5) == .saved)
        #expect(try await take(ticket, at: now + 6) == nil)
        #expect(try await take(try await keep(at: now + 6), at: now + 7) != nil)
    }

    @Test func `Case 126: a change within the same second counts too`() async throws {
        let ticket = try await keep()
        var details = test.rosterSync.details
        details.callbacks = ["https://roster.example/elsewhere"]
        #expect(try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: now) == .saved)
        #expect(try await take(ticket) == nil)
    }

    @Test func `a ticket dies with its session and with its app`() async throws {
        let ticket = try await keep()
        try await test.store.endSession(ada.id, of: test.ada.id, at: TestStore.start)
        #expect(try await take(ticket) == nil)
        let phone = try await test.session(of: test.ada).session
        let second = try await keep(for: phone)
        #expect(try await test.store.deleteApp(test.rosterSync.id, of: test.lin.id, at: TestStore.start))
        #expect(try await take(second, as: phone) == nil)
        _ = try await test.store.sweep(at: TestStore.start)
        #expect(try test.count("SELECT count(*) FROM consent_tickets") == 0)
    }

    @Test func `Case 41: a session holds about twenty tickets, the newest, and crowds out nobody else's`() async throws
    {
        let mallory = try await test.session(of: test.mallory).session
        let hers = try await keep(for: mallory)
        var tickets: [Secret<ConsentTicket>] = []
        for n in 0..<30 as Range<Int64> { tickets.append(try await keep(at: now + n)) }
        #expect((20...21).contains(try test.count("SELECT count(*) FROM consent_tickets WHERE session_id = \(ada.id)")))
        #expect(try await take(tickets[0], at: now + 30) == nil)
        #expect(try await take(tickets[29], at: now + 30) != nil)
        let kept = try test.count("SELECT count(*) FROM consent_tickets WHERE session_id = \(mallory.id)")
        #expect(kept == 1)
        #expect(try await take(hers, as: mallory) != nil)
    }

    @Test func `expired tickets are swept away`() async throws {
        _ = try await keep()
        _ = try await test.store.sweep(at: now + 599)
        #expect(try test.count("SELECT count(*) FROM consent_tickets") == 1)
        _ = try await test.store.sweep(at: now + 600)
        #expect(try test.count("SELECT count(*) FROM consent_tickets") == 0)
    }
}
