extension ConnectRefusal {
    /// For the socket's `error_desc` and for the log of whoever wrote the page. Names parameters; holds no value.
    package var explanation: String {
        switch reason {
        case .missingPublicKey: "Missing param 'public_key'."
        case .invalidPublicKey: "The public key is malformed: it begins with gw_pk_."
        case .unknownAccount: "No environment has this public key."
        case .invalidSession: "The connect session token is malformed."
        case .unknownSession: "This connect session is unknown, has ended, or was used."
        case .connectionIDInSession: "A connect session makes the connection ID itself: leave connection_id out."
        case .integrationNotAllowed: "The connect session does not allow this integration."
        case .missingConnectionID: "Missing param 'connection_id'."
        case .invalidConnectionID: "The connection_id has characters that are not allowed, or more than 255."
        case .connectionExists:
            "There is a connection of this ID already, which the public key alone does not replace."
        case .installationHeld: "Another connection of this integration has this installation already."
        case .installationUnproven:
            "The provider did not say who installed the app: turn on user authorization during installation in its settings "
                + "there."
        case .installationOfOthers: "The person who came back has no access to this installation."
        case .installationNotOwned:
            "The person who came back sees this installation, but the account that it is on is not theirs. Of an "
                + "organization, one of its active owners must connect it."
        case .installationAccountUnknown:
            "The installation is on a kind of account whose owner the provider's entry cannot ask for."
        case .installationOwnerUnknown(let permission):
            "The provider did not say whether the account is the person's own: either they are no part of it, or the app "
                + "may not ask"
                + (permission.utf8.isEmpty
                    ? "."
                    : ". The app needs this permission there, accepted by whoever installed it: \(permission).")
        case .tooManyConnections: "The environment has as many connections as it may have."
        case .missingIntegration: "Missing param 'provider_config_key'."
        case .missingDigest: "Missing HMAC digest."
        case .invalidDigest: "Invalid HMAC digest."
        case .ambiguousDigest:
            "The integration's key has a colon, so its digest could be another's. Sign the request, open a connect session, or "
                + "rename the integration."
        case .expiredSignature: "The signed request has expired, or ends more than five minutes ahead."
        case .replayedSignature: "This signed request was used before: each needs a nonce of its own."
        case .unknownIntegration: "No integration of this environment has this provider_config_key."
        case .unknownProvider: "The integration's provider is not in the catalogue of this server."
        case .notConfigured: "The integration has no client ID or client secret yet."
        case .missingValue(let name):
            name.utf8.isEmpty ? "A value for the provider's address is missing." : "Missing value params[\(name)]."
        case .invalidValue(let name): "The value params[\(name)] does not have the form that this provider needs."
        case .wrongMode(let mode): "This provider authorizes by \(mode); this address does not."
        case .unreadable: "The query cannot be read."
        case .repeated(let name): "The parameter \(name) came more than once."
        case .originNotAllowed: "The page's origin is not among the environment's allowed origins."
        case .returnNotAllowed: "The origin of return_url is not among the environment's allowed origins."
        case .missingCredential(let name): "Missing param '\(name)'."
        case .invalidCredential(let name):
            "'\(name)' cannot be used: it has characters that do not belong there, is over 16 KB, or is no key of the kind "
                + "that this provider takes."
        case .unreadableBody: "The body must be a JSON object."
        case .badState: "The state is unknown, has expired, or was used."
        case .stateOfOtherBrowser: "The authorization began in another browser."
        case .otherBrowser: "The connect session is in use in another browser."
        case .stateOfOtherAddress: "The answer came to another integration's callback address."
        case .wrongIssuer: "The answer does not come from the provider that was asked (iss)."
        case .missingCode: "The provider sent no authorization code."
        case .refusedByProvider(let code, let text): text.utf8.isEmpty ? code : "\(code): \(text)"
        case .credentialsRefused(let why): "The provider did not let these credentials in (\(why))."
        case .noToken(let why): "The provider gave no token: \(why)."
        case .tooMany: "Too many attempts. Try again in a minute."
        case .unexpected: "Something went wrong on our side. Try again shortly."
        }
    }

    /// The sentence of the flat shape, where the wire's clients know another than the socket's.
    package var machineSentence: String {
        switch reason {
        case .missingDigest: "Missing param 'hmac'."
        case .invalidDigest: "Invalid HMAC signature."
        default: explanation
        }
    }

    /// For the person in the popup: what happened, and what they can do.
    package var sentence: String {
        switch reason {
        case .refusedByProvider(let code, _) where code.utf8.elementsEqual("access_denied".utf8):
            "You did not allow access there, so nothing was connected. Close this window, or go back and try again."
        case .refusedByProvider: "The provider did not allow it. What it said is below."
        case .invalidCredential: "This cannot be right. Copy it once more from the provider’s page, all of it."
        case .credentialsRefused: "The provider did not take this. Check it there, and type it again."
        case .noToken: "The provider did not finish the connection. Go back and try again in a minute."
        case .missingCode: "The provider sent you back without an answer. Go back and try again."
        case .badState: "This page was opened too late or twice. Go back to where you came from and connect again."
        case .stateOfOtherBrowser, .otherBrowser:
            "This was begun in another browser or by somebody else. Nothing was connected. Open the page where you "
                + "wanted to connect, and begin there."
        case .stateOfOtherAddress, .wrongIssuer:
            "The answer did not come from where it should. Nothing was connected."
        case .connectionExists:
            "Somebody is connected under this name already, so nothing was changed. Ask the app’s support to reconnect you."
        case .installationHeld:
            "This installation is connected already, under another name. Nothing was changed."
        case .installationUnproven:
            "The provider did not say that this installation is yours. Tell the app that sent you here: its set-up there is not "
                + "finished."
        case .installationOfOthers:
            "The account that you signed in with there has no access to this installation, so nothing was connected. Go back and "
                + "try again with the right account."
        case .installationNotOwned:
            "Only an owner of the account that the app is installed on can connect it. You signed in there as somebody who is "
                + "none, so nothing was connected. Ask an owner to do it, or try again with another account."
        case .installationAccountUnknown:
            "The app is installed on a kind of account that cannot be connected here. Install it on your own account, or on "
                + "an organization that you own, and try again."
        case .installationOwnerUnknown:
            "The provider did not say whether you own the account that the app is installed on, so nothing was connected. Ask "
                + "an owner to connect it. If you are one, show the words below to the app that sent you here."
        case .unknownSession: "This link has ended or was used. Ask for a new one where you got it."
        case .tooMany: "That was tried too often. Wait a minute and try again."
        case .unexpected: "Sorry, this did not work. Try again in a minute."
        case .missingValue, .invalidValue:
            "The address of your account there is missing or mistyped. Go back and check it."
        default: "The app that sent you here did not ask in the right way. Nothing was connected."
        }
    }
}
