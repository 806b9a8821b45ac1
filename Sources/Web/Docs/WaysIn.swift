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
            choose:
                "what you build runs on people’s own devices (a phone, a desktop or a single page), where no secret stays secret.",
            actsAs: "The admin who allowed it, as above.",
            lasts: "As above; PKCE, always required, stands in for the secret.",
            path: "/apps/new", pathText: "Register an app"),
    ])
}
