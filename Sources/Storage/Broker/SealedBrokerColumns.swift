import OAuth

extension SealedColumn {
    /// What the broker seals.
    static let broker: [SealedColumn] =
        [
            SealedColumn("environments", "sealed_hmac_key", as: "hmac_key"),
            SealedColumn("environments", "sealed_old_hmac_key", as: "old_hmac_key"),
            SealedColumn("environments", "sealed_webhook_key", as: "webhook_key"),
            SealedColumn("environments", "sealed_old_webhook_key", as: "old_webhook_key"),
            SealedColumn("environment_keys", "sealed_secret", as: "secret"),
            SealedColumn("integrations", "sealed_client_secret", as: "client_secret"),
            SealedColumn("integrations", "sealed_values", as: "values"),
            SealedColumn("connect_flows", "sealed_secret", as: "secret"),
            SealedColumn("connect_flows", "sealed_values", as: "values"),
            SealedColumn("connect_sessions", "sealed_asked", as: "asked"), variables,
        ] + connections

    private static let variables = SealedColumn(
        "environment_variables", "sealed_value", as: "value", by: "environment_id || ' ' || name",
        update: { id, sealed in
            let parts = Place(id)
            return """
                UPDATE environment_variables SET sealed_value = \(sealed)
                WHERE environment_id = \(parts.first) AND name = \(parts.rest)
                """
        })

    private static let connections =
        ([("sealed_credentials", "credentials"), ("sealed_values", "values")]
        as [(StaticString, StaticString)])
        .map { column, place in
            SealedColumn(
                "connections", column, as: place, by: "integration_id || ' ' || version || ' ' || connection_id",
                update: { id, sealed in
                    let integration = Place(id)
                    let version = Place(integration.rest)
                    return """
                        UPDATE connections SET \(name: column) = \(sealed)
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
