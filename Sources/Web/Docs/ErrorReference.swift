import HTTPTypes
import OAuth

extension OAuthError.Code {
    /// What it means and what to do, for whoever wrote the client.
    var advice: String {
        switch self {
        case .invalidRequest: "A parameter is missing, sent twice or malformed; the description says which."
        case .invalidClient:
            "The client could not be authenticated: wrong client ID or secret, or a secret that was revoked."
        case .invalidGrant:
            "The code or refresh token is used, expired, revoked, or belongs to another app, workspace or callback; or "
                + "the verifier does not fit the challenge. Start again from the authorization request."
        case .unauthorizedClient: "This app may not use this grant, or it was suspended."
        case .unsupportedGrantType: "Only the grant types that the metadata lists are offered."
        case .unsupportedResponseType: "Only response_type=code is offered."
        case .invalidScope: "A scope does not exist, or is not among those the app may ask for."
        case .accessDenied: "The person, or their workspace, said no. Ask again only when they want to."
        case .serverError: "Our fault, and logged. Try again."
        case .temporarilyUnavailable: "It cannot be answered just now. Try again shortly."
        case .loginRequired: "prompt=none was sent and nobody is signed in. Ask again without it."
        case .consentRequired: "prompt=none was sent and nobody has allowed this yet. Ask again without it."
        case .requestNotSupported, .requestURINotSupported:
            "Send each parameter by itself; request objects are not read."
        case .invalidToken: "The access token is unknown, malformed, expired or revoked. Refresh it or ask again."
        case .insufficientScope: "The token lacks the scope that the challenge names. Ask for it."
        }
    }

    /// Where a client meets it.
    var place: String {
        switch self {
        case .invalidClient, .invalidGrant, .unsupportedGrantType: "token endpoint"
        case .unsupportedResponseType, .accessDenied, .serverError, .temporarilyUnavailable, .loginRequired,
            .consentRequired, .requestNotSupported, .requestURINotSupported:
            "authorization"
        case .invalidRequest, .unauthorizedClient, .invalidScope: "authorization, token endpoint"
        case .invalidToken, .insufficientScope: "API, in WWW-Authenticate"
        }
    }
}

extension ErrorsPage {
    /// Everything a client can be told, from the very lists that answers are made of.
    static let reference = ErrorsPage(
        protocolErrors: OAuthError.Code.allCases.map {
            Entry(code: $0.rawValue, place: $0.place, advice: $0.advice)
        },
        apiErrors: APIErrorWord.allCases.map {
            Entry(code: $0.rawValue, place: "\($0.status.code) \($0.status.reasonPhrase)", advice: $0.advice)
        })
}
