import Broker

extension ConnectGuidePage {
    /// What `auth()` is rejected with, and what a backend is answered, each with what to do.
    static let connectErrors: [ErrorsPage.Entry] = inThePage + atTheStart + atTheProvider + atTheBackend

    private static let inThePage = [
        ErrorsPage.Entry(
            code: "blocked_by_browser", place: "the page",
            advice:
                "The popup was blocked. Call auth() in the click itself, or leave mode on auto, which redirects then."),
        ErrorsPage.Entry(
            code: "window_closed", place: "the page",
            advice: "The person closed the window. Offer the button again; nothing was connected."),
        ErrorsPage.Entry(
            code: "timeout", place: "the page", advice: "Nothing came back within 15 minutes. Offer the button again."),
        ErrorsPage.Entry(
            code: "network_error", place: "the page",
            advice: "Gatewright did not answer, or this page’s origin is not among the allowed origins."),
    ]

    /// Before anybody is sent to the provider.
    private static let atTheStart = advised(
        "before the provider",
        [
            "missing_hmac", "invalid_hmac", "origin_not_allowed", "return_url_not_allowed", "provider_config_err",
            "unknown_config_key", "url_param_err", "auth_mode_err", "unknown_connect_session_token",
            "integration_not_allowed",
        ])

    private static let atTheProvider =
        advised("at the provider", ["access_denied", "callback_err", "state_err", "redirect_uri_mismatch"]) + [
            ErrorsPage.Entry(
                code: "token_err", place: "at the provider",
                advice: "The provider gave no token. The activity shows what it said, step by step.")
        ]

    private static let atTheBackend = [
        ErrorsPage.Entry(
            code: "missing_auth_header", place: "your backend",
            advice: "Send the environment’s secret key, as Authorization: Bearer gw_sk_…"),
        ErrorsPage.Entry(
            code: "unknown_account", place: "your backend",
            advice: "The secret key was revoked, or is another server’s. Make one in the environment’s settings."),
        ErrorsPage.Entry(
            code: "forbidden", place: "your backend", advice: "The secret key may not do this. Make one that may."),
        ErrorsPage.Entry(
            code: "unknown_connection", place: "your backend",
            advice: "Nobody connected under this ID in this environment, or the connection was deleted."),
        ErrorsPage.Entry(
            code: "refresh_token_external_error", place: "your backend",
            advice:
                "The token could not be renewed. The connection’s page says why; mostly the person has to connect again."
        ),
    ]

    private static func advised(_ place: String, _ codes: [String]) -> [ErrorsPage.Entry] {
        codes.map { ErrorsPage.Entry(code: $0, place: place, advice: TraceAdvice.sentence(for: $0)) }
    }
}
