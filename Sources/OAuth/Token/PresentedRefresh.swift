/// What a client presents as its refresh token.
///
/// Beside refresh tokens that is, once, a V1 access token: a client that was given one before its app switched to V2
/// exchanges it for a rotating pair without anybody being asked again. It then counts as the first refresh token of
/// its family, so everything that holds for a used refresh token (grace, reuse, theft) holds for it.
package enum PresentedRefresh: Sendable {
    case refreshToken(Secret<RefreshToken>)
    /// Perhaps one of a V1 app; storage knows.
    case accessToken(Secret<AccessToken>)

    /// Nil when it cannot be either; never looked up then.
    package init?(_ text: String) {
        if let token = Secret<RefreshToken>(text) {
            self = .refreshToken(token)
        } else if let token = Secret<AccessToken>(text) {
            self = .accessToken(token)
        } else {
            return nil
        }
    }

    package var hint: Hint {
        switch self {
        case .refreshToken(let token): token.hint
        case .accessToken(let token): token.hint
        }
    }

    /// The text itself, for the key that seals its answer.
    package func reveal() -> String {
        switch self {
        case .refreshToken(let token): token.reveal()
        case .accessToken(let token): token.reveal()
        }
    }
}
