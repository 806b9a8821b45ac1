import Broker
import OAuth
import Portal
import Storage
import Testing

/// Everything the store can do, done once with secrets that are remembered here.
struct KnownSecrets {
    /// Texts that must be nowhere on the disk. The words in front say which.
    private(set) var texts: [(name: String, text: String)] = []
    let test: TestStore
    private let now = TestStore.start
    private let password = "canary-password-8c41d2"

    init(in test: TestStore) async throws {
        self.test = test
        note("client secret", test.rosterSecret)
        note("the leech's client secret", test.leechSecret)
        texts.append((name: "password", text: password))
        try await people()
        try await setup()
        try await tokens()
        try await developerTokens()
        try await apps()
        try await broker()
        try await mail()
        try await test.store.flushUses()
    }

    private mutating func note<Kind: SecretKind>(_ name: String, _ secret: Secret<Kind>) {
        texts.append((name: name, text: secret.reveal()))
    }

    private mutating func people() async throws {
        let hasher = try PasswordHasher(
            parameters: Argon2Parameters(memoryKiB: 64, passes: 1, lanes: 1), threads: 1, waiting: 10)
        let hash = try await hasher.hash(password)
        let verify = Secret<MailLink>.random(), second = Secret<MailLink>.random(), reset = Secret<MailLink>.random()
        let nia = try TestStore.signUp("Nia", "nia@nowhere.example")
        let store = test.store
        try await store.signUp(
            nia, passwordHash: hash, link: verify,
            confirm: TestStore.letter("https://portal.example/verify/" + verify.reveal()),
            known: { _ in TestStore.letter() }, at: now)
        try await store.resendVerification(
            to: nia.email, link: second,
            letter: { _ in TestStore.letter("https://portal.example/verify/" + second.reveal()) }, at: now)
        let person = try #require(try await store.verify(second, at: now))
        try await store.sendReset(
            to: nia.email, link: reset,
            letter: { _ in TestStore.letter("https://portal.example/reset/" + reset.reveal()) }, at: now)
        let (session, cookie) = try await test.session(of: person)
        try await store.changePassword(
            of: person, to: hash, keeping: session.id, letter: TestStore.letter(), at: now)
        _ = try await store.reset(reset, to: hash, letter: { _ in TestStore.letter() }, at: now)
        let pending = Secret<MailLink>.random()
        try await store.sendReset(
            to: nia.email, link: pending,
            letter: { _ in TestStore.letter("https://portal.example/reset/" + pending.reveal()) }, at: now)
        try await store.rehash(person.id, to: hash)
        _ = try await store.count(.signInByAddress, "203.0.113.244", at: now)
        texts.append((name: "counted address", text: "203.0.113.244"))
        texts.append((name: "form token", text: store.formToken(for: session.id.text)))
        note("dead verify link", verify)
        note("verify link", second)
        note("reset link", reset)
        note("live reset link", pending)
        note("dead session cookie", cookie)
        note("session cookie", try await test.session(of: test.ada).cookie)
    }

    private mutating func setup() async throws {
        let old = Secret<SetupCode>.random(), code = Secret<SetupCode>.random()
        try await test.store.offerSetup(with: old, at: now)
        try await test.store.offerSetup(with: code, at: now)
        _ = try await test.store.claimSetup(
            with: code, try TestStore.signUp("Olga", "olga@gatewright.example"), passwordHash: "hash", at: now)
        note("replaced set-up code", old)
        note("set-up code", code)
    }

    private mutating func tokens() async throws {
        let session = try await test.session(of: test.ada).session
        for taken in [true, false] {
            let ticket = Secret<ConsentTicket>.random()
            try await test.store.keep(
                ConsentQuestion(
                    tenant: test.acme.id, session: session.id, person: test.ada.id, app: test.rosterSync.id,
                    appUpdatedAt: test.rosterSync.updatedAt, redirectURI: TestStore.callback, redirectURIWasSent: true,
                    scopes: try scopes("people:read"), state: nil, challenge: TestStore.challenge),
                as: ticket, at: now)
            if taken { _ = try await test.store.take(ticket, in: test.acme.id, session: session, at: now) }
            note("consent ticket", ticket)
        }
        let code = try await test.code(), unused = try await test.code()
        let first = try await test.redeem(code).tokens
        let second = try await test.refresh(first.refresh, at: now + 1).tokens
        let again = try await test.refresh(first.refresh, at: now + 2).tokens
        let third = try await test.refresh(second.refresh, at: now + 3).tokens
        texts.append((name: "verifier", text: TestStore.verifier))
        note("used code", code)
        note("unused code", unused)
        for (name, tokens) in [("first", first), ("second", second), ("again", again), ("third", third)] {
            note(name + " access token", tokens.access)
            note(name + " refresh token", tokens.refresh)
        }
        let revoked = try await test.redeem(
            try await test.code(to: test.leech), by: try test.client(test.leech)
        ).tokens
        let grant = try #require(
            try test.store.grants(of: test.ada.id).first { $0.app.id == test.leech.id })
        _ = try await test.store.revokeGrant(grant.id, in: test.acme.id, of: test.ada.id, at: now)
        note("revoked access token", revoked.access)
        note("revoked refresh token", revoked.refresh)
    }

    private mutating func developerTokens() async throws {
        for revoked in [true, false] {
            let token = Secret<DeveloperToken>.random()
            let draft = DeveloperTokenDraft(
                member: try test.member(test.ada, test.acme), description: "Nightly export",
                scopes: try scopes("people:read"), expiresAt: nil)
            let id = try await test.store.makeBeyondQuota(draft, token: token, letter: TestStore.letter(), at: now)
            _ = try test.store.check(token, from: "198.51.100.9", at: now)
            if revoked { _ = try await test.store.revoke(id, of: test.ada, letter: TestStore.letter(), at: now) }
            note("developer token", token)
        }
    }

    private mutating func apps() async throws {
        let new = Secret<ClientSecretKind>.random(), gone = Secret<ClientSecretKind>.random()
        _ = try await test.store.rotateSecret(
            of: test.rosterSync.id, owner: test.lin, to: new, overlap: .week, letter: TestStore.letter(), at: now)
        let app = try await test.store.registerBeyondQuota(
            try TestStore.details("Short-lived"), owner: test.lin, secret: gone, at: now)
        _ = try await test.store.deleteApp(app.id, of: test.lin.id, at: TestStore.start)
        note("second client secret", new)
        note("deleted app's client secret", gone)
    }

    private mutating func broker() async throws {
        let store = test.store
        let environment = try #require(try await store.environments(of: test.acme.id, at: now).last)
        try await store.setWebhook(
            "https://hooks.example/", of: environment, by: .system, at: now)
        let old = Secret<EnvironmentKey>.random(), key = Secret<EnvironmentKey>.random()
        let id = try #require(
            try await store.addKey(
                old, EnvironmentKeyDraft(name: "Backend", signsWebhooks: true), to: environment, by: .system, at: now))
        _ = try await store.rotateKey(id, to: key, of: environment, overlap: 60, by: .system, at: now)
        _ = try store.environment(key: key, at: now)
        note("rotated environment key", old)
        note("environment key", key)
        _ = try await store.rotateHMACKey(of: environment, overlap: 60, by: .system, at: now)
        _ = try await store.rotateWebhookKey(of: environment, overlap: 60, by: .system, at: now)
        texts += try store.hmacKeys(of: environment.id, at: now).map { (name: "HMAC key", text: $0) }
        texts += try store.webhookKeys(of: environment.id, at: now).map { (name: "webhook key", text: $0) }
        let variable = EnvironmentVariable(name: "TOKEN", value: canary("variable"))
        _ = try await store.setVariables([variable], replacing: 0, of: environment, by: .system, at: now)
        let integration = try #require(
            try await store.addIntegration(
                IntegrationDetails(key: "photos", provider: "photos", clientID: "id", scopes: []),
                secret: canary("provider-client-secret"), to: environment, by: .system, at: now))
        try await connections(of: integration)
    }

    private mutating func connections(of integration: Integration) async throws {
        let store = test.store
        let all: [Credentials] = [
            .oauth2(
                accessToken: canary("access"), refreshToken: canary("refresh"), expiresAt: now,
                raw: .object([.init("id_token", .string(canary("raw")))])),
            .oauth1(OAuth1Token(token: canary("oauth1-token"), secret: canary("oauth1-secret")), raw: .null),
            .clientCredentials(
                ClientRegistration(id: "id", secret: canary("own-secret")), token: canary("own-token"), expiresAt: nil,
                raw: .null),
            .apiKey(canary("api-key")), .basic(username: "name", password: canary("basic-password")),
            .app(accessToken: canary("installation-token"), expiresAt: nil, raw: .null),
            .made(
                MadeToken(
                    kind: .jwt, typed: ["privateKey": canary("signing-key")], token: nil, expiresAt: nil, raw: .null)),
            .made(
                MadeToken(
                    kind: .twoStep, typed: ["password": canary("typed-password")], token: canary("given-token"),
                    expiresAt: now + 60, raw: .object([.init("token", .string(canary("given-raw")))]))),
            .tba(
                OAuth1Token(token: canary("brought-token"), secret: canary("brought-secret")),
                consumer: ClientRegistration(id: "id", secret: canary("consumer-secret"))),
        ]
        var numbers: [Int64] = []
        for (index, credentials) in all.enumerated() {
            let saved = try await store.save(
                ConnectionDraft(connectionID: "u\(index)", credentials: credentials, values: [:]), of: integration,
                at: now)
            numbers.append(saved.number)
        }
        let first = try #require(try store.connection(number: numbers[0], of: integration.tenant))
        var trace = Trace(
            id: store.newTraceID(at: now), tenant: first.tenant, environment: first.environment, action: .refresh,
            integrationKey: "photos", provider: "photos", connectionID: "u0", startedAt: now)
        trace.add(
            "Asked",
            [
                ("refresh_token", canary("traced-token")),
                ("url", "https://x.example/?code=" + canary("traced-code") + "&scope=a"),
            ], at: now)
        #expect(try await store.leaseRefresh(of: first, as: "lease", at: now))
        let renewed = Renewed(
            credentials: .oauth2(
                accessToken: canary("next-access"), refreshToken: canary("next-refresh"), expiresAt: nil, raw: .null),
            values: [:])
        #expect(try await store.finishRefresh(of: first, with: renewed, trace: trace, at: now))
        let last = try #require(try store.connection(number: numbers[3], of: integration.tenant))
        #expect(try await store.deleteConnection(last, by: .system, at: now))
    }

    /// A text that is nowhere else, and is remembered.
    private mutating func canary(_ name: String) -> String {
        let text = "canary-\(name)-8c41d2f07b"
        texts.append((name: name, text: text))
        return text
    }

    private func mail() async throws {
        for (index, due) in try test.store.dueLetters(at: now + 1, limit: 100).enumerated() {
            let outcome: DeliveryOutcome = index % 3 == 0 ? .failed("421 busy", retryAt: now + 60) : .delivered
            try await test.store.record(outcome, of: due.entry.id, keepBody: index % 2 == 0, at: now)
        }
    }
}
