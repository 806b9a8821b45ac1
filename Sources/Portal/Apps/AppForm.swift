import OAuth

/// The registration form as it was typed. Checking it gives ``AppDetails`` or every problem at once.
package struct AppForm: Sendable {
    package var name = ""
    package var description = ""
    package var homepage = ""
    package var callbacks: [String] = []
    package var kind = ""
    package var scopes: [String] = []
    package var pkce = "required"
    package var tokenFormat = "v2"

    package init() {}

    /// Field names are those of the form: `name`, `description`, `homepage`, `callbacks` (the first row),
    /// `callbacks-2` and so on, `kind`, `scopes`.
    ///
    /// - Parameter catalogue: every scope there is; an app may ask for no others.
    package func check(catalogue: [ScopeDescription]) -> Checked<AppDetails> {
        var problems: [Problem] = []
        let name = TypedText.line(self.name, atMost: 60)
        if name == nil { problems.append(Problem("name", "Enter a name, up to 60 characters.")) }
        if let problem = name.flatMap(PublicName.problem(withBrand:)) { problems.append(Problem("name", problem)) }
        let description = TypedText.paragraph(self.description, atMost: 1000)
        if description == nil || description.map({ $0.unicodeScalars.count < 20 }) == true {
            problems.append(Problem("description", "Say in at least 20 characters what the app does and for whom."))
        }
        let homepage = WebAddress(self.homepage)?.text
        if homepage == nil {
            problems.append(
                Problem(
                    "homepage",
                    "Enter the address of the app’s website, starting with https:// (while developing, http://localhost will do)."
                ))
        }
        let kind = Client.Kind(rawValue: self.kind)
        if kind == nil { problems.append(Problem("kind", "Say whether the app can keep a secret.")) }
        let callbacks = checkedCallbacks(for: kind ?? .confidential, problems: &problems)
        let scopes = checkedScopes(catalogue: catalogue, problems: &problems)
        guard let name, let description, let homepage, let kind, problems.isEmpty else { return .invalid(problems) }
        return .valid(
            AppDetails(
                name: name, description: description, homepage: homepage, callbacks: callbacks, kind: kind,
                // A public client cannot authenticate; PKCE is what binds its codes to it (OAuth 2.1 §7.5).
                pkceRequired: kind == .public || pkce != "optional",
                tokenFormat: Client.TokenFormat(rawValue: tokenFormat) ?? .v2, scopes: scopes))
    }

    private func checkedCallbacks(for kind: Client.Kind, problems: inout [Problem]) -> [String] {
        let typed = callbacks.enumerated().filter { !$0.element.utf8.allSatisfy { $0 == 0x20 } }
        guard !typed.isEmpty else {
            problems.append(Problem("callbacks", "Enter at least one callback URL."))
            return []
        }
        guard typed.count <= RegisteredRedirectURI.most else {
            problems.append(
                Problem("callbacks", "An app can have at most \(RegisteredRedirectURI.most) callback URLs."))
            return []
        }
        var accepted: [String] = []
        for (index, text) in typed {
            let field = index == 0 ? "callbacks" : "callbacks-\(index + 1)"
            do throws(RedirectURIProblem) {
                let uri = try RegisteredRedirectURI.parse(text, kind)
                if accepted.contains(where: { $0.utf8.elementsEqual(uri.text.utf8) }) {
                    problems.append(Problem(field, "This callback URL is already on the list."))
                } else {
                    accepted.append(uri.text)
                }
            } catch {
                problems.append(Problem(field, error.message))
            }
        }
        return accepted
    }

    private func checkedScopes(catalogue: [ScopeDescription], problems: inout [Problem]) -> ScopeSet {
        let known = catalogue.filter { entry in scopes.contains { $0.utf8.elementsEqual(entry.scope.text.utf8) } }
        if known.isEmpty { problems.append(Problem("scopes", "Choose at least one thing the app may ask for.")) }
        return ScopeSet(known.map(\.scope))
    }
}
