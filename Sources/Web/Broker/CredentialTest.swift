import Broker
import HTTPTypes
import OAuth

/// What came of showing somebody's key or password to its provider, before it is stored.
struct CredentialTest {
    /// Behind the provider's base, as its entry has it; holds no credential.
    let path: String
    /// "HTTP 401", "timedOut"; nil when the provider let them in.
    let problem: String?
}

extension Site {
    /// Asks the provider whether credentials that somebody typed work, where its entry names a call for that.
    ///
    /// - Returns: nil when there is no way to ask. What a provider itself has just given out needs no test.
    func test(
        _ credentials: Credentials, values: [String: String], at provider: Provider
    ) async -> CredentialTest? {
        switch credentials {
        case .apiKey, .basic, .clientCredentials: break
        case .oauth2, .oauth1, .app, .none: return nil
        }
        guard let path = provider.api?.proof, let call = provider.proof(of: credentials, values: values, once: once())
        else { return nil }
        switch await outside.call(call) {
        case .response(let status, _) where (200..<300).contains(status): return .init(path: path, problem: nil)
        // More than we read of it, but let in.
        case .failed(.tooLarge): return .init(path: path, problem: nil)
        case .response(let status, _): return .init(path: path, problem: "HTTP \(status)")
        case .failed(let failure): return .init(path: path, problem: failure.rawValue)
        }
    }
}

extension CredentialTest {
    /// The wire's word for credentials that the provider turned away, as traces have it.
    static let error = "connection_test_failed"

    func refusal(because problem: String) -> BrokerRefusal {
        BrokerRefusal(
            status: .badRequest, type: Self.error,
            message: "The provider did not let these credentials in (\(problem)). Compare them with its own page.",
            payload: [("external_message", .string(problem))])
    }
}

extension Trace {
    mutating func add(_ test: CredentialTest?, at now: Instant) {
        guard let test else {
            return add("The provider's entry names no call that would prove the credentials.", at: now)
        }
        add(
            test.problem == nil
                ? "The provider let the credentials in." : "The provider did not let the credentials in.",
            [("path", test.path), ("answer", test.problem ?? "let in")], level: test.problem == nil ? .info : .error,
            at: now)
    }
}
