import OAuth
import Portal
import Storage
import Testing

// What an app and an admin do at the two OAuth endpoints, in a line each.

extension TestStore {
    /// An app that has proven who it is.
    func client(
        _ app: App? = nil, secret: Secret<ClientSecretKind>? = nil, at now: Instant = start
    ) throws -> AuthenticatedClient {
        try authentication(app, secret: secret, at: now).get()
    }

    func authentication(
        _ app: App? = nil, secret: Secret<ClientSecretKind>? = nil, at now: Instant = start
    ) throws -> Result<AuthenticatedClient, OAuthError> {
        let app = app ?? rosterSync
        var body = "client_id=\(app.clientID)"
        if app.details.kind == .confidential {
            let secret = secret ?? (app.id == leech.id ? leechSecret : rosterSecret)
            body += "&client_secret=" + secret.reveal()
        }
        let credentials = try ClientCredentials.read(
            authorizationHeaders: [], body: try ParameterList(query: body), query: .empty)
        return try store.authenticate(credentials, at: now)
    }

    /// An admin allows an app; nil when that is refused.
    func allow(
        _ text: String = "people:read people:write", to app: App? = nil, by member: Member? = nil,
        challenge: String? = challenge, at now: Instant = start
    ) async throws -> Secret<AuthorizationCode>? {
        let app = app ?? rosterSync
        let uri = try #require(app.client.verify(redirectURI: Self.callback))
        return try await store.allow(
            try scopes(text), to: app, by: try member ?? self.member(ada, acme), redirectURI: uri, wasSent: true,
            challenge: challenge, at: now)
    }

    func code(
        _ text: String = "people:read people:write", to app: App? = nil, by member: Member? = nil,
        challenge: String? = challenge, at now: Instant = start
    ) async throws -> Secret<AuthorizationCode> {
        try #require(try await allow(text, to: app, by: member, challenge: challenge, at: now))
    }

    func redeem(
        _ code: Secret<AuthorizationCode>, by client: AuthenticatedClient? = nil, verifier: String? = verifier,
        callback: String? = callback, in tenant: Tenant? = nil, at now: Instant = start
    ) async throws -> Outcome {
        var body = "grant_type=authorization_code&code=" + code.reveal()
        if let verifier { body += "&code_verifier=" + verifier }
        if let callback { body += "&redirect_uri=" + callback }
        return try await exchange(body, by: client, in: tenant, idleLimit: nil, at: now)
    }

    func refresh(
        _ token: Secret<RefreshToken>, by client: AuthenticatedClient? = nil, scope: String? = nil,
        in tenant: Tenant? = nil, idleLimit: Int64? = nil, at now: Instant = start
    ) async throws -> Outcome {
        var body = "grant_type=refresh_token&refresh_token=" + token.reveal()
        if let scope { body += "&scope=" + scope }
        return try await exchange(body, by: client, in: tenant, idleLimit: idleLimit, at: now)
    }

    private func exchange(
        _ body: String, by client: AuthenticatedClient?, in tenant: Tenant?, idleLimit: Int64?, at now: Instant
    ) async throws -> Outcome {
        let request = try TokenRequest.read(try ParameterList(query: body))
        return try await store.exchange(
            request, by: try client ?? self.client(at: now), in: tenant ?? acme, idleLimit: idleLimit,
            letters: {
                Letter.all(about: $0, page: "https://portal.example/app", allowed: "https://portal.example/allowed")
            },
            at: now)
    }

    /// Ada's tokens for Roster Sync at Acme.
    func tokens(_ text: String = "people:read people:write", at now: Instant = start) async throws -> Tokens {
        try await redeem(try await code(text, at: now), at: now).tokens
    }

    /// How many rows of a kind there are, as `count` of a statement.
    func count(_ sql: SQL) throws -> Int { try engine.count(sql) }

    func check(_ token: Secret<AccessToken>, at now: Instant = start) throws -> String {
        try store.check(token, at: now).word
    }
}

/// The two tokens of a V2 answer.
struct Tokens: Sendable {
    let access: Secret<AccessToken>
    let refresh: Secret<RefreshToken>
    let scopes: ScopeSet
}

extension Outcome {
    var response: TokenResponse? { try? answer.get() }

    var error: OAuthError.Code? {
        if case .failure(let error) = answer { error.code } else { nil }
    }

    /// Fails the test when there are none.
    var tokens: Tokens {
        get throws {
            let response = try answer.get()
            let renewal = try #require(response.renewal)
            return Tokens(
                access: response.accessToken, refresh: try #require(renewal.refreshToken), scopes: renewal.scopes)
        }
    }
}

/// What can end between a consent and the next exchange. Each alone must be enough (case 50, 84).
enum Loss: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case grantRevoked = "the grant is revoked"
    case membershipRemoved = "the person leaves the tenant"
    case demoted = "the person is no admin any more"
    case personSuspended = "the person is suspended"
    case tenantSuspended = "the tenant is suspended"
    case appSuspended = "the app is suspended"
    case appDeleted = "the app is deleted"

    var testDescription: String { rawValue }

    func happen(in test: TestStore, at now: Instant = TestStore.start) async throws {
        switch self {
        case .grantRevoked:
            let grant = try #require(try test.store.grants(of: test.ada.id).first)
            try #require(
                try await test.store.revokeGrant(grant.id, in: test.acme.id, of: test.ada.id, at: now))
        case .membershipRemoved: try await test.removeMember(test.ada, from: test.acme)
        case .demoted: try await test.store.addMember(test.ada.id, to: test.acme.id, as: .member, at: now)
        case .personSuspended: try await test.suspend("person", test.ada.id.text, at: now)
        case .tenantSuspended: try await test.suspend("tenant", test.acme.id.text, at: now)
        case .appSuspended: try await test.suspend("app", test.rosterSync.id.text, at: now)
        case .appDeleted:
            try #require(try await test.store.deleteApp(test.rosterSync.id, of: test.lin.id, at: TestStore.start))
        }
    }
}
