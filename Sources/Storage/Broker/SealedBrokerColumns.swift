import OAuth

extension SealedColumn {
    /// What the broker seals.
    static let broker = [
        named("hmac_key", of: "environments", "environments", "sealed_hmac_key"),
        named("old_hmac_key", of: "environments", "environments", "sealed_old_hmac_key"),
        named("webhook_key", of: "environments", "environments", "sealed_webhook_key"),
        named("old_webhook_key", of: "environments", "environments", "sealed_old_webhook_key"),
        named("secret", of: "environment_keys", "environment_keys", "sealed_secret"),
        named("client_secret", of: "integrations", "integrations", "sealed_client_secret"),
        named("values", of: "integrations", "integrations", "sealed_values"),
        named("secret", of: "connect_flows", "connect_flows", "sealed_secret"),
        named("values", of: "connect_flows", "connect_flows", "sealed_values"),
        named("asked", of: "connect_sessions", "connect_sessions", "sealed_asked"),
        ofConnection("credentials", "sealed_credentials"), ofConnection("values", "sealed_values"),
        SealedColumn(
            table: "environment_variables", place: "value",
            stale: { key, batch in
                """
                SELECT environment_id || ' ' || name AS id, sealed_value AS sealed FROM environment_variables
                WHERE substr(sealed_value, 2, 8) <> \(key.bytes) LIMIT \(batch)
                """
            },
            update: { id, sealed in
                let parts = Place(id)
                return """
                    UPDATE environment_variables SET sealed_value = \(sealed)
                    WHERE environment_id = \(parts.first) AND name = \(parts.rest)
                    """
            }),
    ]

    /// A column of a table whose rows have an ID. The names stand twice: a seal is bound to a text, a statement is made of
    /// pieces.
    private static func named(
        _ place: StaticString, of table: StaticString, _ rows: SQL, _ column: SQL
    ) -> SealedColumn {
        SealedColumn(
            table: table, place: place,
            stale: { key, batch in
                """
                SELECT id, \(fragment: column) AS sealed FROM \(fragment: rows)
                WHERE \(fragment: column) IS NOT NULL AND substr(\(fragment: column), 2, 8) <> \(key.bytes)
                LIMIT \(batch)
                """
            },
            update: { id, sealed in
                "UPDATE \(fragment: rows) SET \(fragment: column) = \(sealed) WHERE id = \(id)"
            })
    }

    /// Sealed under integration, version and connection ID.
    private static func ofConnection(_ place: StaticString, _ column: SQL) -> SealedColumn {
        SealedColumn(
            table: "connections", place: place,
            stale: { key, batch in
                """
                SELECT integration_id || ' ' || version || ' ' || connection_id AS id, \(fragment: column) AS sealed
                FROM connections
                WHERE \(fragment: column) IS NOT NULL AND substr(\(fragment: column), 2, 8) <> \(key.bytes)
                LIMIT \(batch)
                """
            },
            update: { id, sealed in
                let integration = Place(id)
                let version = Place(integration.rest)
                return """
                    UPDATE connections SET \(fragment: column) = \(sealed)
                    WHERE integration_id = \(integration.first) AND connection_id = \(version.rest)
                    """
            })
    }

    /// What stands before the first space, and behind it.
    private struct Place {
        let first: String
        let rest: String

        init(_ text: String) {
            let head = text.utf8.prefix { $0 != 0x20 }
            first = String(decoding: head, as: UTF8.self)
            rest = String(decoding: text.utf8.dropFirst(head.count + 1), as: UTF8.self)
        }
    }
}
