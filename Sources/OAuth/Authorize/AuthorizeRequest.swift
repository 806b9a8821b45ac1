/// RFC 6749 §4.1.1: a well-formed authorization request of a known client, with its answer's address verified.
/// `read` is the only maker, so everything downstream is well-formed.
package struct AuthorizeRequest: Sendable {
    package let client: Client
    package let redirectURI: VerifiedRedirectURI
    /// RFC 6749 §4.1.3: one that was sent here must be sent again with the code.
    package let redirectURIWasSent: Bool
    /// Never empty: a request without `scope` asks for all that the client may ask for (RFC 6749 §3.3).
    package let scopes: ScopeSet
    package let state: String?
    package let challenge: PKCE.Challenge?
    package let prompt: Set<Prompt>
    /// OpenID Connect Core §3.1.2.1: the oldest acceptable sign-in, in seconds.
    package let maxAge: Int64?
    package let delivery: Delivery

    /// Bytes in the longest `state`.
    package static let longestState = 4096

    /// Which client to look up for `read`.
    package static func clientID(in list: ParameterList) throws(Refusal) -> ClientID {
        do throws(OAuthError) {
            return ClientID(try list.required(.clientID))
        } catch {
            throw .tellThePerson(error)
        }
    }

    /// Reads the query of an authorization request. `client` is the one its `client_id` names, nil when there is
    /// none. The client and the redirect URI come first: until both are certain nothing may be redirected.
    package static func read(_ list: ParameterList, for client: Client?) throws(Refusal) -> AuthorizeRequest {
        let named = try clientID(in: list)
        guard let client, client.clientID == named else {
            throw .tellThePerson(OAuthError(.invalidRequest, "no app has this client_id"))
        }
        let sent: String?
        do throws(OAuthError) { sent = try list.optional(.redirectURI) } catch { throw .tellThePerson(error) }
        guard let redirectURI = client.verify(redirectURI: sent) else {
            throw .tellThePerson(sent == nil ? redirectURIMissing : redirectURIUnknown)
        }

        // An unreadable state is not sent back.
        var state: String?
        do throws(OAuthError) {
            state = try readState(list)
            return try AuthorizeRequest(list, client, redirectURI, wasSent: sent != nil, state: state)
        } catch {
            throw .redirect(error, to: redirectURI, state: state)
        }
    }

    private static let redirectURIMissing = OAuthError(
        .invalidRequest, "redirect_uri is missing, and the app does not have exactly one callback URL")
    private static let redirectURIUnknown = OAuthError(
        .invalidRequest, "redirect_uri is not one of the app's callback URLs, which are compared byte for byte")

    private init(
        _ list: ParameterList, _ client: Client, _ redirectURI: VerifiedRedirectURI, wasSent: Bool, state: String?
    ) throws(OAuthError) {
        try Self.refuseRequestObjects(list)
        try Self.checkResponse(list)
        self.client = client
        self.redirectURI = redirectURI
        self.state = state
        redirectURIWasSent = wasSent
        challenge = try Self.readChallenge(list, client, redirectURI)
        scopes = try Self.readScopes(list, client)
        prompt = try Prompt.read(try list.optional(.prompt))
        maxAge = try Self.readMaxAge(list)
        delivery = .code
    }
}

extension AuthorizeRequest {
    static func readState(_ list: ParameterList) throws(OAuthError) -> String? {
        guard let state = try list.optional(.state) else { return nil }
        guard state.utf8.count <= longestState else {
            throw OAuthError(.invalidRequest, "state is longer than 4096 bytes")
        }
        return state
    }

    /// OpenID Connect Core §6: not offered, and nothing is ever fetched.
    private static func refuseRequestObjects(_ list: ParameterList) throws(OAuthError) {
        guard try list.optional(.request) == nil else {
            throw OAuthError(.requestNotSupported, "request objects are not supported")
        }
        guard try list.optional(.requestURI) == nil else {
            throw OAuthError(.requestURINotSupported, "request objects are not supported")
        }
    }

    /// Only `code`, only in the query: no token ever travels through the browser (RFC 9700 §2.1.2).
    private static func checkResponse(_ list: ParameterList) throws(OAuthError) {
        guard try list.required(.responseType).utf8.elementsEqual("code".utf8) else {
            throw OAuthError(.unsupportedResponseType, "response_type must be code")
        }
        guard try list.optional(.responseMode)?.utf8.elementsEqual("query".utf8) ?? true else {
            throw OAuthError(.invalidRequest, "response_mode must be query")
        }
    }

    /// RFC 7636 §4.3, narrowed to S256. An absent method means plain, which is refused too.
    private static func readChallenge(
        _ list: ParameterList, _ client: Client, _ redirectURI: VerifiedRedirectURI
    ) throws(OAuthError) -> PKCE.Challenge? {
        let method = try list.optional(.codeChallengeMethod)
        guard let text = try list.optional(.codeChallenge) else {
            guard method == nil else {
                throw OAuthError(.invalidRequest, "code_challenge_method was sent without code_challenge")
            }
            guard client.kind == .confidential, !client.pkceRequired, !redirectURI.isNative else {
                throw OAuthError(.invalidRequest, "code_challenge is missing: this app must use PKCE with S256")
            }
            return nil
        }
        guard let method, method.utf8.elementsEqual("S256".utf8) else {
            throw OAuthError(.invalidRequest, "code_challenge_method must be S256")
        }
        guard let challenge = PKCE.Challenge(text) else {
            throw OAuthError(.invalidRequest, "code_challenge must be 43 base64url characters")
        }
        return challenge
    }

    private static func readScopes(_ list: ParameterList, _ client: Client) throws(OAuthError) -> ScopeSet {
        guard let text = try list.optional(.scope) else {
            guard !client.allowedScopes.isEmpty else {
                throw OAuthError(.invalidScope, "the app has no scopes yet: choose some on its page")
            }
            return client.allowedScopes
        }
        guard let scopes = ScopeSet(parsing: text) else {
            throw OAuthError(.invalidScope, "scope must be scope names with one space between them")
        }
        guard scopes.isSubset(of: client.allowedScopes) else {
            throw OAuthError(.invalidScope, "scope names a scope that does not exist or that this app may not ask for")
        }
        return scopes
    }

    private static func readMaxAge(_ list: ParameterList) throws(OAuthError) -> Int64? {
        guard let text = try list.optional(.maxAge) else { return nil }
        // Nine digits are thirty years; counted first, so that no number overflows.
        guard text.utf8.count <= 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw OAuthError(.invalidRequest, "max_age must be a number of seconds")
        }
        return text.utf8.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
}
