/// What the last action came to, carried over one redirect as a word from this list, never as text.
enum NoticeText: String {
    case verified, signedOut, passwordChanged, passwordReset, sessionEnded, othersEnded
    case signedOutEverywhere, secondFactorOff, secondFactorReset, emailChanged, emailKept, emailAsked, accountDeleted
    case tokenRevoked, appSaved, appDeleted, secretRevoked, grantRevoked, tenantOpened, samplesAdded, samplesNotAdded

    var notice: Notice {
        switch self {
        case .verified: Notice(.ok, "Your email address is confirmed. Sign in to go on.")
        case .signedOut: Notice(.ok, "You are signed out.")
        case .passwordChanged: Notice(.ok, "Your password is changed. All other sessions were signed out.")
        case .passwordReset: Notice(.ok, "Your new password is set. Sign in with it.")
        case .sessionEnded: Notice(.ok, "That session is signed out.")
        case .othersEnded: Notice(.ok, "All other sessions are signed out.")
        case .signedOutEverywhere: Notice(.ok, "You are signed out everywhere.")
        case .secondFactorOff: Notice(.ok, "Two-step sign-in is off. Your password alone signs you in.")
        case .secondFactorReset: Notice(.ok, "Two-step sign-in is reset, and they are told by mail.")
        case .emailChanged: Notice(.ok, "Your email address is changed. All other sessions were signed out.")
        case .emailKept:
            Notice(.ok, "Your account keeps its old address, and everybody was signed out. Choose a new password.")
        case .emailAsked: Notice(.ok, "We sent a link to the new address. Until you follow it, everything stays.")
        case .accountDeleted: Notice(.ok, "Your account is deleted.")
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
