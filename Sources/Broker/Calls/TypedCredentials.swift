package import OAuth

/// What comes of credentials that somebody typed: they are ready, or the provider is asked for a token first.
package enum TypedCredentials: Sendable {
    case ready(Credentials)
    case ask(ProviderCall)
}

extension Provider {
    /// Checks what somebody typed and says what to do with it.
    ///
    /// - Parameters:
    ///   - typed: by the names of ``Provider/Method/typed``; `""` counts as not typed.
    ///   - values: the connection's, with the integration's own.
    ///   - client: the integration's registration, for kinds that need one.
    package func credentials(
        from typed: [String: String], values: [String: String], scopes: [String], client: ClientRegistration,
        at now: Instant
    ) throws(ConnectRefusal) -> TypedCredentials {
        let typed = try checked(typed)
        if case .jwt(let signing) = method {
            let made = MadeToken(kind: signing.kind, typed: typed, token: nil, expiresAt: nil, raw: .null)
            guard let signed = signed(made, values: values, at: now) else {
                throw ConnectRefusal(.invalidCredential(signing.credentials.last { $0.isSecret }?.name ?? ""))
            }
            return .ready(.made(signed))
        }
        do throws(ConnectProblem) {
            switch method {
            case .apiKey: return .ready(.apiKey(typed["apiKey"] ?? ""))
            case .basic: return .ready(.basic(username: typed["username"] ?? "", password: typed["password"] ?? ""))
            case .clientCredentials(let token):
                let own = Self.ownClient(typed)
                return .ask(try token.clientCredentials(scopes: scopes, client: own, values: values))
            case .twoStep(let twoStep): return .ask(try twoStep.ask(typed, values: values))
            case .tba: return .ready(try Self.tba(typed, client))
            case .unauthenticated: return .ready(.none)
            case .oauth2, .oauth1, .app, .jwt: break
            }
        } catch {
            throw ConnectRefusal(because: error)
        }
        throw ConnectRefusal(.wrongMode(method.wireName))
    }

    /// What the provider's answer to that call makes of them.
    package func credentials(
        from typed: [String: String], answer: ProviderAnswer, at now: Instant
    ) -> Result<Credentials, TokenAnswer.Trouble> {
        switch method {
        case .clientCredentials(let token):
            token.absorb(answer, keeping: fields, paths: [], at: now).map { got in
                .clientCredentials(
                    Self.ownClient(typed), token: got.accessToken, expiresAt: got.expiresAt, raw: got.raw)
            }
        case .twoStep(let twoStep):
            twoStep.absorb(answer, at: now).map { got in
                .made(
                    MadeToken(
                        kind: .twoStep, typed: typed.filter { !$0.value.utf8.isEmpty }, token: got.accessToken,
                        expiresAt: got.expiresAt, raw: got.raw))
            }
        case .app(let app):
            app.absorb(answer, at: now).map { got in
                .app(accessToken: got.accessToken, expiresAt: got.expiresAt, raw: got.raw)
            }
        default: .failure(.misconfigured("notConfigured"))
        }
    }

    /// The same with a token that is signed for this moment; nil when the key does not fit the provider's entry any more.
    package func signed(_ made: MadeToken, values: [String: String], at now: Instant) -> MadeToken? {
        guard case .jwt(let signing) = method, let signed = signing.sign(made.typed, values: values, at: now) else {
            return nil
        }
        return MadeToken(
            kind: made.kind, typed: made.typed, token: signed.token, expiresAt: signed.expiresAt, raw: .null)
    }

    private func checked(_ typed: [String: String]) throws(ConnectRefusal) -> [String: String] {
        var checked: [String: String] = [:]
        for field in method.typed {
            guard let text = typed[field.name], !text.utf8.isEmpty else {
                if field.isOptional { continue }
                throw ConnectRefusal(.missingCredential(field.name))
            }
            guard field.accepts(text) else { throw ConnectRefusal(.invalidCredential(field.name)) }
            checked[field.name] = text
        }
        return checked
    }

    private static func ownClient(_ typed: [String: String]) -> ClientRegistration {
        ClientRegistration(id: typed["client_id"] ?? "", secret: typed["client_secret"] ?? "")
    }

    /// A consumer of the connection's own wins over the integration's.
    private static func tba(
        _ typed: [String: String], _ client: ClientRegistration
    ) throws(ConnectProblem) -> Credentials {
        let token = OAuth1Token(token: typed["token_id"] ?? "", secret: typed["token_secret"] ?? "")
        let id = typed["oauth_client_id_override"] ?? ""
        let secret = typed["oauth_client_secret_override"] ?? ""
        // Half of a consumer is a mistake, and not the wish for ours.
        guard id.utf8.isEmpty == secret.utf8.isEmpty else { throw .notConfigured }
        if !id.utf8.isEmpty { return .tba(token, consumer: ClientRegistration(id: id, secret: secret)) }
        guard !client.id.utf8.isEmpty, client.secret?.utf8.isEmpty == false else { throw .notConfigured }
        return .tba(token, consumer: nil)
    }
}
