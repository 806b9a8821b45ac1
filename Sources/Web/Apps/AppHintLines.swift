import Portal

extension AppHintLine {
    init(_ hint: AppHint, of app: App) {
        let (edit, secrets) = (app.path + "/edit", app.path + "#secrets-title")
        switch hint {
        case .noCallback:
            self.init(text: "It has no callback that works, so nobody can come back to it.", path: edit, action: "Edit")
        case .noSecret:
            self.init(
                text: "It has no client secret, so it can neither redeem codes nor refresh.", path: secrets,
                action: "Client secrets")
        case .secretNeverUsed(let secret):
            self.init(
                text: "The secret \(secret) was never used. Does your server have it?", path: app.path + "/activity",
                action: "Activity")
        case .oldSecretToEnd(let secret):
            self.init(
                text:
                    "The secret \(secret) still works beside a newer one that is in use. End it when nothing needs it.",
                path: secrets, action: "Client secrets")
        case .pkceOptional:
            self.init(
                text: "PKCE is optional: codes that leak can be redeemed by whoever has the secret.", path: edit,
                action: "Edit")
        case .neverExpiringTokens:
            self.init(
                text: "Its access tokens never expire (V1).", path: app.path + "/token-format", action: "Switch to V2")
        case .directFlowOn:
            self.init(
                text: "The direct flow is on: tokens travel in addresses.", path: app.path + "/direct",
                action: "Direct flow")
        }
    }
}
