package import OAuth

/// One thing that somebody types to be let in at a provider: a key, a password, the ID of a key.
package struct CredentialField: Sendable {
    package enum Shape: String, Sendable, CaseIterable {
        /// One line.
        case line
        /// Several lines, as a key in PEM has.
        case lines
        /// Any number of texts: a list in JSON, one on each line in a form.
        case list
        /// Two halves with a colon between, which entries name apart: `{apiKey.id}` and `{apiKey.secret}`.
        case pair
    }

    /// As the wire format and the provider's entry call it.
    package let name: String
    package let title: String
    package let explanation: String?
    package let example: String?
    package let shape: Shape
    package let isSecret: Bool
    package let isOptional: Bool
    /// Sent by programs that know what they do; no page asks a person for it.
    package let isForPrograms: Bool

    package init(
        _ name: String, _ title: String, explanation: String? = nil, example: String? = nil, shape: Shape = .line,
        isSecret: Bool = false, isOptional: Bool = false, isForPrograms: Bool = false
    ) {
        self.name = name
        self.title = title
        self.explanation = explanation
        self.example = example
        self.shape = shape
        self.isSecret = isSecret
        self.isOptional = isOptional
        self.isForPrograms = isForPrograms
    }

    /// What HTTP Basic takes (RFC 7617 §2), where an entry does not say what the provider calls it.
    static let userNameAndPassword = [
        CredentialField("username", "User name"),
        CredentialField("password", "Password", isSecret: true, isOptional: true),
    ]

    /// In bytes; a private key of 4,096 bits in PEM, encoded once more, is well below.
    private static let longest = 16_384

    /// Whether a text may be stored under it. Most of them go into a header: what could not would fail at each call.
    package func accepts(_ text: String) -> Bool {
        guard (1...Self.longest).contains(text.utf8.count) else { return false }
        let takesLines = shape == .lines || shape == .list
        let isPlain = text.utf8.allSatisfy { byte in
            (byte >= 0x20 && byte != 0x7F) || (takesLines && (byte == 0x0A || byte == 0x0D))
        }
        return isPlain && (shape != .pair || halves(of: text) != nil)
    }

    /// The text that a member of a JSON body stands for; nil when it is none. `""` counts as not sent.
    package func text(_ value: JSONValue?) -> String? {
        switch (value, shape) {
        case (nil, _), (.null?, _): return ""
        case (.string(let text)?, _): return text
        case (.array(let elements)?, .list):
            let texts = elements.compactMap(\.string)
            guard texts.count == elements.count, texts.allSatisfy({ !$0.utf8.contains(0x0A) }) else { return nil }
            return texts.joined(separator: "\n")
        case (.object?, .pair):
            guard let id = value?["id"]?.string, let secret = value?["secret"]?.string else { return nil }
            return id + ":" + secret
        default: return nil
        }
    }

    /// `private_key` for `privateKey`: how imports may call it as well.
    package var alias: String {
        String(
            decoding: name.utf8.flatMap { (0x41...0x5A).contains($0) ? [0x5F, $0 | 0x20] : [$0] }, as: UTF8.self)
    }

    /// What templates of the entry may name, and what stands there.
    func placeholders(_ text: String) -> [String: String] {
        guard shape == .pair, let (id, secret) = halves(of: text) else { return [name: text] }
        return [name: text, name + ".id": id, name + ".secret": secret]
    }

    /// Every name that ``placeholders(_:)`` may give.
    var placeholderNames: [String] { shape == .pair ? [name, name + ".id", name + ".secret"] : [name] }

    /// The texts of a list.
    static func elements(_ text: String) -> [String] {
        text.utf8.split { $0 == 0x0A || $0 == 0x0D }.map { String(decoding: $0, as: UTF8.self) }
    }

    private func halves(of text: String) -> (id: String, secret: String)? {
        let halves = text.utf8.split(separator: 0x3A, omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else { return nil }
        return (String(decoding: halves[0], as: UTF8.self), String(decoding: halves[1], as: UTF8.self))
    }
}

extension [CredentialField] {
    /// What templates may name of what somebody typed.
    func placeholders(_ typed: [String: String]) -> [String: String] {
        reduce(into: [:]) { all, field in
            guard let text = typed[field.name] else { return }
            all.merge(field.placeholders(text)) { _, new in new }
        }
    }
}

extension Provider.Method {
    /// Whether a connection is a key or a password of a person's own, which an import does not replace unasked. Tokens of
    /// OAuth are replaced: whoever imports them has newer ones.
    package var isTypedKey: Bool {
        switch self {
        case .apiKey, .basic, .jwt, .twoStep, .tba: true
        case .oauth2, .oauth1, .clientCredentials, .app, .unauthenticated: false
        }
    }

    /// What somebody types where no page of the provider asks; empty where one does, or nothing is needed.
    package var typed: [CredentialField] {
        switch self {
        case .apiKey: [CredentialField("apiKey", "API key", isSecret: true)]
        case .basic(let credentials): credentials
        case .clientCredentials:
            [
                CredentialField("client_id", "Client ID"),
                CredentialField("client_secret", "Client secret", isSecret: true),
            ]
        case .jwt(let signing): signing.credentials
        case .twoStep(let twoStep): twoStep.credentials
        case .tba:
            [
                CredentialField("token_id", "Token ID", isSecret: true),
                CredentialField("token_secret", "Token secret", isSecret: true),
                CredentialField("oauth_client_id_override", "Consumer key", isOptional: true, isForPrograms: true),
                CredentialField(
                    "oauth_client_secret_override", "Consumer secret", isSecret: true, isOptional: true,
                    isForPrograms: true),
            ]
        case .oauth2, .oauth1, .app, .unauthenticated: []
        }
    }
}
