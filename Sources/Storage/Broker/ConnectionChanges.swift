package import Broker
package import OAuth
package import Portal

extension Store {
    /// Stores what somebody connected; the same connection ID again is a reconnection, which keeps its metadata.
    /// The tenant is told by webhook, and the trace is kept, in the same transaction.
    ///
    /// - Parameters:
    ///   - replaces: what of the same ID it takes the place of.
    ///   - expecting: reconnects exactly this one, or nothing.
    ///   - quota: the most that the environment may have.
    /// - Returns: whether it is new or an override.
    /// - Throws: ``ConnectionUnsaved``.
    package func save(
        _ draft: ConnectionDraft, of integration: Integration,
        replaces: Replaceable = .anything, expecting: Int64? = nil, quota: Int64 = Store.connectionQuota,
        trace: Trace? = nil, at now: Instant
    ) async throws -> (number: Int64, operation: WebhookEvent.Operation) {
        let isFull = try isFull(integration.environment, quota)
        let metadata = draft.metadata.map { String(decoding: $0.bytes, as: UTF8.self) }
        let webhook = newWebhookID(at: now)
        return try await engine.write { db in
            let old = try db.row(
                """
                SELECT number, version, end_user, tags, webhook_url, is_proven FROM connections
                WHERE integration_id = \(integration.id) AND connection_id = \(draft.connectionID)
                """)
            try self.check(draft, of: integration, against: old, replaces, expecting, in: db)
            guard old != nil || !isFull else { throw ConnectionUnsaved.full }
            let number =
                try old.map { try self.replace($0, by: draft, metadata, of: integration.id, in: db, at: now) }
                ?? self.insert(draft, metadata, to: integration, in: db, at: now)
            if let owner = draft.owner { try self.set(owner, of: number, in: db) }
            try self.note(trouble: nil, of: integration.id, in: db, at: now)
            let operation: WebhookEvent.Operation = old == nil ? .creation : .override
            let event = WebhookEvent(
                operation, integrationKey: integration.details.key, provider: integration.details.provider,
                connectionID: draft.connectionID, authMode: draft.credentials.wireName,
                owner: try draft.owner ?? old.map { try ConnectionOwner($0) } ?? ConnectionOwner())
            try self.enqueue(event, as: webhook, in: integration.environment, db, at: now)
            if let trace { try self.record(trace, in: db) }
            return (number, operation)
        }
    }

    /// - Parameter metadata: as JSON; nil for none.
    /// - Returns: the new connection's number.
    private func insert(
        _ draft: ConnectionDraft, _ metadata: String?, to integration: Integration, in db: any Connection,
        at now: Instant
    ) throws -> Int64 {
        let sealed = try seal(draft, version: 1, of: integration.id)
        let row = try db.row(
            """
            INSERT INTO connections (tenant_id, environment_id, integration_id, connection_id, sealed_credentials,
                version, expires_at, is_refreshable, refreshed_at, sealed_values, metadata, tags, is_proven,
                installation_id, created_at, updated_at)
            VALUES (\(integration.tenant), \(integration.environment), \(integration.id), \(draft.connectionID),
                \(sealed.credentials), 1, \(draft.credentials.expiresAt), \(draft.credentials.isRefreshable), \(now),
                \(sealed.values), coalesce(\(metadata), '{}'), '{}', \(draft.isProven), \(draft.installation), \(now),
                \(now))
            RETURNING number
            """)
        guard let row else { throw StorageError.column("number", "was not given") }
        return try row.integer("number")
    }

    /// - Parameter metadata: as JSON; nil keeps what there is.
    /// - Returns: the connection's number, which stays.
    private func replace(
        _ old: Row, by draft: ConnectionDraft, _ metadata: String?, of integration: ID<Entity.Integration>,
        in db: any Connection, at now: Instant
    ) throws -> Int64 {
        let number = try old.integer("number")
        let version = try old.integer("version") + 1
        let sealed = try seal(draft, version: version, of: integration)
        try db.run(
            """
            UPDATE connections SET sealed_credentials = \(sealed.credentials), version = \(version),
                expires_at = \(draft.credentials.expiresAt), is_refreshable = \(draft.credentials.isRefreshable),
                sealed_values = \(sealed.values), metadata = coalesce(\(metadata), metadata), trouble = NULL,
                trouble_kind = NULL, failed_at = NULL, failures = 0, gone_at = NULL, lease = NULL,
                leased_until = NULL, in_doubt_since = NULL, refreshed_at = \(now), updated_at = \(now),
                is_proven = max(is_proven, \(draft.isProven)), installation_id = \(draft.installation)
            WHERE number = \(number)
            """)
        return number
    }

    private func seal(
        _ draft: ConnectionDraft, version: Int64, of integration: ID<Entity.Integration>
    ) throws -> (credentials: [UInt8], values: [UInt8]?) {
        (
            try seal(draft.credentials, draft.connectionID, version, of: integration),
            try seal(
                draft.values, of: "connections", Self.place(draft.connectionID, version, of: integration))
        )
    }

    private func check(
        _ draft: ConnectionDraft, of integration: Integration, against old: Row?, _ replaces: Replaceable,
        _ expecting: Int64?, in db: any Connection
    ) throws {
        if let old {
            switch replaces {
            case .anything: break
            case .nothing: throw ConnectionUnsaved.taken
            case .unproven: if try old.boolean("is_proven") { throw ConnectionUnsaved.taken }
            }
        }
        if let expecting, try old?.integer("number") != expecting { throw ConnectionUnsaved.gone }
        guard try db.row("SELECT 1 AS one FROM live_integrations WHERE id = \(integration.id)") != nil else {
            throw ConnectionUnsaved.gone
        }
        guard let installation = draft.installation else { return }
        let holder = try db.row(
            """
            SELECT 1 AS one FROM connections WHERE integration_id = \(integration.id)
                AND installation_id = \(installation) AND connection_id <> \(draft.connectionID)
            """)
        guard holder == nil else { throw ConnectionUnsaved.installationHeld }
    }

    /// The most that an environment may have. Not exact: of those that are stored at once, each sees the others late.
    package static let connectionQuota: Int64 = 1_000_000

    private func isFull(_ environment: ID<Entity.Environment>, _ quota: Int64) throws -> Bool {
        try engine.read { db in
            // Counting takes time with the number of rows, so only where there could be too many.
            let last = try db.row("SELECT max(number) AS last FROM connections")?.optionalInteger("last")
            guard let last, last >= quota else { return false }
            let count = try db.row("SELECT count(*) AS there FROM connections WHERE environment_id = \(environment)")
            return try count?.integer("there") ?? 0 >= quota
        }
    }

    package func deleteConnection(
        _ connection: BrokerConnection, by actor: AuditActor,
        from address: String = "", trace: Trace? = nil, at now: Instant
    ) async throws -> Bool {
        let event = event(.connectionDeleted, on: connection, by: actor, from: address)
        let webhook = newWebhookID(at: now)
        return try await engine.write { db in
            let gone = try db.run(
                "DELETE FROM connections WHERE number = \(connection.number) AND tenant_id = \(connection.tenant)")
            guard gone == 1 else { return false }
            try self.record(event, in: db, at: now)
            try self.enqueue(
                WebhookEvent(.deletion, of: connection), as: webhook, in: connection.environment, db, at: now)
            if let trace { try self.record(trace, in: db) }
            return true
        }
    }

    /// That somebody looked at the credentials on a page.
    package func noteReveal(
        of connection: BrokerConnection, by person: Person, from address: String, at now: Instant
    ) async throws {
        try await record(event(.connectionRevealed, on: connection, by: .person(person), from: address), at: now)
    }

    /// That a backend fetched it; written with the other uses, every few seconds.
    package func noteFetch(of connection: BrokerConnection, at now: Instant) {
        uses.note(.connection(connection.number), at: now, stored: connection.lastFetchedAt, address: nil)
    }

    /// - Parameter merges: the members given replace those of the same name, the others stay.
    /// - Returns: what is stored then; nil when the connection is gone.
    /// - Throws: ``MetadataTooLarge``.
    package func setMetadata(
        _ metadata: JSONValue, merges: Bool, of connection: BrokerConnection, at now: Instant
    ) async throws -> JSONValue? {
        try await engine.write { db in
            try self.setMetadata(
                metadata, merges: merges, of: connection.number, connection.tenant, in: db, at: now)
        }
    }

    private func setMetadata(
        _ metadata: JSONValue, merges: Bool, of number: Int64, _ tenant: ID<Entity.Tenant>, in db: any Connection,
        at now: Instant
    ) throws -> JSONValue? {
        let row = try db.row("SELECT metadata FROM connections WHERE number = \(number) AND tenant_id = \(tenant)")
        guard let row else { return nil }
        var new = metadata
        if merges, case .object(let old) = Self.object(try row.text("metadata")), case .object(let given) = metadata {
            let kept = old.filter { member in !given.contains { $0.name.utf8.elementsEqual(member.name.utf8) } }
            new = .object(kept + given)
            guard new.bytes.count <= 64 * 1024 else { throw MetadataTooLarge() }
        }
        try db.run(
            """
            UPDATE connections SET metadata = \(String(decoding: new.bytes, as: UTF8.self)), updated_at = \(now)
            WHERE number = \(number)
            """)
        return new
    }

    /// The same for many connections of one integration: for all of them, or for none.
    ///
    /// - Returns: the first of the IDs that names no connection, and then nothing was changed; nil when all were.
    package func setMetadata(
        _ metadata: JSONValue, merges: Bool, of ids: [String], at integration: Integration, at now: Instant
    ) async throws -> String? {
        try await engine.write { db in
            var numbers: [Int64] = []
            for id in ids {
                let row = try db.row(
                    """
                    SELECT number FROM connections
                    WHERE integration_id = \(integration.id) AND connection_id = \(id)
                        AND tenant_id = \(integration.tenant)
                    """)
                guard let row else { return id }
                numbers.append(try row.integer("number"))
            }
            for number in numbers {
                _ = try self.setMetadata(
                    metadata, merges: merges, of: number, integration.tenant, in: db, at: now)
            }
            return nil
        }
    }

    /// - Returns: false when the connection is gone.
    package func setOwner(_ owner: ConnectionOwner, of connection: BrokerConnection, at now: Instant) async throws
        -> Bool
    {
        try await engine.write { db in
            let changed = try db.run(
                """
                UPDATE connections SET updated_at = \(now), is_proven = 1
                WHERE number = \(connection.number) AND tenant_id = \(connection.tenant)
                """)
            guard changed == 1 else { return false }
            return try self.set(owner, of: connection.number, in: db) == 1
        }
    }

    @discardableResult
    private func set(_ owner: ConnectionOwner, of number: Int64, in db: any Connection) throws -> Int {
        let endUser = owner.endUser == .null ? nil : String(decoding: owner.endUser.bytes, as: UTF8.self)
        return try db.run(
            """
            UPDATE connections SET end_user = \(endUser), end_user_id = \(owner.endUserID),
                organization_id = \(owner.organizationID), tags = \(Self.text(of: owner.tags)),
                webhook_url = \(owner.webhookURL)
            WHERE number = \(number)
            """)
    }

    private func event(
        _ action: AuditAction, on connection: BrokerConnection, by actor: AuditActor, from address: String
    ) -> AuditEvent {
        AuditEvent(
            action, by: actor,
            on: AuditSubject(.connection, id: String(connection.number), name: connection.connectionID),
            in: connection.tenant, detail: ["integration": connection.integrationKey], from: address)
    }
}
