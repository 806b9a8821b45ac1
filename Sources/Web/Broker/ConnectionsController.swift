import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Storage

/// `/connection`: what a company's backend asks for (seed 002).
struct ConnectionsController {
    let site: Site

    /// Everything that is connected, without credentials and without waking any of it.
    func index(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request) { environment, query in
            let found = try site.store.connections(of: environment, connectionID: query.text("connectionId"), limit: 10_000)
            let rows = found.map { connection in
                JSONText.object([
                    ("id", .integer(connection.number)), ("connection_id", .string(connection.connectionID)),
                    // The wire's word for it holds the integration's key.
                    ("provider", .string(connection.integrationKey)), ("created", .string(connection.createdAt.wireText)),
                ])
            }
            return .json(bytes: JSONText.object([("connections", .array(rows))]).bytes)
        }
    }

    /// One connection with credentials that work now.
    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request) { environment, query in
            let connection = try connection(in: environment, query, context)
            switch try await site.fresh(connection, isForced: query.flag("force_refresh")) {
            case .success(let fresh):
                let json = ConnectionJSON(connection: fresh, showsRefreshToken: query.flag("refresh_token"))
                return .json(bytes: json.bytes)
            case .failure(.deleted): throw unknown(query, context)
            case .failure(.gone(let trouble)): throw BrokerRefusal.refreshFailed(trouble, isGone: true)
            case .failure(.unavailable(let trouble)): throw BrokerRefusal.refreshFailed(trouble, isGone: false)
            }
        }
    }

    func destroy(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request) { environment, query in
            let connection = try connection(in: environment, query, context)
            guard try await site.store.deleteConnection(connection) else { throw unknown(query, context) }
            return Response(status: .noContent)
        }
    }

    private func connection(
        in environment: BrokerEnvironment, _ query: BrokerQuery, _ context: SiteContext
    ) throws -> BrokerConnection {
        guard let id = context.parameters.get("connection"), !id.utf8.isEmpty else {
            throw BrokerRefusal.missingConnection
        }
        guard let key = query.text("provider_config_key") else { throw BrokerRefusal.missingIntegration }
        guard let connection = try site.store.connection(id, of: key, in: environment) else {
            throw BrokerRefusal.unknownConnection(id, key)
        }
        return connection
    }

    private func unknown(_ query: BrokerQuery, _ context: SiteContext) -> BrokerRefusal {
        .unknownConnection(context.parameters.get("connection") ?? "", query.text("provider_config_key") ?? "")
    }
}
