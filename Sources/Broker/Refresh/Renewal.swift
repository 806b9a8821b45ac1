package import OAuth

extension Provider {
    /// In seconds: how long before its end a token is renewed.
    package var refreshesBefore: Int64 {
        switch method {
        case .oauth2(let oauth2): oauth2.token.refreshesBefore
        case .clientCredentials(let token): token.refreshesBefore
        case .twoStep(let twoStep): twoStep.refreshesBefore
        case .app: 300
        case .oauth1, .apiKey, .basic, .jwt, .tba, .unauthenticated: 0
        }
    }

    /// The call that renews these credentials; nil where nothing can be renewed.
    ///
    /// - Parameters:
    ///   - values: the connection's, and the integration's own.
    ///   - client: the integration's registration. Client credentials have their own.
    package func renewal(
        of connection: BrokerConnection, values: [String: String], client: ClientRegistration, scopes: [String],
        at now: Instant
    ) throws(ConnectProblem) -> ProviderCall? {
        switch (method, connection.credentials) {
        case (.oauth2(let oauth2), .oauth2(_, let refreshToken?, _, _)):
            return try oauth2.token.refresh(refreshToken, client: client, values: values)
        case (.clientCredentials(let token), .clientCredentials(let own, _, _, _)):
            return try token.clientCredentials(scopes: scopes, client: own, values: values)
        case (.app(let app), .app):
            return try app.token(client: client, values: values, at: now)
        case (.twoStep(let twoStep), .made(let made)):
            return try twoStep.ask(made.typed, values: values)
        default: return nil
        }
    }

    /// What the answer to ``renewal(of:client:scopes:at:)`` makes of the connection.
    package func absorb(
        _ answer: ProviderAnswer, renewing connection: BrokerConnection, at now: Instant
    ) -> Result<Renewed, TokenAnswer.Trouble> {
        let result: Result<TokenAnswer, TokenAnswer.Trouble>
        switch method {
        case .oauth2(let oauth2):
            result = oauth2.token.absorb(answer, keeping: fields, paths: oauth2.keptFromToken, at: now)
        case .clientCredentials(let token): result = token.absorb(answer, keeping: fields, paths: [], at: now)
        case .app(let app): result = app.absorb(answer, at: now)
        case .twoStep(let twoStep): result = twoStep.absorb(answer, at: now)
        case .oauth1, .apiKey, .basic, .jwt, .tba, .unauthenticated: return .failure(.misconfigured("not refreshable"))
        }
        return result.map { token in
            Renewed(
                credentials: connection.credentials.refreshed(by: token),
                values: connection.values.merging(token.kept) { _, new in new })
        }
    }
}

/// What a renewal leaves to be stored.
package struct Renewed: Sendable {
    package let credentials: Credentials
    package let values: [String: String]

    package init(credentials: Credentials, values: [String: String]) {
        self.credentials = credentials
        self.values = values
    }
}
