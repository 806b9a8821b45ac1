package import Broker
package import OAuth

/// A person on their way through a provider's pages.
package struct ConnectFlow: Sendable {
    package let integration: ID<Entity.Integration>
    package let connectionID: String
    /// The PKCE verifier, or the secret of OAuth 1's temporary token.
    package let secret: String
    package let values: [String: String]
    package let redirectURI: String
    package let openerOrigin: String?
    package let returnURL: String?

    package init(
        integration: ID<Entity.Integration>, connectionID: String, secret: String, values: [String: String],
        redirectURI: String, openerOrigin: String?, returnURL: String?
    ) {
        self.integration = integration
        self.connectionID = connectionID
        self.secret = secret
        self.values = values
        self.redirectURI = redirectURI
        self.openerOrigin = openerOrigin
        self.returnURL = returnURL
    }
}

extension Store {
    /// In seconds.
    package static let flowLifetime: Int64 = 1800

    /// Remembers a flow under its state, held to one browser by that browser's cookie.
    package func begin(
        _ flow: ConnectFlow, of integration: Integration, state: Secret<FlowState>, browser: Secret<FlowCookie>,
        at now: Instant
    ) async throws {
        let state = keyring.digest(state)
        let browser = keyring.digest(browser)
        let sealed = try keyring.seal(
            Array(flow.secret.utf8), table: "connect_flows", column: "secret", row: integration.id.text)
        let values = Self.text(of: flow.values)
        try await engine.write { db in
            _ = try db.run(
                """
                INSERT INTO connect_flows (state_digest, browser_digest, tenant_id, integration_id, connection_id,
                    sealed_secret, field_values, redirect_uri, opener_origin, return_url, expires_at)
                VALUES (\(state), \(browser), \(integration.tenant), \(integration.id), \(flow.connectionID), \(sealed),
                    \(values), \(flow.redirectURI), \(flow.openerOrigin), \(flow.returnURL),
                    \(now + Self.flowLifetime))
                """)
        }
    }

    /// Takes the flow of a callback out: it comes back once, to the browser it began in, in time, or not at all.
    package func finishFlow(
        _ state: Secret<FlowState>, browser: Secret<FlowCookie>, at now: Instant
    ) async throws -> (flow: ConnectFlow, integration: Integration, environment: BrokerEnvironment)? {
        let state = keyring.digest(state)
        let browser = keyring.digest(browser)
        let keyring = keyring
        return try await engine.write { db in
            let taken = try db.row(
                """
                DELETE FROM connect_flows
                WHERE state_digest = \(state) AND browser_digest = \(browser) AND expires_at > \(now)
                RETURNING integration_id, connection_id, sealed_secret, field_values, redirect_uri, opener_origin, return_url
                """)
            guard let taken else { return nil }
            let id: ID<Entity.Integration> = try taken.id("integration_id")
            guard
                let integration = try db.row("\(fragment: Integration.select) WHERE i.id = \(id)").map(Integration.init),
                let environment = try db.row(
                    "\(fragment: BrokerEnvironment.select) WHERE e.id = \(integration.environment)"
                ).map(BrokerEnvironment.init)
            else { return nil }
            let secret = try keyring.open(
                taken.blob("sealed_secret"), table: "connect_flows", column: "secret", row: id.text)
            let flow = ConnectFlow(
                integration: id, connectionID: try taken.text("connection_id"),
                secret: String(decoding: secret, as: UTF8.self), values: Self.values(of: try taken.text("field_values")),
                redirectURI: try taken.text("redirect_uri"), openerOrigin: try taken.optionalText("opener_origin"),
                returnURL: try taken.optionalText("return_url"))
            return (flow, integration, environment)
        }
    }
}
