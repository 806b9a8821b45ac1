/// What the last action came to, carried over one redirect as a word from this list, never as text.
enum NoticeText: String {
    case verified, signedOut, passwordChanged, passwordReset, sessionEnded, othersEnded
    case tokenRevoked, appSaved, appDeleted, secretRevoked, grantRevoked, tenantOpened, samplesAdded, samplesNotAdded

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
        case .tenantOpened: Notice(.ok, "The workspace is ready. Its list of people is empty.")
        case .samplesAdded: Notice(.ok, "The sample people are there.")
        case .samplesNotAdded: Notice(.warn, "Nothing was added: there are people here already.")
        }
    }
}
