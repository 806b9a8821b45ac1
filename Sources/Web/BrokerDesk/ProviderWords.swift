import Broker

extension Provider.Method {
    /// For people.
    var title: String {
        switch self {
        case .oauth2: "OAuth 2"
        case .oauth1: "OAuth 1.0a"
        case .clientCredentials: "Client credentials"
        case .apiKey: "API key"
        case .basic: "User name and password"
        case .app: "Installed app"
        case .jwt: "Signed token"
        case .twoStep: "Token for a login"
        case .tba: "Token-based (OAuth 1.0a)"
        case .unauthenticated: "No credentials"
        }
    }

    /// Whether people are sent to the provider, and back to us.
    var leadsAway: Bool {
        switch self {
        case .oauth2, .oauth1, .app: true
        case .clientCredentials, .apiKey, .basic, .jwt, .twoStep, .tba, .unauthenticated: false
        }
    }

    var takesScopes: Bool {
        switch self {
        case .oauth2, .clientCredentials: true
        case .oauth1, .apiKey, .basic, .app, .jwt, .twoStep, .tba, .unauthenticated: false
        }
    }

    var suggestedScopes: [String] {
        guard case .oauth2(let oauth2) = self else { return [] }
        return oauth2.authorize.defaultScopes
    }

    /// What everybody who connects enters of their own.
    var enteredByPeople: [Fact] {
        let own = "Everybody enters their own."
        return switch self {
        case .clientCredentials: [Fact(label: "Client ID and secret", value: own)]
        case .apiKey, .basic, .jwt, .twoStep, .tba:
            typed.filter { !$0.isForPrograms }.map { Fact(label: $0.title, value: own) }
        case .oauth2, .oauth1, .app, .unauthenticated: []
        }
    }
}

extension Provider {
    /// What a page's call of the SDK adds: the values that every connection needs, and the credentials of those who do
    /// not sign in at the provider. Empty where there is nothing to add.
    var codeOfOptions: String {
        func object(_ names: [String]) -> String { "{ " + names.map { $0 + ": \"…\"" }.joined(separator: ", ") + " }" }
        let values = fields.filter { $0.source == .person && !$0.isOptional }.map(\.name)
        let typed = method.typed.filter { !$0.isOptional }.map(\.name)
        let credentials: String? =
            switch method {
            case .apiKey, .basic: object(typed)
            case .clientCredentials: object(["clientId", "clientSecret"])
            case .tba: object(["tokenId", "tokenSecret"])
            case .jwt: "{ jwt: \(object(typed)) }"
            case .twoStep: "{ twoStep: \(object(typed)) }"
            case .unauthenticated: "{}"
            case .oauth2, .oauth1, .app: nil
            }
        let members = [values.isEmpty ? nil : "params: " + object(values), credentials.map { "credentials: " + $0 }]
        let said = members.compactMap { $0 }.joined(separator: ", ")
        return said.utf8.isEmpty ? "" : ", { \(said) }"
    }

    /// Whether somebody who looks for this text means it.
    func matches(_ search: String) -> Bool {
        let wanted = search.lowercased()
        return title.lowercased().contains(wanted) || key.contains(wanted)
            || method.title.lowercased().contains(wanted) || categories.contains { $0.lowercased().contains(wanted) }
    }
}

extension ConnectionField {
    /// What to enter, said below its label.
    var hint: String {
        var hints: [String] = []
        if let explanation { hints.append(explanation) }
        if prefix != nil || suffix != nil {
            hints.append("Only what stands in the place of … in \(prefix ?? "")…\(suffix ?? "").")
        }
        if let example { hints.append("Example: \(example)") }
        return hints.joined(separator: " ")
    }

    /// What is wrong with a value that it does not accept.
    var refusal: String {
        let rule = choices.isEmpty ? format.sentence : "one of \(choices.joined(separator: ", "))."
        return "\(title): \(rule)" + (hosts.isEmpty ? "" : " It must end with \(hosts.joined(separator: " or ")).")
    }
}

extension Integration {
    /// What people see it as.
    func title(with provider: Provider?) -> String {
        details.displayName.utf8.isEmpty ? provider?.title ?? details.provider : details.displayName
    }

    /// What is missing, or what the provider refuses, and what to do; empty when it works.
    func advice(with provider: Provider?) -> String {
        guard let provider else {
            return "The catalogue has no provider \(details.provider) any more. Ask the operator of this portal for it."
        }
        switch state(with: provider) {
        case .ready: return ""
        case .failing: return TraceAdvice.sentence(for: trouble ?? "")
        case .incomplete:
            return "Nobody can connect yet. Missing: \(missing(with: provider).joined(separator: ", "))."
        }
    }

    /// What is to be entered before anybody can connect: "client ID", "client secret"; empty when nothing is.
    func missing(with provider: Provider?) -> [String] {
        guard let provider else { return ["a provider that the catalogue has"] }
        var titles: [String] = []
        if provider.method.needsRegistration {
            if details.clientID.utf8.isEmpty { titles.append(provider.method.idLabel) }
            if !hasSecret { titles.append(provider.method.secretLabel) }
        }
        titles += provider.fields.filter {
            $0.source == .integration && !$0.isOptional && details.values[$0.name] == nil
        }.map(\.title)
        return titles.map { $0.insideSentence(at: provider) }
    }
}

extension Integration.State {
    var title: String {
        switch self {
        case .incomplete: "Incomplete"
        case .ready: "Ready"
        case .failing: "Failing"
        }
    }

    /// The kind of its tag.
    var kind: String {
        switch self {
        case .incomplete: "warn"
        case .ready: "ok"
        case .failing: "bad"
        }
    }
}

extension Provider.Method {
    var idLabel: String {
        switch self {
        case .app: "App ID"
        case .oauth1, .tba: "Consumer key"
        default: "Client ID"
        }
    }

    var secretLabel: String {
        switch self {
        case .app: "Private key"
        case .oauth1, .tba: "Consumer secret"
        default: "Client secret"
        }
    }
}

extension String {
    /// A field's title inside a sentence: "client ID" of "Client ID". Names keep their capitals: "API key", "RuName",
    /// "My Domain", and "Okta domain" at Okta.
    func insideSentence(at provider: Provider) -> String {
        func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
        func isSmall(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
        let words = utf8.split(separator: 0x20).map(Array.init)
        guard let first = words.first, first.count > 1, isCapital(first[0]),
            !first.dropFirst().contains(where: isCapital)
        else { return self }
        if words.count > 1, words[1].count > 1, isCapital(words[1][0]), isSmall(words[1][1]) { return self }
        guard !provider.title.utf8.split(separator: 0x20).contains(where: { $0.elementsEqual(first) }) else {
            return self
        }
        return prefix(1).lowercased() + dropFirst()
    }
}
