import OAuth

extension App.Owner {
    package var actor: AuditActor { AuditActor(.person, id: id.text, name: name) }
}

extension AppDetails {
    /// What the log keeps of an app at its registration.
    package var auditDetail: [String: String] { ["kind": kind.rawValue, "scopes": scopes.text, "callbacks": lines] }

    /// What an edit changed, as "before → after"; the long description only by name.
    package func changes(since old: AppDetails) -> [String: String] {
        var changes: [String: String] = [:]
        func note(_ name: String, _ before: String, _ after: String) {
            if !before.utf8.elementsEqual(after.utf8) { changes[name] = "\(before) → \(after)" }
        }
        note("name", old.name, name)
        note("homepage", old.homepage, homepage)
        note("callbacks", old.lines, lines)
        note("kind", old.kind.rawValue, kind.rawValue)
        note("pkce", old.pkceRequired ? "required" : "optional", pkceRequired ? "required" : "optional")
        note("token_format", old.tokenFormat.rawValue, tokenFormat.rawValue)
        note("scopes", old.scopes.text, scopes.text)
        if !old.description.utf8.elementsEqual(description.utf8) { changes["description"] = "changed" }
        return changes
    }

    private var lines: String { callbacks.joined(separator: " ") }
}
