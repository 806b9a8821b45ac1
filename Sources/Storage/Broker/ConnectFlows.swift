package import Broker
package import OAuth

/// A person on their way through a provider's pages.
package struct ConnectFlow: Sendable {
    /// Names the flow's cookie in the browser it began in.
    package let id: ID<Entity.ConnectFlow>
    package let tenant: ID<Entity.Tenant>
    package let environment: ID<Entity.Environment>
    package let integration: ID<Entity.Integration>
    package let connectionID: String
    /// The last segment of the callback address it must come back to; empty for the one that all share.
    package let place: String
    /// The PKCE verifier, or OAuth 1's temporary token and its secret.
    package let secret: String
    package let values: [String: String]
    package let redirectURI: String
    package let listeners: ConnectListeners
    package let session: ID<Entity.ConnectSession>?
    /// It began with more than the public key: a session, a digest or a signature.
    package let isProven: Bool
    package let trace: ID<Entity.Trace>
    package let startedAt: Instant

    package init(
        id: ID<Entity.ConnectFlow>, of integration: Integration, connectionID: String, place: String, secret: String,
        values: [String: String], redirectURI: String, listeners: ConnectListeners,
        session: ID<Entity.ConnectSession>?, isProven: Bool, trace: ID<Entity.Trace>, startedAt: Instant
    ) {
        self.init(
            id: id, tenant: integration.tenant, environment: integration.environment, integration: integration.id,
            connectionID: connectionID, place: place, secret: secret, values: values, redirectURI: redirectURI,
            listeners: listeners, session: session, isProven: isProven, trace: trace, startedAt: startedAt)
    }

    fileprivate init(
        id: ID<Entity.ConnectFlow>, tenant: ID<Entity.Tenant>, environment: ID<Entity.Environment>,
        integration: ID<Entity.Integration>, connectionID: String, place: String, secret: String,
        values: [String: String], redirectURI: String, listeners: ConnectListeners,
        session: ID<Entity.ConnectSession>?, isProven: Bool, trace: ID<Entity.Trace>, startedAt: Instant
    ) {
        self.id = id
        self.tenant = tenant
        self.environment = environment
        self.integration = integration
        self.connectionID = connectionID
        self.place = place
        self.secret = secret
        self.values = values
        self.redirectURI = redirectURI
        self.listeners = listeners
        self.session = session
        self.isProven = isProven
        self.trace = trace
        self.startedAt = startedAt
    }
}

/// Who wants to hear how a flow ends.
package struct ConnectListeners: Sendable {
    /// The `ws_client_id` of a waiting socket.
    package let socket: String?
    /// The origin of the window that opened the popup.
    package let openerOrigin: String?
    package let returnURL: String?

    package init(socket: String?, openerOrigin: String?, returnURL: String?) {
        self.socket = socket
        self.openerOrigin = openerOrigin
        self.returnURL = returnURL
    }

    package static let nobody = ConnectListeners(socket: nil, openerOrigin: nil, returnURL: nil)
}

extension Store {
    /// In seconds.
    package static let flowLifetime: Int64 = 900

    /// Remembers a flow under its state, held to one browser by that browser's cookie.
    package func begin(
        _ flow: ConnectFlow, state: Secret<FlowState>, browser: Secret<FlowCookie>, at now: Instant
    ) async throws {
        let state = keyring.digest(state)
        let browser = keyring.digest(browser)
        let sealed = try keyring.seal(
            Array(flow.secret.utf8), table: "connect_flows", column: "secret", row: flow.id.text)
        let values = try seal(flow.values, of: "connect_flows", flow.id.text)
        let listeners = flow.listeners
        try await engine.write { db in
            _ = try db.run(
                """
                INSERT INTO connect_flows (id, state_digest, browser_digest, tenant_id, environment_id, integration_id,
                    connection_id, place, sealed_secret, sealed_values, redirect_uri, socket, opener_origin, return_url,
                    session_id, is_proven, trace_id, started_at, expires_at)
                VALUES (\(flow.id), \(state), \(browser), \(flow.tenant), \(flow.environment), \(flow.integration),
                    \(flow.connectionID), \(flow.place), \(sealed), \(values), \(flow.redirectURI),
                    \(listeners.socket), \(listeners.openerOrigin), \(listeners.returnURL), \(flow.session),
                    \(flow.isProven), \(flow.trace), \(flow.startedAt), \(now + Self.flowLifetime))
                """)
        }
    }

    /// The flow that a callback's state names, as long as it may be finished; nothing of a suspended tenant. Nothing is
    /// taken yet: whose it is, the cookie under its ID says.
    package func flow(
        _ state: Secret<FlowState>, at now: Instant
    ) throws -> (flow: ConnectFlow, integration: Integration, environment: BrokerEnvironment)? {
        let state = keyring.digest(state)
        return try engine.read { db in
            let found = try db.row(
                """
                SELECT id, tenant_id, environment_id, integration_id, connection_id, place, sealed_secret, sealed_values,
                    redirect_uri, socket, opener_origin, return_url, session_id, is_proven, trace_id, started_at
                FROM connect_flows f WHERE state_digest = \(state) AND expires_at > \(now)
                    AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'tenant'
                        AND s.subject_id = f.tenant_id AND s.reinstated_at IS NULL)
                """)
            guard let found else { return nil }
            let flow = try self.flow(found)
            guard
                let integration = try db.row(
                    "\(fragment: Integration.select) WHERE i.id = \(flow.integration) AND i.tenant_id = \(flow.tenant)"
                ).map({ try self.integration($0) }),
                let environment = try db.row(
                    """
                    \(fragment: BrokerEnvironment.select)
                    WHERE e.id = \(integration.environment) AND e.tenant_id = \(flow.tenant)
                    """
                ).map(BrokerEnvironment.init)
            else { return nil }
            return (flow, integration, environment)
        }
    }

    /// Takes a flow out: once, for the browser it began in.
    ///
    /// - Parameter browser: the flow's cookie; nil when the browser has none.
    /// - Returns: false when it is another browser's, or somebody was faster.
    package func take(_ flow: ConnectFlow, browser: Secret<FlowCookie>?) async throws -> Bool {
        guard let browser = browser.map({ keyring.digest($0) }) else { return false }
        return try await engine.write { db in
            try db.run("DELETE FROM connect_flows WHERE id = \(flow.id) AND browser_digest = \(browser)") == 1
        }
    }

    private func flow(_ row: Row) throws -> ConnectFlow {
        let id: ID<Entity.ConnectFlow> = try row.id("id")
        let secret = try keyring.open(
            row.blob("sealed_secret"), table: "connect_flows", column: "secret", row: id.text)
        return ConnectFlow(
            id: id, tenant: try row.id("tenant_id"), environment: try row.id("environment_id"),
            integration: try row.id("integration_id"), connectionID: try row.text("connection_id"),
            place: try row.text("place"),
            secret: String(decoding: secret, as: UTF8.self), values: try values(row, of: "connect_flows", id.text),
            redirectURI: try row.text("redirect_uri"),
            listeners: ConnectListeners(
                socket: try row.optionalText("socket"), openerOrigin: try row.optionalText("opener_origin"),
                returnURL: try row.optionalText("return_url")),
            session: try row.optionalID("session_id"), isProven: try row.boolean("is_proven"),
            trace: try row.id("trace_id"),
            startedAt: try row.instant("started_at"))
    }
}
