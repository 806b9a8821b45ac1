import Broker
import OAuth
import Storage

/// Whose an installed app is.
extension ConnectFetch {
    /// Of installations that one person sees.
    private static let mostPages = 20

    /// Lets an installation in only if whoever came back sees it and, where the provider can say so, owns the account that
    /// it is on. What they were given for that is given back, however it ends.
    func prove(
        _ installation: String, _ owner: InstallationOwner, _ callback: CallbackAnswer, _ trace: inout Trace
    ) async throws {
        let values = integration.completing(flow.values)
        let client = try owner.client(values)
        let exchange = try owner.token.exchange(
            code: callback.installersCode(), verifier: nil, redirectURI: flow.redirectURI, client: client,
            values: values)
        let absorbed = owner.token.absorb(await call(exchange, &trace), keeping: [], paths: [], at: site.now())
        let person = try await token(absorbed).accessToken
        var refusal: (any Error)?
        do {
            let listed = try await find(installation, owner, person, values, &trace)
            try await own(listed, owner, person, values, &trace)
        } catch {
            refusal = error
        }
        if let call = try? owner.token.revocation?.call(person, client: client, values: values) {
            // Without its address, which may hold the token.
            _ = await ask("Asked the provider to revoke the person’s own token.", call, &trace, isNamed: false)
        }
        if let refusal { throw refusal }
    }

    private func find(
        _ installation: String, _ owner: InstallationOwner, _ person: String, _ values: [String: String],
        _ trace: inout Trace
    ) async throws -> JSONValue {
        for page in 1...Self.mostPages {
            let answer = await ask(
                "Asked which installations the person has access to.",
                try owner.list(page: page, token: person, values: values), &trace)
            switch owner.find(installation, in: answer) {
            case .success(.listed(let row)): return row
            case .success(.notOnThisPage): continue
            case .success(.noMorePages): throw ConnectRefusal(.installationOfOthers)
            case .failure(let trouble): throw ConnectRefusal(.noToken(trouble.reason))
            }
        }
        throw ConnectRefusal(.installationOfOthers)
    }

    private func own(
        _ listed: JSONValue, _ owner: InstallationOwner, _ person: String, _ values: [String: String],
        _ trace: inout Trace
    ) async throws {
        switch try owner.nextStep(for: listed, token: person, values: values) {
        case .nothing: return
        case .ask(let question, let call):
            let answer = await ask("Asked whether the account is the person’s own.", call, &trace)
            if let refusal = question.refusal(answer, about: listed) { throw refusal }
        }
    }

    func ask(
        _ sentence: String, _ call: ProviderCall, _ trace: inout Trace, isNamed: Bool = true
    ) async -> ProviderAnswer {
        let answer = await site.outside.call(call.made(for: flow.tenant))
        let detail = answer.detail(of: call.url).filter { isNamed || !$0.name.isSame(as: "url") }
        trace.add(sentence, detail, after: elapsed, at: site.now())
        return answer
    }
}
