/// OpenID Connect Core §3.1.2.1 `prompt`.
package enum Prompt: String, Hashable, CaseIterable, Sendable {
    /// Show nothing: answer or refuse.
    case none
    /// Sign in again, now.
    case login
    /// Ask again, even if it was allowed before.
    case consent
    /// Choose who to be; here that is signing in again.
    case selectAccount = "select_account"

    /// Space-separated; `none` stands alone.
    static func read(_ text: String?) throws(OAuthError) -> Set<Prompt> {
        guard let text else { return [] }
        var prompts: Set<Prompt> = []
        for word in text.utf8.split(separator: 0x20, omittingEmptySubsequences: false) {
            guard let prompt = allCases.first(where: { word.elementsEqual($0.rawValue.utf8) }) else {
                throw OAuthError(.invalidRequest, "prompt takes none, login, consent and select_account")
            }
            prompts.insert(prompt)
        }
        guard prompts.count == 1 || !prompts.contains(.none) else {
            throw OAuthError(.invalidRequest, "prompt=none cannot be combined with another value")
        }
        return prompts
    }
}
