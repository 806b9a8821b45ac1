import Broker
import OAuth
import Portal

/// What was typed of an integration.
struct IntegrationForm {
    var key = ""
    var displayName = ""
    var clientID = ""
    /// Never shown again, not even to whoever typed it.
    var secret = ""
    var scopes = ""
    var values: [String: String] = [:]
    /// Fields whose stored value is to go: of a secret one an empty input keeps it.
    var removed: [String] = []
    var hasOwnCallback = false
    /// Of a provider that the catalogue does not have.
    var custom: CustomProvider?
    /// How many connections the reader was told of.
    var understood = ""

    /// For a new one.
    init(suggesting provider: Provider?, key: String) {
        self.key = key
        scopes = (provider?.method.suggestedScopes ?? []).joined(separator: "\n")
        if provider == nil { custom = CustomProvider() }
    }

    init(_ integration: Integration, _ provider: Provider?) {
        let details = integration.details
        key = details.key
        displayName = details.displayName
        clientID = details.clientID
        scopes = details.scopes.joined(separator: "\n")
        values = details.values
        hasOwnCallback = details.hasOwnCallback
        if details.definition != nil { custom = provider.map(CustomProvider.init) ?? CustomProvider() }
    }

    init(_ sent: Form, fields: [ConnectionField], isCustom: Bool) throws {
        key = try sent.text("key")
        displayName = try sent.text("display_name")
        clientID = try sent.text("client_id")
        secret = try sent.text("secret")
        scopes = try sent.text("scopes")
        hasOwnCallback = try sent.text("callback").utf8.elementsEqual("own".utf8)
        understood = try sent.text("understood")
        for field in fields { values[field.name] = sent.value("value-" + field.name) }
        values = values.filter { !$0.value.utf8.isEmpty }
        removed = fields.map(\.name).filter { !sent.value("remove-value-" + $0).utf8.isEmpty }
        if isCustom { custom = CustomProvider(sent) }
    }

    /// Checks everything at once. What is empty is missing, and makes the integration incomplete, not wrong: an ID and a
    /// secret often come later than the callback URL is needed.
    func check(_ provider: Provider?) -> (typed: Checked, problems: [FieldProblem]) {
        var problems = custom?.problems ?? []
        if !WireName.isIntegrationKey(key) {
            problems.append(FieldProblem("key", "Use letters, digits, spaces and ~ : . @ _ -, at most 255."))
        }
        let name = displayName.utf8.isEmpty ? "" : TypedText.line(displayName, atMost: 80)
        if name == nil {
            problems.append(FieldProblem("display_name", "Enter a name of one line, up to 80 characters."))
        }
        let id = clientID.utf8.isEmpty ? "" : TypedText.line(clientID, atMost: 1000)
        if id == nil { problems.append(FieldProblem("client_id", "Enter it as the provider shows it, in one line.")) }
        let secret = Self.secret(self.secret)
        if secret == nil {
            problems.append(FieldProblem("secret", "Enter it as the provider shows it; at most 16 KB of plain text."))
        }
        let scopes = scopeList
        if let wrong = scopes.first(where: { Scope($0) == nil || $0.utf8.count > 500 }) {
            problems.append(
                FieldProblem(
                    "scopes", "“\(String(wrong.prefix(60)))” is no scope: it holds a quote, a backslash or other signs."
                ))
        } else if scopes.count > 200 {
            problems.append(FieldProblem("scopes", "Enter at most 200 scopes."))
        }
        for field in provider?.fields ?? [] where field.source == .integration {
            guard let value = values[field.name] else { continue }
            if removed.holds(field.name) {
                problems.append(
                    FieldProblem("value-" + field.name, "Enter a new value or remove the stored one, not both."))
            } else if !field.accepts(value) {
                problems.append(FieldProblem("value-" + field.name, field.refusal))
            }
        }
        let checked = Checked(
            displayName: name ?? "", clientID: id ?? "", secret: secret.flatMap { $0.utf8.isEmpty ? nil : $0 },
            scopes: scopes)
        return (checked, problems)
    }

    struct Checked {
        let displayName: String
        let clientID: String
        /// nil keeps what there is.
        let secret: String?
        let scopes: [String]
    }

    func details(_ checked: Checked, provider: String) -> IntegrationDetails {
        IntegrationDetails(
            key: key, provider: provider, definition: custom?.definition, displayName: checked.displayName,
            clientID: checked.clientID, scopes: checked.scopes, values: values, hasOwnCallback: hasOwnCallback)
    }

    private var scopeList: [String] { IntegrationDetails.scopes(of: scopes) }

    /// White space around it is a slip of the hand; lines within it belong to private keys. Nil when it is none.
    private static func secret(_ typed: String) -> String? {
        let bytes = typed.utf8.filter { $0 != 0x0D }
        guard bytes.count <= 16_384, bytes.allSatisfy({ $0 == 0x0A || (0x20...0x7E).contains($0) || $0 >= 0x80 }) else {
            return nil
        }
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x0A }
        let trimmed = bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        return String(decoding: trimmed, as: UTF8.self)
    }
}

extension IntegrationForm {
    /// - Parameter stored: what the integration has. Of a secret one the page says only that it is there.
    func fields(
        of provider: Provider?, _ problems: [FieldProblem], stored: [String: String]
    ) -> [DataField] {
        (provider?.fields ?? []).filter { $0.source == .integration }.map { field in
            let name = "value-" + field.name
            let none = field.isOptional ? [Choice(value: "", label: "None")] : []
            let isKept = field.isSecret && stored[field.name] != nil
            let hint = [field.hint, isKept ? "One is stored. It is never shown; leave this empty to keep it." : ""]
            return DataField(
                name: name, label: field.title + (field.isOptional ? " (optional)" : ""),
                hint: hint.filter { !$0.utf8.isEmpty }.joined(separator: " "),
                value: field.isSecret ? "" : values[field.name] ?? "",
                choices: field.choices.isEmpty
                    ? []
                    : (none + field.choices.map { Choice(value: $0, label: $0) }).map {
                        $0.chosen(if: values[field.name] ?? "")
                    },
                isSecret: field.isSecret, isRemovable: isKept, isRemoved: isKept && removed.holds(field.name),
                problemText: problems.first { $0.field.utf8.elementsEqual(name.utf8) }?.message ?? "")
        }
    }
}
