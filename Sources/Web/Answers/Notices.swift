/// What the last action came to, carried over one redirect as a word from this list, never as text.
enum NoticeText: String {
    case verified, signedOut, passwordChanged, passwordReset, sessionEnded, othersEnded
    case signedOutEverywhere, secondFactorOff, secondFactorReset, emailChanged, emailKept, emailAsked, accountDeleted
    case tokenRevoked, appSaved, appDeleted, secretRevoked, grantRevoked, tenantOpened
    case draftSaved, applicationSent, applicationDecided, decidedMeanwhile, appReviewed, reviewWithdrawn, appChanged
    case suspended, reinstated, planChanged, rulesSaved, scopeSaved, scopeRemoved, scopeHeld

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
        case .draftSaved: Notice(.ok, "Saved. Nobody reads it until you send it.")
        case .applicationSent: Notice(.ok, "Your application is on its way to the operators.")
        case .applicationDecided: Notice(.ok, "Decided. The applicant gets a mail.")
        case .decidedMeanwhile:
            Notice(.warn, "Nothing was decided: somebody decided before you, or the applicant sent another version.")
        case .appReviewed: Notice(.ok, "The app counts as reviewed. Its developer gets a mail.")
        case .reviewWithdrawn: Notice(.ok, "The review is withdrawn. Its developer gets a mail.")
        case .appChanged: Notice(.warn, "Nothing was done: the app has changed since you opened this page. Look again.")
        case .suspended: Notice(.ok, "Suspended, with effect at the next request.")
        case .reinstated: Notice(.ok, "Reinstated, with effect at the next request.")
        case .planChanged: Notice(.ok, "The plan is changed.")
        case .rulesSaved: Notice(.ok, "The rules are saved, and hold from the next request on.")
        case .scopeSaved: Notice(.ok, "The scope is saved.")
        case .scopeRemoved: Notice(.ok, "The scope is removed.")
        case .scopeHeld: Notice(.warn, "Nothing was removed: an app, a grant or a token still holds this scope.")
        case .tenantOpened: Notice(.ok, "It is ready, with sample people to try the API on.")
        }
    }
}
