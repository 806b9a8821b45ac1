import OAuth
import Portal
import Storage
import Testing

@Suite("Client secrets")
struct ClientSecretTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    @discardableResult
    private func rotate(
        to secret: Secret<ClientSecretKind>, _ overlap: SecretOverlap, at moment: Instant = TestStore.start
    ) async throws -> RotationRefusal? {
        try await test.store.rotateSecret(
            of: test.rosterSync.id, owner: test.lin, to: secret, overlap: overlap, letter: TestStore.letter(),
            at: moment)
    }

    private func works(_ secret: Secret<ClientSecretKind>, at moment: Instant = TestStore.start) throws -> Bool {
        (try? test.authentication(secret: secret, at: moment).get()) != nil
    }

    @Test func `the app's secret authenticates it, and nobody else's does`() throws {
        #expect(try works(test.rosterSecret))
        #expect(try !works(test.leechSecret))
        #expect(try !works(.random()))
    }

    @Test func `Case 65: an unknown app and a wrong secret are refused with the same words`() throws {
        func refusal(_ clientID: String) throws -> OAuthError? {
            let body = "client_id=\(clientID)&client_secret=" + Secret<ClientSecretKind>.random().reveal()
            let credentials = try ClientCredentials.read(
                authorizationHeaders: [], body: try ParameterList(query: body), query: .empty)
            guard case .failure(let error) = try test.store.authenticate(credentials, at: now) else { return nil }
            return error
        }
        let wrong = try #require(try refusal(test.rosterSync.clientID))
        #expect(wrong == (try refusal("gw_id_0123456789012345678901")))
        #expect(wrong.code == .invalidClient)
    }

    @Test(arguments: [(SecretOverlap.hour, 3600), (.day, 86_400), (.week, 7 * 86_400)] as [(SecretOverlap, Int64)])
    func `Case 72: old and new work side by side until the overlap is over`(overlap: SecretOverlap, seconds: Int64)
        async throws
    {
        let new = Secret<ClientSecretKind>.random()
        #expect(try await rotate(to: new, overlap) == nil)
        for moment in [now, now + seconds - 1] {
            #expect(try works(test.rosterSecret, at: moment))
            #expect(try works(new, at: moment))
        }
        #expect(try !works(test.rosterSecret, at: now + seconds))
        #expect(try works(new, at: now + seconds))
        #expect(try test.store.liveSecrets(of: test.rosterSync.id, at: now + seconds).count == 1)
    }

    @Test func `Case 72: with "now" the old one is refused at once`() async throws {
        let new = Secret<ClientSecretKind>.random()
        try await rotate(to: new, .now)
        #expect(try !works(test.rosterSecret))
        #expect(try works(new))
        #expect(try test.store.liveSecrets(of: test.rosterSync.id, at: now).count == 1)
    }

    @Test func `Case 72: a third secret is refused while two work, also to those who ask at once`() async throws {
        let second = Secret<ClientSecretKind>.random(), third = Secret<ClientSecretKind>.random()
        try await rotate(to: second, .day)
        #expect(try await rotate(to: third, .day) == .twoExist)
        #expect(try !works(third))
        #expect(try await rotate(to: third, .day, at: now + 86_400) == nil)
        #expect(try works(second, at: now + 86_400))
        #expect(try works(third, at: now + 86_400))
    }

    @Test func `Case 72: of 20 rotations at once one is done`() async throws {
        let test = test
        let refusals = try await atOnce(20) { _ in
            try await test.store.rotateSecret(
                of: test.rosterSync.id, owner: test.lin, to: .random(), overlap: .week, letter: TestStore.letter(),
                at: TestStore.start)
        }
        #expect(refusals.filter { $0 == nil }.count == 1)
        #expect(try test.store.liveSecrets(of: test.rosterSync.id, at: now).count == 2)
        #expect(try test.store.outbox().count == 1)
    }

    @Test func `"now" ends both, also when two work`() async throws {
        let second = Secret<ClientSecretKind>.random(), third = Secret<ClientSecretKind>.random()
        try await rotate(to: second, .week)
        #expect(try await rotate(to: third, .now) == nil)
        #expect(try [test.rosterSecret, second, third].map { try works($0) } == [false, false, true])
    }

    @Test func `a rotation never makes an old secret live longer than it was given`() async throws {
        let old = try #require(try test.client().secret)
        try await rotate(to: .random(), .hour)
        #expect(try await rotate(to: .random(), .week, at: now + 3599) == .twoExist)
        let kept = try test.store.liveSecrets(of: test.rosterSync.id, at: now + 3599).first { $0.id == old }
        #expect(try #require(kept).expiresAt == now + 3600)
        #expect(try !works(test.rosterSecret, at: now + 3600))
    }

    @Test func `a revoked secret is refused from then on, and the other works`() async throws {
        let new = Secret<ClientSecretKind>.random()
        try await rotate(to: new, .week)
        let old = try #require(try test.client().secret)
        #expect(try await test.store.revokeSecret(old, of: test.rosterSync.id, owner: test.lin.id, at: TestStore.start))
        #expect(try !works(test.rosterSecret))
        #expect(try works(new))
        #expect(
            try await !test.store.revokeSecret(old, of: test.rosterSync.id, owner: test.lin.id, at: TestStore.start))
    }

    @Test func `a public app has no secret to rotate, and is refused with any`() async throws {
        let native = try await test.store.registerBeyondQuota(
            try TestStore.details("On a phone", kind: .public), owner: test.lin, secret: nil, at: now)
        let refusal = try await test.store.rotateSecret(
            of: native.id, owner: test.lin, to: .random(), overlap: .now, letter: TestStore.letter(), at: now)
        #expect(refusal == .publicApp)
        #expect(try test.client(native).secret == nil)
    }

    @Test func `an app that became public is refused with the secret it had`() async throws {
        let details = try TestStore.details("Roster Sync", kind: .public)
        #expect(try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: now + 1) == .saved)
        let body = "client_id=\(test.rosterSync.clientID)&client_secret=" + test.rosterSecret.reveal()
        let credentials = try ClientCredentials.read(
            authorizationHeaders: [], body: try ParameterList(query: body), query: .empty)
        #expect(throws: OAuthError.self) { try test.store.authenticate(credentials, at: now + 2).get() }
    }

    @Test func `when a secret was last used is written with the next flush`() async throws {
        #expect(try works(test.rosterSecret, at: now + 77))
        #expect(try !works(.random(), at: now + 99))
        try await test.store.flushUses()
        #expect(try test.store.liveSecrets(of: test.rosterSync.id, at: now).first?.lastUsedAt == now + 77)
    }
}
