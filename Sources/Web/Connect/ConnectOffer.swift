import Broker
import OAuth

/// One integration on the hosted page: what the person must say before it can be connected.
struct ConnectOffer {
    let integration: Integration
    let provider: Provider
    /// Values that the company's backend has said already, or that a connection to be connected again has.
    let pinned: [String: String]

    struct Typed {
        var values: [String: String] = [:]
        var credentials: [String: String] = [:]
    }

    var key: String { integration.details.key }
    var title: String { integration.title(with: provider) }

    /// It goes on at the provider.
    var leadsAway: Bool { provider.method.leadsAway }

    private var asked: [ConnectionField] {
        provider.fields.filter { $0.source == .person && pinned[$0.name] == nil }
    }

    /// Name, label and whether it is secret and must be there.
    private var credentials: [(name: String, label: String, isSecret: Bool, isOptional: Bool)] {
        switch provider.method {
        case .apiKey: [("apiKey", "API key", true, false)]
        case .basic: [("username", "User name", false, false), ("password", "Password", true, true)]
        case .clientCredentials:
            [("client_id", "Client ID", false, false), ("client_secret", "Client secret", true, false)]
        case .oauth2, .oauth1, .app, .unauthenticated: []
        }
    }

    func typed(in form: Form) -> Typed {
        var typed = Typed()
        for field in asked { typed.values[field.name] = form.value("value-" + field.name) }
        for credential in credentials { typed.credentials[credential.name] = form.value("value-" + credential.name) }
        typed.values = typed.values.filter { !$0.value.utf8.isEmpty }
        return typed
    }

    func problems(with typed: Typed) -> [FieldProblem] {
        let values = asked.compactMap { field -> FieldProblem? in
            guard let value = typed.values[field.name] else {
                return field.isOptional ? nil : FieldProblem(field.name, "Enter the \(field.title).")
            }
            return field.accepts(value) ? nil : FieldProblem(field.name, field.refusal)
        }
        let credentials = credentials.compactMap { credential -> FieldProblem? in
            let isMissing = typed.credentials[credential.name]?.utf8.isEmpty ?? true
            return isMissing && !credential.isOptional
                ? FieldProblem(credential.name, "Enter the \(credential.label).") : nil
        }
        return values + credentials
    }

    /// Said at the last of the credentials, which is the secret one.
    var refusedCredentials: [FieldProblem] {
        credentials.last.map { [FieldProblem($0.name, ConnectRefusal(.credentialsRefused("")).sentence)] } ?? []
    }

    /// What was typed is shown again, but for secrets.
    func fields(_ typed: Typed, _ problems: [FieldProblem]) -> [ConnectLinkPage.Field] {
        func problem(_ name: String) -> String { problems.first { $0.field == name }?.message ?? "" }
        let values = asked.map { field in
            ConnectLinkPage.Field(
                name: field.name, label: field.title + (field.isOptional ? " (optional)" : ""), hint: field.hint,
                value: typed.values[field.name] ?? "", isSecret: field.isSecret,
                options: field.choices.map { .init(value: $0, isChosen: $0 == typed.values[field.name]) },
                problemText: problem(field.name))
        }
        let credentials = credentials.map { credential in
            ConnectLinkPage.Field(
                name: credential.name, label: credential.label + (credential.isOptional ? " (optional)" : ""),
                value: credential.isSecret ? "" : typed.credentials[credential.name] ?? "",
                isSecret: credential.isSecret, problemText: problem(credential.name))
        }
        return values + credentials
    }
}

extension ConnectionField.Format {
    /// What a value may look like, for people.
    var sentence: String {
        switch self {
        case .label: "letters, digits and hyphens, without a dot."
        case .host: "a host name such as app.example.com, without https:// and path."
        case .origin: "an address that begins with https://."
        case .digits: "digits only."
        case .word: "letters, digits and . _ - ~, without spaces."
        case .text: "one line of text."
        }
    }
}
