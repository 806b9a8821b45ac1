/// The token endpoint's decision. A refusal is a value, not a throw, because a refusal can have effects: a throw
/// inside the transaction would roll back the very revocation that a replay demands.
package struct Outcome: Sendable {
    package let answer: Result<TokenResponse, OAuthError>
    package let effects: [Effect]

    static func granted(_ response: TokenResponse, _ effects: [Effect]) -> Outcome {
        Outcome(answer: .success(response), effects: effects)
    }

    static func refused(_ code: OAuthError.Code, _ description: StaticString, _ effects: Effect...) -> Outcome {
        Outcome(answer: .failure(OAuthError(code, description)), effects: effects)
    }
}
