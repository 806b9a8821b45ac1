import OAuth

extension SealedColumn {
    /// What the broker seals.
    static let broker = [
        SealedColumn(
            table: "environments", place: "hmac_key",
            stale: { key, batch in
                """
                SELECT id, sealed_hmac_key AS sealed FROM environments
                WHERE sealed_hmac_key IS NOT NULL AND substr(sealed_hmac_key, 2, 8) <> \(key.bytes) LIMIT \(batch)
                """
            },
            update: { id, sealed in "UPDATE environments SET sealed_hmac_key = \(sealed) WHERE id = \(id)" }),
        SealedColumn(
            table: "environments", place: "old_hmac_key",
            stale: { key, batch in
                """
                SELECT id, sealed_old_hmac_key AS sealed FROM environments
                WHERE sealed_old_hmac_key IS NOT NULL AND substr(sealed_old_hmac_key, 2, 8) <> \(key.bytes)
                LIMIT \(batch)
                """
            },
            update: { id, sealed in "UPDATE environments SET sealed_old_hmac_key = \(sealed) WHERE id = \(id)" }),
        SealedColumn(
            table: "environments", place: "webhook_key",
            stale: { key, batch in
                """
                SELECT id, sealed_webhook_key AS sealed FROM environments
                WHERE substr(sealed_webhook_key, 2, 8) <> \(key.bytes) LIMIT \(batch)
                """
            },
            update: { id, sealed in "UPDATE environments SET sealed_webhook_key = \(sealed) WHERE id = \(id)" }),
        SealedColumn(
            table: "environments", place: "old_webhook_key",
            stale: { key, batch in
                """
                SELECT id, sealed_old_webhook_key AS sealed FROM environments
                WHERE sealed_old_webhook_key IS NOT NULL AND substr(sealed_old_webhook_key, 2, 8) <> \(key.bytes)
                LIMIT \(batch)
                """
            },
            update: { id, sealed in "UPDATE environments SET sealed_old_webhook_key = \(sealed) WHERE id = \(id)" }),
        SealedColumn(
            table: "environment_keys", place: "secret",
            stale: { key, batch in
                """
                SELECT id, sealed_secret AS sealed FROM environment_keys
                WHERE sealed_secret IS NOT NULL AND substr(sealed_secret, 2, 8) <> \(key.bytes) LIMIT \(batch)
                """
            },
            update: { id, sealed in "UPDATE environment_keys SET sealed_secret = \(sealed) WHERE id = \(id)" }),
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
        SealedColumn(
            table: "integrations", place: "client_secret",
            stale: { key, batch in
                """
                SELECT id, sealed_client_secret AS sealed FROM integrations
                WHERE sealed_client_secret IS NOT NULL AND substr(sealed_client_secret, 2, 8) <> \(key.bytes)
                LIMIT \(batch)
                """
            },
            update: { id, sealed in "UPDATE integrations SET sealed_client_secret = \(sealed) WHERE id = \(id)" }),
        SealedColumn(
            table: "connect_flows", place: "secret",
            stale: { key, batch in
                """
                SELECT id, sealed_secret AS sealed FROM connect_flows
                WHERE substr(sealed_secret, 2, 8) <> \(key.bytes) LIMIT \(batch)
                """
            },
            update: { id, sealed in "UPDATE connect_flows SET sealed_secret = \(sealed) WHERE id = \(id)" }),
        SealedColumn(
            table: "connections", place: "credentials",
            stale: { key, batch in
                """
                SELECT integration_id || ' ' || version || ' ' || connection_id AS id, sealed_credentials AS sealed
                FROM connections WHERE substr(sealed_credentials, 2, 8) <> \(key.bytes) LIMIT \(batch)
                """
            },
            update: { id, sealed in
                let integration = Place(id)
                let version = Place(integration.rest)
                return """
                    UPDATE connections SET sealed_credentials = \(sealed)
                    WHERE integration_id = \(integration.first) AND connection_id = \(version.rest)
                    """
            }),
        SealedColumn(
            table: "integrations", place: "values",
            stale: { key, batch in
                """
                SELECT id AS id, sealed_values AS sealed FROM integrations
                WHERE sealed_values IS NOT NULL AND substr(sealed_values, 2, 8) <> \(key.bytes) LIMIT \(batch)
                """
            },
            update: { id, sealed in "UPDATE integrations SET sealed_values = \(sealed) WHERE id = \(id)" }),
        SealedColumn(
            table: "connect_flows", place: "values",
            stale: { key, batch in
                """
                SELECT id AS id, sealed_values AS sealed FROM connect_flows
                WHERE sealed_values IS NOT NULL AND substr(sealed_values, 2, 8) <> \(key.bytes) LIMIT \(batch)
                """
            },
            update: { id, sealed in "UPDATE connect_flows SET sealed_values = \(sealed) WHERE id = \(id)" }),
        SealedColumn(
            table: "connect_sessions", place: "asked",
            stale: { key, batch in
                """
                SELECT id AS id, sealed_asked AS sealed FROM connect_sessions
                WHERE sealed_asked IS NOT NULL AND substr(sealed_asked, 2, 8) <> \(key.bytes) LIMIT \(batch)
                """
            },
            update: { id, sealed in "UPDATE connect_sessions SET sealed_asked = \(sealed) WHERE id = \(id)" }),
        SealedColumn(
            table: "connections", place: "values",
            stale: { key, batch in
                """
                SELECT integration_id || ' ' || version || ' ' || connection_id AS id, sealed_values AS sealed
                FROM connections WHERE sealed_values IS NOT NULL AND substr(sealed_values, 2, 8) <> \(key.bytes) LIMIT \(batch)
                """
            },
            update: { id, sealed in
                let integration = Place(id)
                let version = Place(integration.rest)
                return """
                    UPDATE connections SET sealed_values = \(sealed)
                    WHERE integration_id = \(integration.first) AND connection_id = \(version.rest)
                    """
            }),
    ]

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
