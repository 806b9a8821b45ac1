import Broker
import OAuth

/// An OAuth 2 provider that is not in the catalogue, as a form asks for it. Stored as a provider file of one entry, so
/// that the same rules hold as for the catalogue.
struct CustomProvider {
    /// The key of the one entry.
    static let key = "custom"
    static let title = "another OAuth 2 provider"

    var title = ""
    var authorizeURL = ""
    var tokenURL = ""
    var revocationURL = ""
    var apiBase = ""
    var separator = "space"
    var client = "body"
    var sendsPKCE = true

    init() {}

    init(_ sent: Form) {
        title = sent.value("custom-title")
        authorizeURL = sent.value("custom-authorize")
        tokenURL = sent.value("custom-token")
        revocationURL = sent.value("custom-revoke")
        apiBase = sent.value("custom-api")
        separator = sent.value("custom-separator")
        client = sent.value("custom-client")
        sendsPKCE = !sent.value("custom-pkce").utf8.isEmpty
    }

    /// As it was stored.
    init(_ provider: Provider) {
        title = provider.title
        apiBase = provider.api?.base.first?.text ?? ""
        guard case .oauth2(let oauth2) = provider.method else { return }
        authorizeURL = oauth2.authorize.url.first?.text ?? ""
        tokenURL = oauth2.token.url.first?.text ?? ""
        revocationURL = oauth2.token.revocationURL.first?.text ?? ""
        separator = oauth2.authorize.scopeSeparator.utf8.elementsEqual(",".utf8) ? "comma" : "space"
        client = oauth2.token.client.rawValue
        sendsPKCE = oauth2.authorize.sendsPKCE
    }

    /// The provider file. Every text stands in double quotes, and holds no control character.
    var definition: String {
        var lines = [
            "\(Self.key):", "  title: \(quoted(title))", "  docs: \(quoted(authorizeURL))", "  auth: oauth2",
            "  authorize:",
            "    url: \(quoted(authorizeURL))", "    scope_separator: \(quoted(separator == "comma" ? "," : " "))",
            "    pkce: \(sendsPKCE)", "  token:", "    url: \(quoted(tokenURL))",
            "    client: \(client == "basic" ? "basic" : client == "both" ? "both" : "body")",
        ]
        if !revocationURL.utf8.isEmpty { lines.append("    revocation_url: \(quoted(revocationURL))") }
        if !apiBase.utf8.isEmpty { lines += ["  api:", "    base: \(quoted(apiBase))"] }
        return lines.joined(separator: "\n") + "\n"
    }

    private func quoted(_ text: String) -> String { literal(text) }

    var problems: [FieldProblem] {
        var problems: [FieldProblem] = []
        if !ConnectionFieldText.isLine(title, atMost: 80) {
            problems.append(FieldProblem("custom-title", "Enter the provider’s name, up to 80 characters."))
        }
        for (name, value, what, isNeeded) in [
            ("custom-authorize", authorizeURL, "authorization address", true),
            ("custom-token", tokenURL, "token address", true),
            ("custom-revoke", revocationURL, "revocation address", false),
            ("custom-api", apiBase, "address of the API", false),
        ] where isNeeded || !value.utf8.isEmpty {
            guard !CallbackAddress.isSound(value) else { continue }
            problems.append(
                FieldProblem(
                    name, "Enter the \(what) as https://…, without # (http:// only for 127.0.0.1 and localhost)."))
        }
        // What these checks let through and the reader of provider files does not is said as it says it.
        if problems.isEmpty, let other = ProviderFile(definition).problems.first {
            problems.append(FieldProblem("custom-authorize", "\(other.explanation)."))
        }
        return problems
    }

    func fields(_ problems: [FieldProblem]) -> [DataField] {
        func problem(_ name: String) -> String {
            problems.first { $0.field.utf8.elementsEqual(name.utf8) }?.message ?? ""
        }
        func field(_ name: String, _ label: String, _ value: String, _ hint: String = "") -> DataField {
            DataField(name: name, label: label, hint: hint, value: value, problemText: problem(name))
        }
        return [
            field("custom-title", "Name of the provider", title, "People see it when they connect."),
            field(
                "custom-authorize", "Authorization address", authorizeURL, "Where people allow access (RFC 6749 §3.1)."),
            field("custom-token", "Token address", tokenURL, "Where codes become tokens (RFC 6749 §3.2)."),
            field(
                "custom-revoke", "Revocation address (optional)", revocationURL, "Called when a connection is deleted."),
            field("custom-api", "Address of the API (optional)", apiBase, "What calls through the proxy begin with."),
            DataField(
                name: "custom-client", label: "ID and secret are sent",
                choices: [
                    Choice(value: "body", label: "In the body"), Choice(value: "basic", label: "By Basic"),
                    Choice(value: "both", label: "Both ways"),
                ].map { $0.chosen(if: client) }),
            DataField(
                name: "custom-separator", label: "Between scopes stands",
                choices: [Choice(value: "space", label: "A space"), Choice(value: "comma", label: "A comma")]
                    .map { $0.chosen(if: separator) }),
        ]
    }
}

enum ConnectionFieldText {
    static func isLine(_ text: String, atMost bytes: Int) -> Bool {
        (1...bytes).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}
