extension AuthenticationPage {
    /// Every way in that this server offers, the usual ones first.
    static let all = AuthenticationPage(ways: [
        Way(
            key: "developer-token", name: "Developer token",
            choose:
                "the caller is a script, a test or a tool of your own, and everything happens as you in one workspace.",
            actsAs: "You, with the scopes you tick, in the workspace you choose.",
            lasts: "As long as you choose, until you revoke it.",
            path: "/tokens/new", pathText: "Create a token"),
        Way(
            key: "app", name: "App: OAuth 2.0 with a code",
            choose: "other people use what you build, and it acts in their workspaces with their permission.",
            actsAs: "The admin who allowed it, with the scopes they saw.",
            lasts: "24 hours, renewed with refresh tokens, until somebody revokes it.",
            path: "/apps/new", pathText: "Register an app"),
        Way(
            key: "public-app", name: "Public app: the same, without a secret",
            choose: """
                what you build runs on people’s own devices (a phone, a desktop or a single page), where no secret \
                stays secret.
                """,
            actsAs: "The admin who allowed it, as above.",
            lasts: "As above; PKCE, always required, stands in for the secret.",
            path: "/apps/new", pathText: "Register an app"),
        Way(
            key: "client-credentials", name: "Client credentials: the app by itself",
            choose: """
                your app runs on a server, an admin of the workspace has allowed it already, and nobody is there when \
                it works at night.
                """,
            actsAs: "The app, within what that admin allowed; it ends with their permission.",
            lasts: "An hour; ask for another one with grant_type=client_credentials, there is no refresh token.",
            path: "/docs/api#ends-title", pathText: "The token endpoint"),
        Way(
            key: "direct-flow", name: "API key with a callback: the direct flow",
            choose: "an older client of yours knows only api_key and callback, and cannot be changed yet.",
            actsAs: "The admin who allowed it.",
            lasts: "As long as the app’s settings say, an hour unless you choose otherwise; no refresh token.",
            caution: """
                It puts the token into an address, where histories and logs keep it. It is off until you turn it on for \
                one app.
                """,
            path: "/user/api-keys", pathText: "API keys"),
        Way(
            key: "test-token", name: "Test token",
            choose: "you want to see once what your own rights in a workspace open, without keeping a token.",
            actsAs: "You, in one workspace.",
            lasts: "24 hours. Not for production.",
            path: "/dashboard", pathText: "Your workspaces have it"),
    ])
}
