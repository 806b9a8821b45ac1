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
        return ProviderCall(
            method: .get, url: FormText.url(url, [("page", String(page))]),
            headers: [
                ("accept", "application/json"), ("user-agent", "Gatewright"), ("authorization", "Bearer " + token),
            ],
            body: [])
    }

    package enum Finding: Sendable { case listed, notOnThisPage, noMorePages }

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
            let isListed = rows.contains { row in
                switch row.at(idPath) {
                case .number(let id), .string(let id): id.isSame(as: installation)
                default: false
                }
            }
            return .success(isListed ? .listed : .notOnThisPage)
        }
    }
}
