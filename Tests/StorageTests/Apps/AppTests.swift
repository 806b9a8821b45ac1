import OAuth
import Portal
import Storage
import Testing

@Suite("Apps, stored")
struct AppTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    @Test func `an app comes back as it was registered, by its ID and by its client_id`() throws {
        for app in [try test.store.app(test.rosterSync.id), try test.store.app(clientID: test.rosterSync.clientID)] {
            let app = try #require(app)
            #expect(app.details.name == "Roster Sync")
            #expect(app.details.callbacks == [TestStore.callback])
            #expect(app.details.scopes == (try scopes("account:read people:read people:write")))
            #expect(app.owner.email == "lin@northwind.example")
            #expect(!app.isSuspended)
        }
        #expect(try test.store.app(clientID: "gw_id_nobody") == nil)
    }

    @Test func `callbacks keep their order, also after a change`() async throws {
        let callbacks = ["https://z.example/cb", "https://a.example/cb", "https://m.example/cb"]
        let details = try TestStore.details("Roster Sync", callbacks: callbacks)
        #expect(try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: now + 1) == .saved)
        #expect(try test.store.app(test.rosterSync.id)?.details.callbacks == callbacks)
    }

    @Test func `Case 139: another person's app is as unknown as one that does not exist`() async throws {
        let id = test.rosterSync.id
        for other in [test.ada, test.mallory] {
            #expect(try test.store.app(id, of: other.id) == nil)
            #expect(try await test.store.update(id, of: other.id, to: test.leech.details, at: now + 1) == .unknownApp)
            #expect(try await !test.store.deleteApp(id, of: other.id, at: TestStore.start))
            let refusal = try await test.store.rotateSecret(
                of: id, owner: other, to: .random(), overlap: .now, letter: TestStore.letter(), at: now)
            #expect(refusal == .unknownApp)
            let secret = try #require(try test.store.liveSecrets(of: id, at: now).first)
            #expect(try await !test.store.revokeSecret(secret.id, of: id, owner: other.id, at: now))
        }
        #expect(try test.store.app(id)?.details.name == "Roster Sync")
        #expect(try test.store.apps(of: test.lin.id).map(\.id) == [id])
        #expect(try test.client().id == id)
        #expect(try test.store.outbox().isEmpty)
    }

    @Test func `Case 140: through one's own app another's secret is not reached`() async throws {
        let secret = try #require(try test.store.liveSecrets(of: test.rosterSync.id, at: now).first)
        #expect(try await !test.store.revokeSecret(secret.id, of: test.leech.id, owner: test.mallory.id, at: now))
        #expect(try test.client().secret == secret.id)
    }

    @Test func `a deleted app takes its grants, codes, tokens and secrets along, and nothing of others`() async throws {
        let tokens = try await test.tokens()
        let other = try await test.redeem(
            try await test.code(to: test.leech), by: try test.client(test.leech)
        ).tokens
        _ = try await test.code()
        let client = try test.client()
        let reach = try test.store.reach(of: test.rosterSync.id)
        #expect(reach.people == 1 && reach.tenants == 1 && reach.grants == 1)
        #expect(try await test.store.deleteApp(test.rosterSync.id, of: test.lin.id, at: TestStore.start))
        #expect(try test.check(tokens.access) == "unknown")
        #expect(try await test.refresh(tokens.refresh, by: client).error == .invalidGrant)
        #expect(throws: OAuthError.self) { try test.authentication().get() }
        #expect(try test.check(other.access) == "live")
        while try await test.store.sweep(at: TestStore.start) {}
        let left: [SQL] = [
            "SELECT count(*) FROM apps", "SELECT count(*) FROM app_callbacks", "SELECT count(*) FROM client_secrets",
            "SELECT count(*) FROM grants", "SELECT count(*) FROM authorization_codes",
            "SELECT count(*) FROM token_families", "SELECT count(*) FROM access_tokens",
            "SELECT count(*) FROM refresh_tokens",
        ]
        for rows in left { #expect(try test.count(rows) == 1) }
        #expect(try await !test.store.deleteApp(test.rosterSync.id, of: test.lin.id, at: TestStore.start))
    }

    @Test func `a scope that is not in the catalogue cannot be stored for an app`() async throws {
        let details = try TestStore.details("Roster Sync", scopes: "people:read root")
        let error = await #expect(throws: StorageError.self) {
            try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: now + 1)
        }
        guard case .constraint(.foreignKey, _) = try #require(error) else { throw TestStore.Refused() }
        #expect(try test.store.app(test.rosterSync.id)?.details.scopes.count == 3)
    }

    @Test func `a public app without PKCE cannot be stored`() async throws {
        await #expect(throws: StorageError.self) {
            try await test.store.registerBeyondQuota(
                try TestStore.details("Open", kind: .public, pkce: false), owner: test.lin, secret: nil, at: now)
        }
    }

    @Test func `the catalogue is complete and in the order of the pages`() throws {
        let names = try test.store.scopeCatalogue().map(\.scope.text)
        #expect(names == ["account:read", "people:read", "people:write", "default"])
    }
}
