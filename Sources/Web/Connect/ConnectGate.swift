import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Storage

/// A connect request that may go on: everything that was asked for, looked up and checked.
struct ConnectEntry {
    let environment: BrokerEnvironment
    let session: ConnectSession?
    let integration: Integration
    let provider: Provider
    let connectionID: String
    /// The connection's own values, and what the request adds to the provider's authorization address.
    let values: [String: String]
    let scopes: [String]
    let parameters: [(name: String, value: String?)]
    let proof: ConnectProof

    /// Together with the integration's own, for calls and addresses.
    var allValues: [String: String] { integration.completing(values) }

    /// More than the public key speaks for it.
    var isProven: Bool { session != nil || proof != .none }

    /// For a trace.
    var proofInWords: String {
        if session != nil { return "a connect session" }
        switch proof {
        case .none: return "the public key alone"
        case .digest: return "an HMAC digest"
        case .signed: return "a signed request"
        }
    }
}

/// Who asks, as far as the credential in the query says: known before anything else is.
struct ConnectAccount {
    let environment: BrokerEnvironment
    let session: ConnectSession?
    let origins: OriginPolicy
    /// The portal's own: its pages try connections out, and the browser comes back to them.
    let portal: WebOrigin?
}

extension Site {
    /// The environment that a public key or a session names.
    func account(of ask: ConnectAsk) throws -> ConnectAccount {
        if let text = ask.sessionToken {
            guard let token = Secret<ConnectToken>(text) else { throw ConnectRefusal(.invalidSession) }
            guard let session = try store.connectSession(token, at: now()), !session.isUsed else {
                throw ConnectRefusal(.unknownSession)
            }
            return try account(session.environment, session)
        }
        guard let key = ask.publicKey else { throw ConnectRefusal(.missingPublicKey) }
        guard Self.isPublicKey(key) else { throw ConnectRefusal(.invalidPublicKey) }
        guard let environment = try store.environment(publicKey: key) else { throw ConnectRefusal(.unknownAccount) }
        return try account(environment, nil)
    }

    func account(_ session: ConnectSession) throws -> ConnectAccount { try account(session.environment, session) }

    private func account(_ environment: BrokerEnvironment, _ session: ConnectSession?) throws -> ConnectAccount {
        let origins = OriginPolicy(
            try store.allowedOrigins(of: environment.id), requiresHMAC: environment.requiresHMAC)
        return ConnectAccount(
            environment: environment, session: session, origins: origins, portal: WebOrigin(settings.base.text))
    }

    /// `gw_pk_` and 30 base62 digits. The wire's UUIDs are no keys of ours.
    private static func isPublicKey(_ text: String) -> Bool {
        text.utf8.starts(with: "gw_pk_".utf8) && text.utf8.count == 36
            && text.utf8.dropFirst(6).allSatisfy(Base62.isDigit)
    }

    /// The checks of the wire format in its order: connection ID, integration key, HMAC, integration, provider, values.
    ///
    /// - Parameters:
    ///   - key: the path's last segment; nil when it cannot be read.
    ///   - isFinal: the request is carried out now, so its nonce is spent and it is counted.
    func admit(
        _ ask: ConnectAsk, _ account: ConnectAccount, integration key: String?, isFinal: Bool
    ) async throws -> ConnectEntry {
        let connectionID = try connectionID(ask, account.session)
        guard let key, WireName.isIntegrationKey(key) else { throw ConnectRefusal(.missingIntegration) }
        let proof = try await prove(ask, account, key, isFinal: isFinal)
        if let session = account.session, !session.ask.allows(key) { throw ConnectRefusal(.integrationNotAllowed) }
        guard let integration = try store.integration(key, in: account.environment) else {
            throw ConnectRefusal(.unknownIntegration)
        }
        guard let provider = outside.provider(of: integration) else { throw ConnectRefusal(.unknownProvider) }
        let defaults = account.session?.ask.defaults[key]
        var values = try known(account.session, at: provider).merging(ask.values) { _, said in said }
            .merging(defaults?.values ?? [:]) { _, pinned in pinned }
        let scopes =
            values.removeValue(forKey: "oauth_scopes_override").map(IntegrationDetails.scopes)
            ?? integration.details.scopes
        if let userScope = defaults?.userScopes ?? ask.userScope { values["user_scope"] = userScope }
        values = try provider.values(from: values)
        let pinned = (defaults?.parameters ?? [:]).sorted { $0.key < $1.key }
        var parameters = ask.parameters.filter { own in !pinned.contains { $0.key == own.name } }
        parameters += pinned.map { (name: $0.key, value: $0.value) }
        if let userScope = values["user_scope"], provider.field("user_scope") != nil {
            parameters.append((name: "user_scope", value: userScope))
        }
        return ConnectEntry(
            environment: account.environment, session: account.session, integration: integration, provider: provider,
            connectionID: connectionID, values: values, scopes: scopes, parameters: parameters, proof: proof)
    }

    /// What a connection that is connected again has said before, so that nobody has to say it twice.
    func known(_ session: ConnectSession?, at provider: Provider) throws -> [String: String] {
        guard let session, let again = session.ask.reconnects,
            let old = try store.connection(again.connectionID, of: again.integration, in: session.environment)
        else { return [:] }
        return old.values.filter { provider.field($0.key)?.source == .person }
    }

    /// A session's connection ID is ours to make, unless it reconnects one.
    private func connectionID(_ ask: ConnectAsk, _ session: ConnectSession?) throws -> String {
        if let session {
            guard ask.connectionID == nil else { throw ConnectRefusal(.connectionIDInSession) }
            var generator = SystemRandomNumberGenerator()
            return session.ask.reconnects?.connectionID ?? WireName.uuid(using: &generator)
        }
        guard let id = ask.connectionID else { throw ConnectRefusal(.missingConnectionID) }
        guard WireName.isConnectionID(id) else { throw ConnectRefusal(.invalidConnectionID) }
        return id
    }

    /// A session is the backend's word already; whoever comes with the public key needs digest or signature.
    private func prove(
        _ ask: ConnectAsk, _ account: ConnectAccount, _ key: String, isFinal: Bool
    ) async throws -> ConnectProof {
        let environment = account.environment
        guard account.session == nil else {
            if isFinal { try await store.countConnect(in: environment.id, isSigned: true, at: now()) }
            return .none
        }
        let keys = try store.hmacKeys(of: environment.id, at: now())
        let proof: ConnectProof
        do {
            proof = try ask.proof(
                integration: key, isRequired: environment.requiresHMAC, keys: keys, at: now()
            ).get()
        } catch {
            if isFinal { try await store.countConnect(in: environment.id, isSigned: false, at: now()) }
            throw error
        }
        guard isFinal else { return proof }
        try await store.countConnect(in: environment.id, isSigned: proof != .none, at: now())
        if case .signed(let nonce, let end) = proof {
            guard try await store.spend(nonce: nonce, of: environment.id, until: end) else {
                throw ConnectRefusal(.replayedSignature)
            }
        }
        return proof
    }
}

extension SiteContext {
    /// A segment of the path that may hold any text, percent-encoded; nil when it cannot be read.
    func text(_ name: String) -> String? { parameters.get(name).flatMap { PercentEncoding.decode($0.utf8) } }
}
