package import OAuth

/// Something that a company is told about one of its connections. The body is written once: what is signed is what is
/// sent.
package struct WebhookEvent: Sendable {
    package enum Operation: String, Sendable {
        /// A new connection, the same one connected again, and credentials renewed (announced when that failed, and when
        /// it works again).
        case creation, override, refresh, deletion
    }

    package let operation: Operation
    package let integrationKey: String
    package let provider: String
    package let connectionID: String
    /// `OAUTH2`, `API_KEY`, …
    package let authMode: String
    package let owner: ConnectionOwner
    /// A name and a sentence; nil when it went well.
    package let failure: (type: String, description: String)?

    package init(
        _ operation: Operation, integrationKey: String, provider: String, connectionID: String, authMode: String,
        owner: ConnectionOwner, failure: (type: String, description: String)? = nil
    ) {
        self.operation = operation
        self.integrationKey = integrationKey
        self.provider = provider
        self.connectionID = connectionID
        self.authMode = authMode
        self.owner = owner
        self.failure = failure
    }

    package init(
        _ operation: Operation, of connection: BrokerConnection, failure: (type: String, description: String)? = nil
    ) {
        self.init(
            operation, integrationKey: connection.integrationKey, provider: connection.provider,
            connectionID: connection.connectionID, authMode: connection.credentials.wireName, owner: connection.owner,
            failure: failure)
    }

    package var kind: String { "auth." + operation.rawValue + (failure == nil ? "" : ".failed") }

    /// The wire's body for events of type `auth`, its keys in this order for good.
    ///
    /// `from` is the word that receivers of the wire format compare with.
    package func body(environment: String) -> [UInt8] {
        var members: [(name: String, value: JSONText)] = [
            ("from", .string("nango")), ("type", .string("auth")), ("connectionId", .string(connectionID)),
            ("providerConfigKey", .string(integrationKey)), ("authMode", .string(authMode)),
            ("provider", .string(provider)), ("environment", .string(environment)),
            ("success", .boolean(failure == nil)), ("operation", .string(operation.rawValue)),
        ]
        if let endUser {
            members.append(("endUser", endUser))
        }
        if !owner.tags.isEmpty {
            let tags = owner.tags.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            members.append(("tags", .object(tags.map { ($0.key, .string($0.value)) })))
        }
        if let failure {
            members.append(
                (
                    "error",
                    .object([("type", .string(failure.type)), ("description", .string(failure.description))])
                ))
        }
        return JSONText.object(members).bytes
    }

    private var endUser: JSONText? {
        guard let id = owner.endUserID else { return nil }
        let email = owner.endUser["email"]?.string.map(JSONText.string) ?? .word("null")
        let organization = owner.organizationID.map(JSONText.string) ?? .word("null")
        return .object([("endUserId", .string(id)), ("endUserEmail", email), ("organizationId", organization)])
    }
}

/// A delivery as pages show it.
package struct WebhookDelivery: Sendable {
    package let id: ID<Entity.Webhook>
    package let kind: String
    package let integrationKey: String
    package let connectionID: String
    package let url: String
    package let body: String
    package let createdAt: Instant
    package let attempts: Int64
    package let nextAttemptAt: Instant?
    package let deliveredAt: Instant?
    package let failedAt: Instant?
    package let replayOf: String?

    package init(
        id: ID<Entity.Webhook>, kind: String, integrationKey: String, connectionID: String, url: String, body: String,
        createdAt: Instant, attempts: Int64, nextAttemptAt: Instant?, deliveredAt: Instant?, failedAt: Instant?,
        replayOf: String?
    ) {
        self.id = id
        self.kind = kind
        self.integrationKey = integrationKey
        self.connectionID = connectionID
        self.url = url
        self.body = body
        self.createdAt = createdAt
        self.attempts = attempts
        self.nextAttemptAt = nextAttemptAt
        self.deliveredAt = deliveredAt
        self.failedAt = failedAt
        self.replayOf = replayOf
    }
}

/// One try of a delivery.
package struct WebhookAttempt: Sendable {
    package let number: Int64
    package let at: Instant
    package let milliseconds: Int64
    package let status: Int64?
    /// In a word: `timedOut`, `HTTP 500`.
    package let problem: String?

    package init(number: Int64, at: Instant, milliseconds: Int64, status: Int64?, problem: String?) {
        self.number = number
        self.at = at
        self.milliseconds = milliseconds
        self.status = status
        self.problem = problem
    }
}

package enum WebhookSchedule {
    /// In seconds after an attempt failed; after the tenth nothing is tried any more (about a day).
    package static func pause(after attempts: Int64) -> Int64? {
        let pauses: [Int64] = [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 43_200]
        guard attempts >= 1, attempts <= pauses.count else { return nil }
        return pauses[Int(attempts) - 1]
    }
}
