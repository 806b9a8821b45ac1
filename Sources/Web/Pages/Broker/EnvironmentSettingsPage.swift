import OAuth

/// `/t/{slug}/env/{environment}/settings`: keys, who may connect, addresses, and the end.
package struct EnvironmentSettingsPage: Page {
    struct Key: Sendable {
        var name: String
        /// "gw_sk_…x9Zq"
        var hint: String
        /// "Everything", or each thing it may do.
        var scopes: [String]
        var signsWebhooks: Bool
        var created: Moment
        var createdBy: String
        /// Whoever made it may know it still, and is not in the workspace any more.
        var hasMakerLeft = false
        var lastUsed: Moment?
        /// Nil: until revoked.
        var ends: Moment?
        var id: String
        /// Empty for one that a newer one replaced already.
        var rotatePath: String
        var revokePath: String
    }

    var top: EnvironmentTop
    var publicKey: String
    var keys: [Key]
    var canAddKey = true
    var keyName = ""
    var scopes: [Choice]
    var isKeyLimited = false
    var signsWebhooks = false
    /// The form for a new one stands open.
    var isMakingKey = false

    /// "3 variables"; empty when there is none.
    var variables = ""
    var variablesPath: String

    var hasHMACKey: Bool
    var requiresHMAC: Bool
    /// Shown because it was asked for; empty otherwise.
    var hmacKey = ""
    /// Since when it holds, when it was just made, and how long the one before it does.
    var keyNote = ""
    /// "14 of the last 20 requests carried a valid digest."
    var signedCalls = ""
    /// The wish to turn it on has to be confirmed, knowing that.
    var isTurningOn = false
    /// "printf %s … | openssl dgst"
    var hmacCode: String

    /// One on each line.
    var origins: String
    var callback: String
    /// What providers are told without one.
    var ownCallback: String
    var nginx: String

    var keysPath: String
    var hmacPath: String
    var requirePath: String
    var revealPath: String
    var originsPath: String
    var callbackPath: String
    var deletePath: String

    package static let template = "broker/settings"
    package var title: String { "Settings of \(top.name)" }
    package static let sample = EnvironmentSettingsPage(
        top: .sample(.settings), publicKey: "gw_pk_4fQ8sT2vXy6Zb1Cd3Ef5GhJk7Lm9Np",
        keys: [
            Key(
                name: "Backend", hint: "gw_sk_…x9Zq", scopes: ["Everything"], signsWebhooks: true,
                created: .day(.sample(-20)),
                createdBy: "Ada", lastUsed: .relative(.sample, at: .sample + 240), id: "key_1",
                rotatePath: "/t/acme/env/dev/settings/keys/key_1/rotate",
                revokePath: "/t/acme/env/dev/settings/keys/key_1/revoke"),
            Key(
                name: "Nightly report", hint: "gw_sk_…77Qe", scopes: ["List connections"], signsWebhooks: false,
                created: .day(.sample(-2)), createdBy: "Grace", hasMakerLeft: true, ends: .exact(.sample(1)),
                id: "key_2", rotatePath: "",
                revokePath: "/t/acme/env/dev/settings/keys/key_2/revoke"),
        ],
        scopes: [
            Choice(value: "connections:list", label: "List connections"),
            Choice(value: "proxy", label: "Call providers through the proxy"),
        ], variables: "2 variables", variablesPath: "/t/acme/env/dev/settings/variables", hasHMACKey: true,
        requiresHMAC: false, signedCalls: "14 of the 20 requests of the last 7 days were signed.",
        hmacCode: "printf %s 'github:user-42' | openssl dgst -sha256 -hmac \"$GATEWRIGHT_HMAC_KEY\"",
        origins: "https://app.acme.example", callback: "", ownCallback: "https://portal.example/oauth/callback",
        nginx: "location = /oauth/callback {\n    return 308 https://portal.example/oauth/callback$is_args$args;\n}",
        keysPath: "/t/acme/env/dev/settings/keys", hmacPath: "/t/acme/env/dev/settings/hmac",
        requirePath: "/t/acme/env/dev/settings/hmac/require", revealPath: "/t/acme/env/dev/settings/hmac/reveal",
        originsPath: "/t/acme/env/dev/settings/origins", callbackPath: "/t/acme/env/dev/settings/callback",
        deletePath: "/t/acme/env/dev/delete")
    package static var samples: [PageSample<Self>] {
        var first = sample
        first.keys = []
        first.isMakingKey = true
        first.hasHMACKey = false
        first.signedCalls = ""
        first.origins = ""
        first.variables = ""
        var turning = sample
        turning.isTurningOn = true
        var on = sample
        on.requiresHMAC = true
        on.keyNote = "This is the new key. The one before it works until 23 Nov 2026, 13:42 UTC."
        on.hmacKey = "gw_hk_1B4a2e77838347a7E420ce178F2E7c6912E16977Qe"
        var wrong = sample
        wrong.isKeyLimited = true
        wrong.isMakingKey = true
        wrong.origins = "app.acme.example/login"
        wrong.callback = "http://acme.example"
        return [
            PageSample(sample), PageSample(first, state: "first"), PageSample(turning, state: "turning-on"),
            PageSample(on, state: "required"),
            PageSample(
                wrong, state: "errors",
                problems: [
                    FieldProblem("key_name", "Enter a name, up to 60 characters."),
                    FieldProblem("scopes", "Choose at least one, or let it do everything."),
                    FieldProblem("origins", "“app.acme.example/login” is no origin."),
                    FieldProblem("callback", "Enter an address that begins with https://."),
                ]),
        ]
    }
}

/// A new secret key, shown once.
package struct EnvironmentKeyPage: Page {
    var top: EnvironmentTop
    var name: String
    /// Empty when it was shown already.
    var secret: String
    /// "The key before it works until 22 Nov 2026, 09:14 UTC."; empty for one that replaces none.
    var overlap = ""
    var languages: [LanguageExample]
    var settingsPath: String

    package static let template = "broker/key"
    package var title: String { "Secret key \(name)" }
    package static let sample = EnvironmentKeyPage(
        top: .sample(.settings), name: "Backend", secret: "gw_sk_1B4a2e77838347a7E420ce178F2E7c6912E16977Qe",
        languages: ConnectionCall.sample.languages, settingsPath: "/t/acme/env/dev/settings")
    package static var samples: [PageSample<Self>] {
        var shown = sample
        shown.secret = ""
        return [PageSample(sample), PageSample(shown, state: "shown")]
    }
}
