package import OAuth

extension InstallationOwner {
    /// The app's client where people are known.
    package func client(_ values: [String: String]) throws(ConnectProblem) -> ClientRegistration {
        guard let id = values[clientID], let secret = values[clientSecret] else { throw .notConfigured }
        return ClientRegistration(id: id, secret: secret)
    }

    /// One page of what the person sees.
    ///
    /// - Parameter page: from 1.
    package func list(
        page: Int, token: String, values: [String: String]
    ) throws(ConnectProblem) -> ProviderCall {
        guard let url = list.filled(values) else { throw .missingValue }
        return Self.get(FormText.url(url, [("page", String(page))]), token)
    }

    package enum Finding: Hashable, Sendable {
        /// As the provider lists it.
        case listed(JSONValue)
        case notOnThisPage, noMorePages
    }

    /// Whether a page has the installation.
    package func find(
        _ installation: String, in answer: ProviderAnswer
    ) -> Result<Finding, TokenAnswer.Trouble> {
        switch answer {
        case .failed(let failure): return .failure(.unavailable(failure.rawValue))
        case .response(let status, let body):
            guard (200..<300).contains(status), case .array(let rows)? = TokenBody.read(body)?.at(listPath) else {
                return .failure(.unavailable("HTTP \(status) without a list"))
            }
            if rows.isEmpty { return .success(.noMorePages) }
            let listed = rows.first { $0.at(idPath)?.plain?.isSame(as: installation) == true }
            return .success(listed.map(Finding.listed) ?? .notOnThisPage)
        }
    }

    /// What shows that a listed installation is the person's own: a list may have what they were merely let in to.
    package enum NextStep: Sendable {
        case nothing
        case ask(Question, ProviderCall)
    }

    package func nextStep(
        for installation: JSONValue, token: String, values: [String: String]
    ) throws -> NextStep {
        guard !questions.isEmpty else { return .nothing }
        let kind = installation.at(kindPath)?.string
        guard let question = questions.first(where: { known in kind.map(known.kind.isSame(as:)) ?? false })?.question
        else { throw ConnectRefusal(.installationAccountUnknown) }
        var values = values
        for (name, path) in question.names {
            guard let value = installation.at(path)?.plain, ConnectionField.isWord(value) else {
                throw ConnectRefusal(.installationAccountUnknown)
            }
            values[name] = value
        }
        guard let url = question.url.filled(values) else { throw ConnectProblem.missingValue }
        return .ask(question, Self.get(url, token))
    }

    private static func get(_ url: String, _ token: String) -> ProviderCall {
        ProviderCall(
            method: .get, url: url,
            headers: [
                ("accept", "application/json"), ("user-agent", "Gatewright"), ("authorization", "Bearer " + token),
            ],
            body: [])
    }
}

extension InstallationOwner.Question {
    /// Whether the answer says that the account is the person's own.
    ///
    /// - Returns: why not; nil when it is. A provider that does not tell (403, 404) may mean that they are not part of the
    ///   account, or that the app may not ask.
    package func refusal(_ answer: ProviderAnswer, about installation: JSONValue) -> ConnectRefusal? {
        switch answer {
        case .failed(let failure): return ConnectRefusal(.noToken(failure.rawValue))
        case .response(let status, let body):
            if status == 403 || status == 404 { return ConnectRefusal(.installationOwnerUnknown(permission ?? "")) }
            guard (200..<300).contains(status), let object = TokenBody.read(body) else {
                return ConnectRefusal(.noToken("HTTP \(status) without an account"))
            }
            let isSame = same.allSatisfy { pair in
                guard let told = object.at(pair.answer)?.plain, let listed = installation.at(pair.installation)?.plain
                else { return false }
                return told.isSame(as: listed)
            }
            let isSaid = says.allSatisfy { object.at($0.path)?.string?.isSame(as: $0.word) == true }
            return isSame && isSaid ? nil : ConnectRefusal(.installationNotOwned)
        }
    }
}

extension JSONValue {
    /// A text or a number, as it was written; nil for anything else, the empty text too.
    fileprivate var plain: String? {
        switch self {
        case .string(let text), .number(let text): text.utf8.isEmpty ? nil : text
        default: nil
        }
    }
}
