package import OAuth

/// How a connect flow ended, for whoever waits for it.
package struct ConnectResult: Sendable {
    package enum Ending: Sendable {
        case connected
        case refused(ConnectRefusal)
    }

    package let integration: String
    package let connectionID: String
    package let ending: Ending

    package init(integration: String, connectionID: String, ending: Ending) {
        self.integration = integration
        self.connectionID = connectionID
        self.ending = ending
    }

    /// The one message that a waiting socket gets.
    package var socketMessage: String {
        var members: [(name: String, value: JSONText)] = [
            ("message_type", .string(refusal == nil ? "success" : "error")),
            ("provider_config_key", .string(integration)),
            ("connection_id", .string(connectionID)),
        ]
        if let refusal {
            members.append(("error_type", .string(refusal.socketType)))
            members.append(("error_desc", .string(refusal.explanation)))
        } else {
            members.append(("is_pending", .boolean(false)))
        }
        return String(decoding: JSONText.object(members).bytes, as: UTF8.self)
    }

    /// What the popup posts to its opener, in the spelling of the wire format's first clients.
    package var openerMessage: String {
        let data: JSONText
        if let refusal {
            let error = JSONText.object([
                ("type", .string(refusal.socketType)), ("message", .string(refusal.explanation)),
            ])
            data = .object([("error", error)])
        } else {
            data = .object([("connectionId", .string(connectionID)), ("providerConfigKey", .string(integration))])
        }
        let event = refusal == nil ? "AUTHORIZATION_SUCEEDED" : "AUTHORIZATION_FAILED"
        let message = JSONText.object([("eventType", .string(event)), ("data", data)])
        return String(decoding: message.bytes, as: UTF8.self)
    }

    private var refusal: ConnectRefusal? {
        guard case .refused(let refusal) = ending else { return nil }
        return refusal
    }

    /// `url` with the result behind its own query, signed with each parameter under the signature (`result.v1`), so
    /// that the company's backend can tell it from an address that somebody typed.
    package func address(_ url: String, key: String?, at now: Instant) -> String {
        var pairs: [(name: String, value: String)] = [
            ("connection_id", connectionID), ("provider_config_key", integration), ("at", String(now.seconds)),
        ]
        switch ending {
        case .connected: pairs.append(("status", "success"))
        case .refused(let refusal):
            pairs += [
                ("status", "error"), ("error_type", refusal.socketType), ("error_desc", refusal.explanation),
            ]
        }
        if let key { pairs.append(("signature", SignedResult.sign(pairs, key: key))) }
        let fragment = url.utf8.firstIndex(of: 0x23).map { String(url[$0...]) } ?? ""
        return FormText.url(String(url.dropLast(fragment.count)), pairs) + fragment
    }
}

/// The signature of a redirected result: as ``SignedConnect``, under a first line of its own.
package enum SignedResult {
    package static func sign(_ parameters: [(name: String, value: String)], key: String) -> String {
        Signing.sign("result.v1", parameters, key: key)
    }
}
