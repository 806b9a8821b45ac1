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

    /// Where somebody who has no such key reads how to get one.
    var documentationURL: String { credentials.isEmpty ? "" : provider.documentation }

    private var asked: [ConnectionField] {
        provider.fields.filter { $0.source == .person && pinned[$0.name] == nil }
    }

    private var credentials: [CredentialField] { provider.method.typed.filter { !$0.isForPrograms } }

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
                return field.isOptional
                    ? nil : FieldProblem(field.name, "Enter the \(field.title.insideSentence(at: provider)).")
            }
            return field.accepts(value) ? nil : FieldProblem(field.name, field.refusal)
        }
        let credentials = credentials.compactMap { credential -> FieldProblem? in
            guard let text = typed.credentials[credential.name], !text.utf8.isEmpty else {
                let title = credential.title.insideSentence(at: provider)
                return credential.isOptional ? nil : FieldProblem(credential.name, "Enter the \(title).")
            }
            return credential.accepts(text) ? nil : FieldProblem(credential.name, credential.refusal)
        }
        return values + credentials
    }

    /// Said at the one that cannot be right, else at the last secret one.
    func problems(because refusal: ConnectRefusal) -> [FieldProblem] {
        var field = credentials.last { $0.isSecret }
        if case .invalidCredential(let name) = refusal.reason {
            field = credentials.first { $0.name.isSame(as: name) }
        }
        return field.map { [FieldProblem($0.name, refusal.sentence)] } ?? []
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
                name: credential.name, label: credential.title + (credential.isOptional ? " (optional)" : ""),
                hint: credential.hint,
                value: credential.isSecret ? "" : typed.credentials[credential.name] ?? "",
                isSecret: credential.isSecret, isLong: credential.shape == .lines || credential.shape == .list,
                problemText: problem(credential.name))
        }
        return values + credentials
    }
}

extension CredentialField {
    /// What to enter, said below its label.
    fileprivate var hint: String {
        let isKeyInPEM = shape == .lines && explanation == nil
        return [
            isKeyInPEM ? "All of the file, with its lines BEGIN and END." : explanation,
            example.map { "Example: \($0)" },
        ].compactMap { $0 }.joined(separator: " ")
    }

    /// What is wrong with a text that it does not accept.
    fileprivate var refusal: String {
        switch shape {
        case .line: "\(title): one line, without tabs and line breaks."
        case .lines, .list: "\(title): plain text of at most 16 KB."
        case .pair: "\(title): two parts with a colon between them."
        }
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
