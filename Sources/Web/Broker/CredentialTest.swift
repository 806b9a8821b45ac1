import Broker
import HTTPTypes
import OAuth

/// What came of showing somebody's key or password to its provider, before it is stored.
struct CredentialTest {
    enum Outcome {
        case letIn
        /// What the provider answered: "HTTP 401".
        case refused(String)
        /// Nothing that speaks of the credentials: "HTTP 503", "timedOut".
        case unsaid(String)
    }

    /// Behind the provider's base, as its entry has it; holds no credential.
    let path: String
    let outcome: Outcome
}

extension Site {
    /// Asks the provider whether credentials that somebody typed work, where its entry names a call for that.
    ///
    /// - Returns: nil when there is no way to ask. What a provider itself has just given out needs no test.
    func test(
        _ credentials: Credentials, values: [String: String], client: ClientRegistration, at provider: Provider,
        for tenant: ID<Entity.Tenant>
    ) async -> CredentialTest? {
        switch credentials {
        case .apiKey, .basic, .clientCredentials, .tba: break
        case .made(let made): if made.kind == .twoStep { return nil }
        case .oauth2, .oauth1, .app, .none: return nil
        }
        guard let proof = provider.api?.proof,
            let call = provider.proof(of: credentials, values: values, client: client, once: once())
        else { return nil }
        let outcome: CredentialTest.Outcome =
            switch await outside.call(call.made(for: tenant)) {
            case .response(let status, _) where (200..<300).contains(status): .letIn
            // More than we read of it, but let in.
            case .failed(.tooLarge): .letIn
            case .response(let status, _) where proof.refusing.contains(status): .refused("HTTP \(status)")
            case .response(let status, _): .unsaid("HTTP \(status)")
            case .failed(let failure): .unsaid(failure.rawValue)
            }
        return CredentialTest(path: proof.path, outcome: outcome)
    }
}

extension CredentialTest {
    /// The wire's word for credentials that the provider turned away, as traces have it.
    static let error = "connection_test_failed"

    static func refusal(because problem: String) -> BrokerRefusal {
        BrokerRefusal(
            status: .badRequest, type: Self.error,
            message: "The provider did not let these credentials in (\(problem)). Compare them with its own page.",
            payload: [("external_message", .string(problem))])
    }
}

extension Trace {
    mutating func add(_ test: CredentialTest?, at now: Instant) {
        guard let test else { return }
        switch test.outcome {
        case .letIn: add("The provider let the credentials in.", [("path", test.path)], at: now)
        case .refused(let answer):
            add(
                "The provider did not let the credentials in.", [("path", test.path), ("answer", answer)],
                level: .error, at: now)
        case .unsaid(let answer):
            add(
                "The provider could not say whether the credentials work.", [("path", test.path), ("answer", answer)],
                level: .warning, at: now)
        }
    }
}
