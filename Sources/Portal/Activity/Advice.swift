package import OAuth

/// What an app's developer can do about a refusal.
package enum Advice {
    package static func on(_ error: OAuthError, in kind: AppEvent.Kind) -> String {
        let sentence = error.sentence
        if let found = special.first(where: { $0.0.utf8.elementsEqual(sentence.utf8) }) { return found.1 }
        return general(error.code, in: kind)
    }

    /// By the protocol's word, when the sentence itself has nothing of its own here.
    static func general(_ code: OAuthError.Code, in kind: AppEvent.Kind) -> String {
        switch code {
        case .invalidRequest:
            kind == .token
                ? "Compare the request with “Redeem the code” or “Refresh” on the app’s page."
                : "Compare the address with “Send people here” on the app’s page."
        case .invalidClient:
            "Check the client ID and secret that your server uses against those on the app’s page; make a new secret "
                + "if you are not sure."
        case .invalidGrant: "Ask the person to connect again: send them to the authorization address."
        case .unauthorizedClient: "Look at the app’s page: it says what the app may do at the moment."
        case .unsupportedGrantType: "Use grant_type=authorization_code, then grant_type=refresh_token."
        case .unsupportedResponseType: "Send response_type=code."
        case .invalidScope: "Ask only for scopes that are ticked on the app’s page, one space between them."
        case .accessDenied: "Nothing is broken. Tell the person what your app needs the access for."
        case .loginRequired, .consentRequired: "Send the person to the authorization address without prompt=none."
        case .requestNotSupported, .requestURINotSupported: "Send the parameters in the address itself."
        case .invalidToken, .insufficientScope: "Refresh the token, or ask for the scope that is missing."
        case .serverError, .temporarilyUnavailable: "Nothing is wrong with the request: send it again in a moment."
        }
    }

    /// By the sentence of an error, word for word as it is written where the error is made.
    package static let special: [(String, String)] = [
        (
            "the access token has expired",
            "Get a new one with the refresh token that came with it; expires_in says how long each lives."
        ),
        (
            "the access token does not work any more",
            "It was revoked, or whoever allowed it may not any more. Ask the person to connect again."
        ),
        (
            "the token is another tenant's",
            "Keep each token together with the workspace it belongs to, and send it to that workspace’s address."
        ),
        (
            "the token lacks a scope",
            "Ask for the scope when you send people to the authorization address. A scope that writes works only while "
                + "the person is an admin."
        ),
        (
            "client authentication failed",
            "The client ID is right, the secret is not one that works. See on the app’s page which secrets work and "
                + "when they were last used."
        ),
        (
            "use either HTTP Basic or client_secret in the body, not both",
            "Most libraries have a setting for it: client_secret_basic or client_secret_post. Choose one."
        ),
        (
            "client_secret was sent in the URL: it is exposed now, rotate it",
            "Rotate the secret, then send it in the body or as HTTP Basic: addresses end up in logs."
        ),
        (
            "redirect_uri is not one of the app's callback URLs, which are compared byte for byte",
            "Register this callback on the app’s page, or send one that is registered, exactly as it stands there."
        ),
        (
            "redirect_uri is missing, and the app does not have exactly one callback URL",
            "Say in redirect_uri which of the app’s callbacks is meant."
        ),
        (
            "redirect_uri is not the one of the authorization request",
            "Send the same redirect_uri to both endpoints, byte for byte."
        ),
        (
            "code_challenge is missing: this app must use PKCE with S256",
            "Turn PKCE on in your library (code_challenge_method=S256), or make it optional in the app’s settings."
        ),
        ("code_challenge_method must be S256", "Send the SHA-256 of the verifier: plain is not accepted."),
        (
            "code_verifier is missing",
            "The authorization request had a code_challenge: send the code_verifier that it was made from."
        ),
        (
            "code_verifier does not match the challenge",
            "Keep the verifier with the session that sent the person away: two requests at once often swap theirs."
        ),
        ("the code has expired", "Redeem the code as soon as it arrives: it lives ten minutes."),
        (
            "the code was used before",
            "A code works once. Look for a request that is sent twice, such as a callback page that was reloaded."
        ),
        (
            "the code was used before, so its tokens were revoked",
            "A code works once. Look for a callback that is handled twice; ask the person to connect again."
        ),
        (
            "the refresh token was used before, so all tokens that came from it were revoked",
            "Keep the new refresh token of every answer, and let one worker refresh at a time. Ask the person to "
                + "connect again; if only your server had the token, find out who else did."
        ),
        (
            "the refresh token was answered many times already: use its successor",
            "Your client asks in a loop: keep the refresh_token of the answer and use that one."
        ),
        (
            "the refresh token is not one that this app was given here",
            "Keep each token together with the app and the workspace it belongs to, and send it to the same address."
        ),
        (
            "the code is not one that this app was given here",
            "Redeem the code at the workspace that sent it, with the client ID that asked for it."
        ),
        (
            "this app still uses V1 tokens: switch it to V2 on its page, then send this again",
            "Switch the app to V2 on its page; the V1 token can then be exchanged."
        ),
        (
            "the app has no scopes yet: choose some on its page", "Tick on the app’s page what it may ask for."
        ),
        (
            "the person is not a member of this tenant",
            "The person has to be a member of the workspace in the address: check which one your app uses."
        ),
        (
            "the tenant's rules do not let this person allow the app",
            "Ask the person for an admin of the workspace: they can allow the app, or change the rules."
        ),
        (
            "the app has not been reviewed, and is at its limit",
            "Ask for a review on the app’s page: until then it works in a few workspaces only."
        ),
        (
            "passwords are never sent here: use the authorization code grant",
            "Send people to the authorization address: they sign in here, and your app never sees a password."
        ),
    ]
}
