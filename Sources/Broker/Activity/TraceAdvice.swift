/// What to do about an error of a trace, in a sentence or two for whoever reads the activity page.
package enum TraceAdvice {
    /// - Parameter error: a trace's `error`: a provider's word, or one of ours.
    package static func sentence(for error: String) -> String {
        switch error {
        case "invalid_grant", "token_revoked", "token_expired", "bad_refresh_token", "expired_token":
            "The provider no longer accepts this connection: the permission was withdrawn, or ran out. "
                + "Ask the end user to connect again."
        case "interrupted":
            "A refresh was cut off in the middle and the provider then refused the token we had. "
                + "Ask the end user to connect again."
        case "connection_test_failed", "invalid_credentials":
            "The provider did not let the key or password in when it was tried. Compare it with the provider’s own page: "
                + "it may be mistyped, revoked, or of another account or region."
        case "access_denied": "The end user pressed Cancel at the provider. They can try again."
        case "invalid_client", "unauthorized_client", "bad_client_secret", "invalid_client_id", "HTTP 401", "HTTP 403",
            "incorrect_client_credentials":
            "The provider refused the integration’s client ID or secret. Compare them with the provider’s own page, and "
                + "save them again."
        case "redirect_uri_mismatch", "invalid_redirect_uri":
            "The provider does not know our callback address. Copy the callback URL of the integration into the app at "
                + "the provider, exactly as it stands."
        case "invalid_scope":
            "The provider does not offer a scope that the integration asks for. Check the scopes against its documentation."
        case "unsupported_grant_type":
            "The provider does not allow this kind of authorization for the app. Turn it on at the provider."
        case "timedOut", "unreachable", "broken", "server_error", "temporarily_unavailable", "slow_down", "ratelimited",
            "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout":
            "The provider did not answer properly. It is tried again by itself; if it lasts, look at the provider’s "
                + "status page."
        case "tooLarge": "The provider’s answer was larger than 256 KB and was not read. Tell the provider."
        case "refusedAddress":
            "The address leads to a private network, or names a port other than 443, which calls do not go to. The operator "
                + "can allow networks with GATEWRIGHT_OUTBOUND_ALLOW."
        case "malformed":
            "The address or a header of the call cannot be sent as it stands: a port that does not exist, a space, a tab or "
                + "a line break, or plain http where only https is called. Correct it."
        case "busy":
            "Too many calls were under way, and this one was not begun. It can be sent again at once; if it lasts, a "
                + "provider is slow to answer, or you send more at a time than your part of this server."
        case "missing_hmac":
            "Require HMAC is on, and the request had no digest. Compute it on your backend and pass it as hmac."
        case "invalid_hmac":
            "The digest was not ours. It is the lower-case hex of HMAC-SHA256 over INTEGRATION:CONNECTION under the "
                + "environment’s HMAC key."
        case "ambiguous_hmac":
            "The integration’s key has a colon, and so has the text that a digest stands over: it could be another "
                + "integration’s. Sign the request, open a connect session, or give the integration a key without a colon."
        case "expired_signature":
            "The signed request came after its end, or named one more than five minutes ahead. Sign it when the page asks "
                + "for it, and set the server’s clock."
        case "replayed_signature":
            "A signed request counts once, and this one came a second time. Sign anew for each attempt, with a nonce of "
                + "its own. If your pages do that, somebody repeated a request that they saw."
        case "nothing_to_connect":
            "A connect session was opened, and no integration that it allows is finished. What each lacks is named in "
                + "its step: enter it on the integration’s page."
        case "provider_config_err", "notConfigured":
            "No integration here has this key, or it is not finished: it lacks a client ID, a secret or a value."
        case "url_param_err": "A value that the provider’s address needs was not given. Pass it as params[name]."
        case "state_err", "state_cookie_err":
            "The callback belongs to no authorization that began in this browser within 15 minutes. Begin again."
        case "callback_err": "The provider sent the end user back without a code. They can try again."
        case "origin_not_allowed":
            "The page’s origin is not on the environment’s list. Add it exactly as the browser spells it, such as "
                + "https://app.example.com."
        case "return_url_not_allowed":
            "return_url leads to an origin that is not on the environment’s list. Add the origin, or mend the address."
        case "unknown_connect_session_token", "invalid_connect_session_token_format":
            "The connect session has ended (after 15 minutes), or made its connection already. Open a new one when the "
                + "end user presses the button."
        case "integration_not_allowed": "The connect session was opened for other integrations."
        case "connection_already_exists":
            "Your backend made the connection of this ID or named its owner, and the public key alone does not replace it. "
                + "Open a connect session to reconnect it, or send the digest."
        case "installation_already_connected":
            "Another connection of the integration has this installation of the app. Use that one, or delete it first."
        case "installation_unproven":
            "The provider sent nobody’s authorization along with the installation. In the app’s settings there, turn on "
                + "\"Request user authorization (OAuth) during installation\", and enter our callback URL."
        case "installation_of_others":
            "Whoever came back has no access to the installation whose number came with them: another account was signed in, "
                + "or somebody changed the number. Nothing was connected."
        case "installation_not_owned":
            "Whoever came back was let in to something of the installation, but the account that it is on is not theirs. The "
                + "person themselves must connect it, or an active owner of the organization."
        case "installation_owner_unknown":
            "The provider refused to say whether whoever came back owns the account. Give the app the permission that is named "
                + "in the answer and in the provider’s guide, and have the owners accept it. People who are no part of the "
                + "organization end here too."
        case "installation_account_unknown":
            "The app is installed on a kind of account that the provider’s entry has no question for (an enterprise, for "
                + "example). Have it installed on an organization or a person’s account."
        case "resource_capped": "The environment has as many connections as it may have. Delete those nobody uses."
        case "missing_connection_id": "Pass your own name for the end user as connection_id."
        case "auth_mode_err", "invalid_auth_mode":
            "The provider authorizes in another way than the address that was called. Let the SDK choose it."
        case "unknown_config_key":
            "The integration’s provider is not in the catalogue any more. The operator can add it under GATEWRIGHT_PROVIDERS."
        case "caller_left":
            "Whoever asked went away before the whole answer was there. Nothing is wrong at the provider."
        case "unknown_err": "Something went wrong on our side. Try again; if it stays, tell whoever runs this server."
        case "webhook_failed":
            "Your webhook address did not answer 2xx. Look at the deliveries, mend it, and send the delivery again."
        default: status(error) ?? "The provider’s documentation says what \"\(error)\" means."
        }
    }

    /// For `HTTP 503` and the like, where the provider said no word; nil for a word.
    private static func status(_ error: String) -> String? {
        func begins(_ start: String) -> Bool { error.utf8.starts(with: start.utf8) }
        if begins("HTTP 5") || begins("HTTP 429") {
            return "The provider had a problem of its own. It is tried again by itself."
        }
        if begins("HTTP 2") {
            return
                "The provider answered, but with no token that can be used. Check the token address of the provider’s "
                + "entry: it may be a page for people."
        }
        if begins("HTTP 3") {
            return
                "The provider’s token address leads elsewhere, and secrets are not sent after it. Correct the address "
                + "in the provider’s entry."
        }
        if begins("HTTP 4") {
            return
                "The provider refused and did not say why. Ask the end user to connect again; if that fails too, check "
                + "the integration’s ID, secret and scopes."
        }
        return nil
    }
}
