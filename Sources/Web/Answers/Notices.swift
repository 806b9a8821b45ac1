/// What the last action came to, carried over one redirect as a word from this list, never as text.
enum NoticeText: String {
    case verified, signedOut, passwordChanged, passwordReset, sessionEnded, othersEnded
    case tokenRevoked, appSaved, appDeleted, secretRevoked, grantRevoked, tenantOpened
    case switchedToV2, directFlowOn, directFlowOff, grantGivenBack, testTokenRevoked

    var notice: Notice {
        switch self {
        case .verified: Notice(.ok, "Your email address is confirmed. Sign in to go on.")
        case .signedOut: Notice(.ok, "You are signed out.")
        case .passwordChanged: Notice(.ok, "Your password is changed. All other sessions were signed out.")
        case .passwordReset: Notice(.ok, "Your new password is set. Sign in with it.")
        case .sessionEnded: Notice(.ok, "That session is signed out.")
        case .othersEnded: Notice(.ok, "All other sessions are signed out.")
        case .tokenRevoked: Notice(.ok, "The token is revoked. Anything that used it has stopped working.")
        case .appSaved: Notice(.ok, "Your changes are saved.")
        case .appDeleted: Notice(.ok, "The app is deleted, and all its tokens with it.")
        case .secretRevoked: Notice(.ok, "The client secret is revoked.")
        case .grantRevoked: Notice(.ok, "The app no longer has access. Its tokens stopped working.")
        case .switchedToV2: Notice(.ok, "The app uses V2 from now on. Its clients can exchange their V1 tokens.")
        case .directFlowOn: Notice(.ok, "The direct flow is on for this app.")
        case .directFlowOff: Notice(.ok, "The direct flow is off, and the tokens that came of it have ended.")
        case .grantGivenBack: Notice(.ok, "The access is given back. The tokens stopped working.")
        case .testTokenRevoked: Notice(.ok, "The test token is revoked.")
        case .tenantOpened: Notice(.ok, "It is ready, with sample people to try the API on.")
        }
    }
}
