import OAuth

extension Provider {
    /// What of the request's `params` the connection keeps: the provider's own fields in the form they must have, and
    /// whatever else the page sent, as plain text (the wire keeps it all in `connection_config`).
    ///
    /// Values that come with the callback, with the token or from the integration are not the page's to say.
    package func values(from asked: [String: String]) throws(ConnectRefusal) -> [String: String] {
        guard asked.count <= Self.mostValues else { throw ConnectRefusal(.unreadable) }
        for (name, value) in asked {
            guard accepts(value, under: name), field(name)?.source ?? .person == .person else {
                throw ConnectRefusal(.invalidValue(name))
            }
        }
        for field in fields where field.source == .person && !field.isOptional && asked[field.name] == nil {
            throw ConnectRefusal(.missingValue(field.name))
        }
        return asked
    }

    package static let mostValues = 50

    /// Whether a connection may have a value: in its field's form, or plain text under a plain name that is no
    /// credential's. Templates take both from one place, and what stands under a credential's name is secret.
    package func accepts(_ value: String, under name: String) -> Bool {
        guard let field = field(name) else {
            return ConnectionField.isPlainText(value) && Self.isValueName(name) && !credentialNames.holds(name)
        }
        return field.accepts(value)
    }

    /// Plain enough to be a name in JSON, in a form and in a snippet.
    private static func isValueName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || [0x2D, 0x2E, 0x5F].contains($0)
            }
    }
}
