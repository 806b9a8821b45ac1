package import OAuth
package import Portal

extension Store {
    /// Plays an app's refresh through as its client would, in a transaction that is taken back: nothing of it stays,
    /// and its tokens never existed for anybody else.
    ///
    /// - Parameters:
    ///   - member: the app's owner, where they may allow apps.
    ///   - fromV1: begin with a V1 access token; an app that still uses V1 is treated as if it had switched.
    /// - Returns: nil when the member may not allow the app there.
    package func rehearseRefresh(
        of app: App, by member: Member, fromV1: Bool, at now: Instant
    ) async throws -> RefreshRehearsal? {
        let fresh = ID<Entity.Grant>.random()
        let drawn = DrawnRandom()
        do {
            try await engine.write { db in
                var random = drawn
                let steps = try self.playRefresh(
                    of: app, by: member, fromV1: fromV1, grant: fresh, using: &random, in: db, at: now)
                throw TakenBack(steps: steps)
            }
        } catch let played as TakenBack {
            return played.steps.map { RefreshRehearsal(beganWithV1: fromV1, tenant: member.tenant, steps: $0) }
        }
        return nil
    }

    /// Thrown so that the transaction leaves nothing behind.
    private struct TakenBack: Error {
        let steps: [RefreshRehearsal.Step]?
    }

    private func playRefresh(
        of app: App, by member: Member, fromV1: Bool, grant fresh: ID<Entity.Grant>, using random: inout DrawnRandom,
        in db: any Connection, at now: Instant
    ) throws -> [RefreshRehearsal.Step]? {
        try db.run("UPDATE apps SET token_format = \(Client.TokenFormat.v2.rawValue) WHERE id = \(app.id)")
        guard let app = try self.app(app.id, in: db), let client = try rehearsing(app.client, using: &random),
            let uri = app.client.redirectURIs.first.flatMap({ app.client.verify(redirectURI: $0.text) }),
            let (grant, granted, scopes) = try grow(
                app.details.scopes, to: app, by: member, or: fresh, in: db, from: "", at: now),
            let consented = ConsentedRequest(
                tenant: member.tenant.id, client: app.id, person: member.person.id, grant: grant, granted: granted,
                redirectURI: uri, redirectURIWasSent: true, challenge: nil, scopes: scopes)
        else { return nil }
        let tenant = member.tenant.id
        let held = try begin(consented, fromV1: fromV1, using: &random, in: db, at: now)
        var steps: [RefreshRehearsal.Step] = []
        func play(_ turn: RefreshRehearsal.Turn, _ token: PresentedRefresh, at moment: Instant) throws -> TokenResponse?
        {
            let body = try ParameterList(query: "grant_type=refresh_token&refresh_token=" + token.reveal())
            let outcome = try exchange(
                try TokenRequest.read(body), by: client, in: tenant, idleLimit: nil, from: "", using: random.branch(),
                in: db,
                at: moment)
            let answer = outcome.answer.flatMap { response in
                RefreshRehearsal.Pair(response).map { .success($0) }
                    ?? .failure(OAuthError(.serverError, "the answer has no refresh token"))
            }
            steps.append(
                RefreshRehearsal.Step(
                    turn: turn, presented: token.hint, answer: answer,
                    presentedStillWorks: try opensAPI(token, in: db, at: moment)))
            return try? outcome.answer.get()
        }
        let pair = try play(.first, held, at: now)
        _ = try play(.lostAnswer, held, at: now + 5)
        guard let next = pair?.renewal?.refreshToken else { return steps }
        _ = try play(.nextDay, .refreshToken(next), at: now + 86_400)
        _ = try play(.reuse, held, at: now + 2 * 86_400)
        return steps
    }

    /// What the client holds when it begins: a V1 token, or the first refresh token of a V2 pair.
    private func begin(
        _ consented: ConsentedRequest, fromV1: Bool, using random: inout DrawnRandom, in db: any Connection,
        at now: Instant
    ) throws -> PresentedRefresh {
        let v1 = issueDirectly(for: consented, lifetime: nil, at: now, using: &random)
        for effect in v1.effects { try apply(effect, in: db, tenant: consented.tenant) }
        guard !fromV1 else { return .accessToken(v1.token) }
        let chain = beginChain(of: v1.family, at: now, using: &random)
        try apply(chain.effect, in: db, tenant: consented.tenant)
        return .refreshToken(chain.token)
    }

    /// The client as if it had authenticated, by a secret that lives for these few lines.
    private func rehearsing(_ client: Client, using random: inout DrawnRandom) throws -> AuthenticatedClient? {
        let secret = Secret<ClientSecretKind>.random(using: &random)
        let expected = keyring.digest(secret)
        var body = "client_id=\(client.clientID)"
        if client.kind == .confidential { body += "&client_secret=" + secret.reveal() }
        let credentials = try ClientCredentials.read(
            authorizationHeaders: [], body: try ParameterList(query: body), query: .empty)
        let result = OAuth.authenticate(credentials, as: client) { presented in
            self.keyring.digest(presented) == expected ? ID<Entity.ClientSecret>("sec_rehearsal") : nil
        }
        return try? result.get()
    }

    private func opensAPI(_ token: PresentedRefresh, in db: any Connection, at now: Instant) throws -> Bool {
        guard case .accessToken(let access) = token else { return false }
        return try db.row(
            """
            SELECT 1 AS one FROM access_tokens x
            JOIN token_families f ON f.tenant_id = x.tenant_id AND f.id = x.family_id
            WHERE x.digest = \(keyring.digest(access)) AND x.revoked_at IS NULL AND f.revoked_at IS NULL
                AND (x.expires_at IS NULL OR x.expires_at > \(now))
            """) != nil
    }
}
