/// What the last action came to, carried over one redirect as a word from this list, never as text.
enum NoticeText: String {
    case verified, welcome, signedOut, signedOutMeanwhile, passwordChanged, passwordReset, nameChanged, sessionEnded,
        othersEnded
    case signedOutEverywhere, secondFactorOff, secondFactorReset, emailChanged, emailKept, emailAsked, accountDeleted
    case tokenRevoked, appSaved, appDeleted, secretRevoked, grantRevoked, tenantOpened, tenantOpenedWithPeople
    case samplesAdded, samplesNotAdded
    case roleChanged, memberRemoved, tenantLeft, tenantDeleted, tenantSaved, policySaved, policySavedAndRevoked
    case invitationSent, invitationWithdrawn, invitationAccepted, accessRevoked, nothingToRevoke
    case appListed, appRulesSaved, requestSent, requestAllowed, requestDenied, heldTokenRevoked, tokenRulesSaved
    case switchedToV2, directFlowOn, directFlowOff, grantGivenBack, testTokenRevoked
    case draftSaved, applicationSent, applicationDecided, decidedMeanwhile, reviewAsked, appReviewed, reviewWithdrawn,
        appChanged
    case environmentAdded, environmentSaved, environmentDeleted, environmentKeyRevoked, keyRotatedBefore
    case signingKeysOverlap
    case hmacRequired, hmacNotRequired, hmacKeyMissing, integrationAdded, integrationSaved, integrationDeleted
    case integrationIncomplete, connectionRefreshed, refreshFailed, metadataSaved, connectionDeleted
    case webhookSent, webhookAddressMissing
    case suspended, reinstated, planChanged, rulesSaved, scopeSaved, scopeRemoved, scopeHeld

    var notice: Notice {
        switch self {
        case .verified: Notice(.ok, "Your email address is confirmed. Sign in to go on.")
        case .welcome: Notice(.ok, "Your email address is confirmed, and you are signed in.")
        case .signedOut: Notice(.ok, "You are signed out.")
        case .signedOutMeanwhile:
            Notice(.warn, "You were signed out meanwhile, and nothing was changed. Sign in to go on.")
        case .passwordChanged: Notice(.ok, "Your password is changed. All other sessions were signed out.")
        case .passwordReset: Notice(.ok, "Your new password is set. Sign in with it.")
        case .nameChanged: Notice(.ok, "Your name is changed.")
        case .sessionEnded: Notice(.ok, "That session is signed out.")
        case .othersEnded: Notice(.ok, "All other sessions are signed out.")
        case .signedOutEverywhere: Notice(.ok, "You are signed out everywhere.")
        case .secondFactorOff: Notice(.ok, "Two-step sign-in is off. Your password alone signs you in.")
        case .secondFactorReset: Notice(.ok, "Two-step sign-in is reset, and they are told by mail.")
        case .emailChanged: Notice(.ok, "Your email address is changed. All other sessions were signed out.")
        case .emailKept:
            Notice(.ok, "Your account keeps its old address, and nobody is signed in. Choose a new password.")
        case .emailAsked: Notice(.ok, "We sent a link to the new address. Until you follow it, everything stays.")
        case .accountDeleted: Notice(.ok, "Your account is deleted.")
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
        case .draftSaved: Notice(.ok, "Saved. Nobody reads it until you send it.")
        case .applicationSent: Notice(.ok, "Your application is on its way to the operators.")
        case .applicationDecided: Notice(.ok, "Decided. The applicant gets a mail.")
        case .decidedMeanwhile:
            Notice(.warn, "Nothing was decided: somebody decided before you, or the applicant sent another version.")
        case .reviewAsked: Notice(.ok, "The operators are asked. You get a mail when somebody has looked.")
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
        case .tenantOpened: Notice(.ok, "The workspace is ready. Its list of people is empty.")
        case .tenantOpenedWithPeople: Notice(.ok, "The workspace is ready, with 24 made-up people in it.")
        case .samplesAdded: Notice(.ok, "The sample people are there.")
        case .samplesNotAdded: Notice(.warn, "Nothing was added: there are people here already.")
        case .roleChanged: Notice(.ok, "The role is changed. They are told by mail.")
        case .memberRemoved: Notice(.ok, "They are removed. Their tokens and their apps’ access here have stopped.")
        case .tenantLeft: Notice(.ok, "You have left the workspace.")
        case .tenantDeleted: Notice(.ok, "The workspace is deleted, with everything in it.")
        case .tenantSaved: Notice(.ok, "Your changes are saved.")
        case .policySaved: Notice(.ok, "The policy is saved.")
        case .policySavedAndRevoked: Notice(.ok, "The policy is saved, and the access beyond it is revoked.")
        case .invitationSent: Notice(.ok, "The invitation is on its way.")
        case .invitationWithdrawn: Notice(.ok, "The invitation is withdrawn. Its link no longer works.")
        case .invitationAccepted: Notice(.ok, "Welcome: you are a member now.")
        case .accessRevoked: Notice(.ok, "The access is revoked. The tokens that hung on it have stopped working.")
        case .nothingToRevoke: Notice(.ok, "There was nothing left to revoke.")
        case .appListed: Notice(.ok, "The app is on the list.")
        case .appRulesSaved: Notice(.ok, "The rules for this app are saved.")
        case .requestSent: Notice(.ok, "Your request is sent to the admins. We write to you when they answer.")
        case .requestAllowed: Notice(.ok, "Allowed. They are told by mail, and go on where they were.")
        case .requestDenied: Notice(.ok, "Denied. They are told by mail.")
        case .heldTokenRevoked: Notice(.ok, "The token is revoked. Its owner is told by mail.")
        case .environmentAdded: Notice(.ok, "The environment is there. Add its first integration.")
        case .environmentSaved: Notice(.ok, "Your changes are saved.")
        case .environmentDeleted: Notice(.ok, "The environment is deleted, with everything in it.")
        case .environmentKeyRevoked: Notice(.ok, "The key is revoked. Whatever used it is refused.")
        case .keyRotatedBefore: Notice(.warn, "Nothing was done: a newer key has taken this one’s place already.")
        case .signingKeysOverlap:
            Notice(
                .warn,
                "Nothing was done: the key before this one still works. Wait until it ends, or rotate with “No time”, "
                    + "which ends both.")
        case .hmacRequired: Notice(.ok, "Require HMAC is on. Requests without a valid digest are refused.")
        case .hmacNotRequired: Notice(.warn, "Require HMAC is off: the public key alone begins a connection.")
        case .hmacKeyMissing: Notice(.warn, "Nothing was done: make an HMAC key first.")
        case .integrationAdded: Notice(.ok, "The integration is saved.")
        case .integrationSaved: Notice(.ok, "Your changes are saved.")
        case .integrationDeleted: Notice(.ok, "The integration is deleted, and its connections with it.")
        case .integrationIncomplete: Notice(.warn, "Nobody can connect yet: something is missing.")
        case .connectionRefreshed: Notice(.ok, "The credentials are renewed.")
        case .refreshFailed: Notice(.warn, "The credentials were not renewed. What to do stands below.")
        case .metadataSaved: Notice(.ok, "The metadata is saved.")
        case .connectionDeleted: Notice(.ok, "The connection is deleted. The activity says what the provider did.")
        case .webhookSent: Notice(.ok, "It is on its way. Look again in a moment.")
        case .webhookAddressMissing: Notice(.warn, "Nothing was sent: enter an address first.")
        case .tokenRulesSaved: Notice(.ok, "The rules for tokens are saved.")
        }
    }
}
