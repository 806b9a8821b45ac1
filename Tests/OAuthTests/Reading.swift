import OAuth

/// The word of the error that a call throws, nil when it throws none.
func refusal<T>(_ body: () throws(OAuthError) -> T) -> OAuthError.Code? {
    do throws(OAuthError) {
        _ = try body()
        return nil
    } catch {
        return error.code
    }
}

/// Why a callback URL is refused, nil when it is registered.
func problem(_ text: String, _ kind: Client.Kind = .confidential) -> RedirectURIProblem? {
    do throws(RedirectURIProblem) {
        _ = try RegisteredRedirectURI.parse(text, kind)
        return nil
    } catch {
        return error
    }
}

/// A request's parameters, written down in order; each change makes a new one.
struct Fields {
    var pairs: [(String, String)]

    /// A complete authorization request of Roster Sync.
    static let authorize = Fields(pairs: [
        ("response_type", "code"), ("client_id", "gw_id_roster"), ("redirect_uri", Cast.callback),
        ("scope", "people:read"), ("state", "af0ifjsldkj"), ("code_challenge", Cast.challenge),
        ("code_challenge_method", "S256"),
    ])

    static func redeem(_ code: Secret<AuthorizationCode> = Cast.secret(AuthorizationCode.self)) -> Fields {
        Fields(pairs: [
            ("grant_type", "authorization_code"), ("code", code.reveal()), ("redirect_uri", Cast.callback),
            ("code_verifier", Cast.verifier),
        ])
    }

    static func refresh(_ token: Secret<RefreshToken> = Cast.secret(RefreshToken.self)) -> Fields {
        Fields(pairs: [("grant_type", "refresh_token"), ("refresh_token", token.reveal())])
    }

    func with(_ name: String, _ value: String) -> Fields {
        Fields(
            pairs: pairs.contains { $0.0 == name }
                ? pairs.map { $0.0 == name ? (name, value) : $0 } : pairs + [(name, value)])
    }

    func without(_ name: String) -> Fields { Fields(pairs: pairs.filter { $0.0 != name }) }
    func repeating(_ name: String, _ value: String) -> Fields { Fields(pairs: pairs + [(name, value)]) }

    var list: ParameterList {
        get throws(OAuthError) {
            try ParameterList(query: pairs.map { encode($0.0) + "=" + encode($0.1) }.joined(separator: "&"))
        }
    }

    /// Every byte escaped: independent of the encoder under test.
    private func encode(_ text: String) -> String {
        text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The refusal of this authorization request, nil when it is well-formed.
    func refused(by client: Client? = Cast.roster) -> Refusal? {
        do throws(Refusal) {
            _ = try read(for: client)
            return nil
        } catch {
            return error
        }
    }

    func read(for client: Client? = Cast.roster) throws(Refusal) -> AuthorizeRequest {
        let list: ParameterList
        do throws(OAuthError) { list = try self.list } catch { throw .tellThePerson(error) }
        return try AuthorizeRequest.read(list, for: client)
    }
}

extension Refusal {
    var redirected: OAuthError.Code? {
        if case .redirect(let error, _, _) = self { error.code } else { nil }
    }
    var told: OAuthError.Code? {
        if case .tellThePerson(let error) = self { error.code } else { nil }
    }
    var state: String? {
        if case .redirect(_, _, let state) = self { state } else { nil }
    }
}

extension Outcome {
    var error: OAuthError.Code? {
        if case .failure(let error) = answer { error.code } else { nil }
    }
    var response: TokenResponse? {
        if case .success(let response) = answer { response } else { nil }
    }
    /// The effects in words, without the secrets.
    var sketch: [String] { effects.map(\.sketch) }
}

extension Effect {
    var sketch: String {
        switch self {
        case .redeemed(let code, _, let at): "redeemed \(code) at \(at - Cast.now)"
        case .codeFailure(let code): "failure of \(code)"
        case .startFamily(let start): "family for \(start.grant) with \(start.scopes)"
        case .issueAccess(let access):
            "access to \(access.scopes) until \(access.expiresAt.map { String($0 - Cast.now) } ?? "ever")"
        case .issueRefresh(let refresh): "refresh \(refresh.generation)"
        case .movedToV2: "the V1 token ends"
        case .rotated(let rotation): "rotated \(rotation.generation) streak \(rotation.streak)"
        case .replayed(_, let generation, let streak, _): "replayed \(generation) streak \(streak)"
        case .revokeFamily(let family, let reason, _): "\(family) revoked: \(reason.rawValue)"
        case .revokeAccess: "access token revoked"
        }
    }
}

/// Asks for a token of the app's own with these fields beside the grant type.
func asking(
    _ fields: [(String, String)] = [], under standing: [StandingGrant] = [Cast.standing()],
    by client: Client = Cast.roster, at now: Instant = Cast.now
) throws -> Outcome {
    var random = SplitMix64(seed: 42)
    let text = (fields + [("grant_type", "client_credentials")]).map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    guard let authenticated = Cast.authenticated(client),
        case .clientCredentials(let request) = try TokenRequest.read(try ParameterList(query: text))
    else { throw OAuthError(.serverError, "the test is wrong") }
    return grantToClient(request, of: authenticated, under: standing, in: Cast.acme, at: now, using: &random)
}

/// Redeems with these fields; everything not named is right.
func redeeming(
    _ fields: Fields = .redeem(), _ code: CodeRecord? = Cast.code(), by client: Client = Cast.roster,
    in tenant: ID<Entity.Tenant> = Cast.acme, at now: Instant = Cast.now, seed: UInt64 = 42
) throws -> Outcome {
    var random = SplitMix64(seed: seed)
    guard let authenticated = Cast.authenticated(client),
        case .authorizationCode(let redemption) = try TokenRequest.read(try fields.list)
    else { throw OAuthError(.serverError, "the test is wrong") }
    return redeem(redemption, of: code, by: authenticated, in: tenant, at: now, using: &random)
}

/// Refreshes with these fields; everything not named is right.
func refreshing(
    _ fields: Fields = .refresh(), _ token: RefreshRecord? = Cast.token(), in family: FamilyRecord? = Cast.family(),
    by client: Client = Cast.roster, tenant: ID<Entity.Tenant> = Cast.acme, idleLimit: Int64? = nil,
    at now: Instant = Cast.now, seed: UInt64 = 42
) throws -> Outcome {
    var random = SplitMix64(seed: seed)
    guard let authenticated = Cast.authenticated(client),
        case .refreshToken(let request) = try TokenRequest.read(try fields.list)
    else { throw OAuthError(.serverError, "the test is wrong") }
    return refresh(
        request, of: token, in: family, by: authenticated, in: tenant, idleLimit: idleLimit, at: now, using: &random)
}
