import OAuth
import Portal
import Storage
import Testing

@Suite("After anything at all the database is whole")
struct WorkloadTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `300 random calls, then again after a restart`(seed: UInt64) async throws {
        let test = try await TestStore()
        let work = Workload(test: test, seed: seed)
        for _ in 0..<300 { try await work.step() }
        try test.expectHealth("seed \(seed)")
        #expect(try test.count("SELECT count(*) FROM token_families") > 0)
        while try await test.store.sweep(at: work.now + 400 * 86_400) {}
        try test.engine.checkpoint()
        let next = try test.reopened()
        try next.expectHealth("seed \(seed), reopened")
    }

    @Test func `six at once, 60 calls each`() async throws {
        let test = try await TestStore()
        _ = try await atOnce(6) { n in
            let work = Workload(test: test, seed: 100 + UInt64(n))
            for _ in 0..<60 { try await work.step() }
        }
        try test.expectHealth()
    }
}

/// Random calls with what earlier calls gave. A refusal is an answer; only what the store cannot do throws.
private final class Workload {
    let test: TestStore
    var now = TestStore.start
    private var random: Chance
    private var codes: [Secret<AuthorizationCode>] = []
    private var refresh: [Secret<RefreshToken>] = []
    private var access: [Secret<AccessToken>] = []
    private var tickets: [(Secret<ConsentTicket>, Session)] = []

    init(test: TestStore, seed: UInt64) {
        self.test = test
        random = Chance(state: seed)
    }

    func step() async throws {
        now = now + Int64.random(in: 0...20, using: &random)
        switch Int.random(in: 0..<14, using: &random) {
        case 0, 1: try await allow()
        case 2, 3: try await redeem()
        case 4, 5, 6: try await refreshOne()
        case 7:
            if let token = access.randomElement(using: &random) { _ = try test.store.check(token, at: now) }
            try await test.store.flushUses()
        case 8:
            guard Int.random(in: 0..<4, using: &random) == 0 else { return }
            guard let grant = try test.store.grants(of: test.ada.id).randomElement(using: &random) else { return }
            _ = try await test.store.revokeGrant(grant.id, in: grant.tenant.id, of: test.ada.id, at: now)
        case 9: try await ask()
        case 10: try await answer()
        case 11:
            _ = try await test.store.rotateSecret(
                of: test.leech.id, owner: test.mallory, to: .random(),
                overlap: SecretOverlap.allCases.randomElement(using: &random) ?? .now, letter: TestStore.letter(),
                at: now)
        case 12:
            let contacts = test.store.tenant(of: try test.member(test.ada, test.acme))
            let id = Int64.random(in: 1...40, using: &random)
            if try await contacts.update(id, at: now, change: { $0.tags.append("seen") }) == nil {
                _ = try await contacts.create(
                    ContactDetails(firstName: "A", lastName: "B", email: nil, phone: nil, tags: []), at: now)
            } else {
                _ = try await contacts.delete(id)
            }
        default: _ = try await test.store.sweep(at: now, batch: 3)
        }
    }

    private func allow() async throws {
        let app = Bool.random(using: &random) ? test.rosterSync : test.leech
        let wanted = ["people:read", "account:read", "people:read people:write"].randomElement(using: &random)
        if let code = try await test.allow(wanted ?? "people:read", to: app, at: now) { codes.append(code) }
    }

    private func redeem() async throws {
        guard let code = codes.randomElement(using: &random) else { return }
        let verifier = Int.random(in: 0..<4, using: &random) == 0 ? TestStore.wrongVerifier : TestStore.verifier
        note(try await test.redeem(code, by: try client(), verifier: verifier, at: now))
    }

    private func refreshOne() async throws {
        guard let token = refresh.suffix(6).randomElement(using: &random) else { return }
        note(try await test.refresh(token, by: try client(), at: now))
    }

    /// Usually the right one. The leech's first secret ends with its first rotation: then it is Roster Sync.
    private func client() throws -> AuthenticatedClient {
        guard Int.random(in: 0..<8, using: &random) == 0 else { return try test.client() }
        return try (try? test.client(test.leech, at: now)) ?? test.client()
    }

    private func note(_ outcome: Outcome) {
        guard let tokens = try? outcome.tokens else { return }
        access.append(tokens.access)
        refresh.append(tokens.refresh)
    }

    private func ask() async throws {
        let session = try await test.session(of: test.ada, at: now).session
        let ticket = Secret<ConsentTicket>.random()
        try await test.store.keep(
            ConsentQuestion(
                tenant: test.acme.id, session: session.id, person: test.ada.id, app: test.rosterSync.id,
                appUpdatedAt: test.rosterSync.updatedAt, redirectURI: TestStore.callback, redirectURIWasSent: true,
                scopes: try scopes("people:read"), state: nil, challenge: nil),
            as: ticket, at: now)
        tickets.append((ticket, session))
    }

    private func answer() async throws {
        guard let (ticket, session) = tickets.randomElement(using: &random) else { return }
        _ = try await test.store.take(ticket, in: test.acme.id, session: session, at: now)
        if Bool.random(using: &random) {
            try await test.store.endSession(session.id, of: test.ada.id, at: TestStore.start)
        }
    }
}

/// The same numbers for the same seed (SplitMix64).
struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &+ 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
