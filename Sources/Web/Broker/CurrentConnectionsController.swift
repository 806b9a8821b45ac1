import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Storage

/// `/connections`: the same in today's shapes, with pages and filters.
struct CurrentConnectionsController {
    let site: Site

    func index(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .listConnections) { call in
            var filter = ConnectionFilter()
            filter.connectionID = call.query.text("connectionId")
            filter.search = call.query.text("search")
            filter.endUserID = call.query.text("endUserId")
            filter.organizationID = call.query.text("endUserOrganizationId")
            filter.integrations = Self.keys(call.query.text("integrationId"))
            filter.tags = call.query.members(of: "tags")
            filter.isBroken = call.query.flag("failing")
            let limit = try call.query.number("limit", in: 1...2000)
            let page = try call.query.number("page", in: 0...100_000) ?? 0
            let list = ConnectionList(store: site.store, environment: call.environment, filter: filter)
            let count = limit ?? 10_000
            return .json(bytes: try list.json(offset: page * count, limit: count, \.nested))
        }
    }

    private static func keys(_ list: String?) -> [String] {
        (list ?? "").utf8.split(separator: 0x2C).prefix(100).map { String(decoding: $0, as: UTF8.self) }
    }

    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context) { call in
            let json = try await site.current(named: call.name(after: "/connections/"), call)
            return .json(bytes: json.nested.bytes)
        }
    }

    /// The same, when it takes no renewal: nil else.
    func directAnswer(_ request: Request, from address: String) -> WholeAnswer? {
        site.brokerDirectly(request, from: address) { call in
            try site.stored(named: call.name(after: "/connections/"), call)?.nested.bytes
        }
    }

    func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .createConnections) { call in
            let sent = try ConnectionImport(nested: try await call.object())
            let stored = try await site.importConnection(sent, call)
            let json = ConnectionJSON(
                stored, of: site.outside.provider(of: stored), showsRefreshToken: true,
                showsCredentials: call.key.allows(.readCredentials))
            return .json(bytes: json.nested.bytes, status: .created)
        }
    }

    /// Whose it is: end user, tags, an address of its own for webhooks.
    func update(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .updateConnections) { call in
            let connection = try site.connection(named: call.name(after: "/connections/"), call)
            let owner = try ConnectionOwner(wire: try await call.object(), keeping: connection.owner)
            guard try await site.store.setOwner(owner, of: connection, at: site.now()) else {
                throw BrokerRefusal.unknownConnection(connection.connectionID, connection.integrationKey)
            }
            return Self.success
        }
    }

    func destroy(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .deleteConnections) { call in
            do {
                let connection = try site.connection(named: call.name(after: "/connections/"), call)
                _ = try await site.disconnect(connection, by: call.key.actor, from: call.address)
                return Self.success
            } catch var refusal as BrokerRefusal where refusal.type.utf8.elementsEqual("unknown_connection".utf8) {
                // Of all calls in this shape only this one says it with 400.
                refusal.nestedStatus = .badRequest
                throw refusal
            }
        }
    }

    func setMetadata(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await metadata(request, context, merges: false)
    }

    func mergeMetadata(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await metadata(request, context, merges: true)
    }

    /// The same metadata for one connection or for many; all of them, or none when one is not there.
    private func metadata(_ request: Request, _ context: SiteContext, merges: Bool) async throws -> Response {
        try await site.broker(request, context, needs: .updateConnections) { call in
            let body = try await call.object()
            guard let key = body["provider_config_key"]?.string, !key.utf8.isEmpty else {
                throw BrokerRefusal.badBody(
                    "missing_provider_config", "provider_config_key must be text.", path: "provider_config_key")
            }
            guard let metadata = try Site.metadata(body["metadata"]) else {
                throw BrokerRefusal.badBody("invalid_body", "metadata must be an object.", path: "metadata")
            }
            let ids = try Self.ids(body["connection_id"])
            guard let integration = try site.store.integration(key, in: call.environment) else {
                throw BrokerRefusal.unknownConnection(ids[0], key)
            }
            let missing = try await site.store.setMetadata(
                metadata, merges: merges, of: ids, at: integration, at: site.now())
            if let missing { throw BrokerRefusal.unknownConnection(missing, key) }
            return .json(bytes: body.bytes, status: merges ? .ok : .created)
        }
    }

    private static func ids(_ value: JSONValue?) throws -> [String] {
        switch value {
        case .string(let id): return [id]
        case .array(let elements) where (1...100).contains(elements.count):
            let ids = elements.compactMap(\.string)
            guard ids.count == elements.count else { break }
            return ids
        default: break
        }
        throw BrokerRefusal.badBody(
            "missing_connection", "connection_id must be text, or a list of 1 to 100.", path: "connection_id")
    }

    static let success = Response.json(bytes: JSONText.object([("success", .boolean(true))]).bytes)
}
