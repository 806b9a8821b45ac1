package import Broker
import HTTPTypes
import Hummingbird
import OAuth
package import Portal
import Storage

/// `/connection`: what a company's backend asks for, in the shapes of 2023.
struct ConnectionsController {
    let site: Site

    /// Everything that is connected, without credentials and without waking any of it.
    func index(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .listConnections) { call in
            var filter = ConnectionFilter()
            filter.connectionID = call.query.text("connectionId")
            let list = ConnectionList(store: site.store, environment: call.environment, filter: filter)
            return .json(bytes: try list.json(limit: 10_000, \.flat))
        }
    }

    /// One connection with credentials that work now.
    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context) { call in
            let json = try await site.current(named: call.name(after: "/connection/"), call)
            return .json(bytes: json.flat.bytes)
        }
    }

    /// The same, when it takes no renewal: nil else.
    func directAnswer(_ request: Request, from address: String) -> WholeAnswer? {
        site.brokerDirectly(request, from: address) { call in
            try site.stored(named: call.name(after: "/connection/"), call)?.flat.bytes
        }
    }

    func destroy(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .deleteConnections) { call in
            let connection = try site.connection(named: call.name(after: "/connection/"), call)
            guard try await site.disconnect(connection, by: call.key.actor, from: call.address) else {
                throw BrokerRefusal.unknownConnection(connection.connectionID, connection.integrationKey)
            }
            return Response(status: .noContent)
        }
    }

    func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .createConnections) { call in
            let body = try await call.object()
            _ = try await site.importConnection(ConnectionImport(flat: body), call)
            return .json(bytes: body.bytes, status: .created)
        }
    }

    /// Replaces the company's own notes.
    func setMetadata(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await metadata(request, context, merges: false)
    }

    /// Adds to them.
    func mergeMetadata(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await metadata(request, context, merges: true)
    }

    private func metadata(_ request: Request, _ context: SiteContext, merges: Bool) async throws -> Response {
        try await site.broker(request, context, needs: .updateConnections) { call in
            let id = call.name(after: "/connection/", before: "/metadata")
            let connection = try site.connection(named: id, call)
            let body = try await call.object(atMost: 64 * 1024)
            guard
                let stored = try await site.store.setMetadata(body, merges: merges, of: connection, at: site.now())
            else { throw BrokerRefusal.unknownConnection(connection.connectionID, connection.integrationKey) }
            return merges ? .json(bytes: stored.bytes) : Response(status: .created)
        }
    }

    func variables(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .readVariables) { call in
            let rows = try site.store.variables(of: call.environment).all.map { variable in
                JSONText.object([("name", .string(variable.name)), ("value", .string(variable.value))])
            }
            return .json(bytes: JSONText.array(rows).bytes)
        }
    }
}

extension Site {
    /// The connection that an address and the query's (or a header's) `provider_config_key` name.
    func connection(
        named id: String?, _ call: BrokerCall, noLargerThan most: Int = .max
    ) throws -> BrokerConnection {
        guard let id, !id.utf8.isEmpty else { throw BrokerRefusal.missingConnection }
        let header = HTTPField.Name("Provider-Config-Key").flatMap { call.request.headers[$0] }
        guard let key = header ?? call.query.text("provider_config_key"), !key.utf8.isEmpty else {
            throw BrokerRefusal.missingIntegration
        }
        guard let connection = try store.connection(id, of: key, in: call.environment, noLargerThan: most) else {
            throw try store.integration(key, in: call.environment) == nil
                ? BrokerRefusal.unknownIntegration(key) : BrokerRefusal.unknownConnection(id, key)
        }
        return connection
    }

    /// The same with credentials that work, ready to be written out as far as the key may read.
    func current(named id: String?, _ call: BrokerCall) async throws -> ConnectionJSON {
        let connection = try readable(named: id, call)
        guard call.key.allows(.readCredentials) else { return withoutCredentials(connection) }
        switch try await fresh(connection, isForced: call.query.flag("force_refresh")) {
        case .success(let fresh): return handedOut(fresh, call)
        case .failure(.deleted):
            throw BrokerRefusal.unknownConnection(connection.connectionID, connection.integrationKey)
        case .failure(let refusal): throw BrokerRefusal.refreshFailed(refusal, of: connection)
        }
    }

    /// The same, when the stored credentials work; nil when it takes more than reads to know. Throws also for a connection
    /// that takes long to write out, since a neighbour's next question may be waiting.
    func stored(named id: String?, _ call: BrokerCall) throws -> ConnectionJSON? {
        let connection = try readable(named: id, call, noLargerThan: 4 * 1024)
        guard call.key.allows(.readCredentials) else { return withoutCredentials(connection) }
        guard worksAsStored(connection, isForced: call.query.flag("force_refresh")) else { return nil }
        return handedOut(connection, call)
    }

    private func readable(
        named id: String?, _ call: BrokerCall, noLargerThan most: Int = .max
    ) throws -> BrokerConnection {
        if !call.key.allows(.readCredentials) { try call.require(.readConnections) }
        return try connection(named: id, call, noLargerThan: most)
    }

    private func withoutCredentials(_ connection: BrokerConnection) -> ConnectionJSON {
        ConnectionJSON(
            connection, of: outside.provider(of: connection), showsRefreshToken: false, showsCredentials: false)
    }

    private func handedOut(_ connection: BrokerConnection, _ call: BrokerCall) -> ConnectionJSON {
        store.noteFetch(of: connection, at: now())
        return ConnectionJSON(
            connection, of: outside.provider(of: connection), showsRefreshToken: call.query.flag("refresh_token"))
    }

    /// Deletes a connection, and what the provider still knows of it where it can be told.
    package func disconnect(
        _ connection: BrokerConnection, by actor: AuditActor, from address: String
    ) async throws -> Bool {
        var trace = Trace(
            id: store.newTraceID(at: now()), tenant: connection.tenant, environment: connection.environment,
            action: .deleted, integrationKey: connection.integrationKey, provider: connection.provider,
            connectionID: connection.connectionID, startedAt: now())
        await revoke(connection, as: try registration(of: connection), &trace)
        trace.add("Deleted the connection.", at: now())
        trace.finish(.success, after: 0, at: now())
        return try await store.deleteConnection(connection, by: actor, from: address, trace: trace, at: now())
    }
}
