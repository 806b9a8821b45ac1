/// One text field of a form whose fields come from data.
package struct DataField: Sendable {
    /// The input's name; its id is `field-` and this.
    var name: String
    var label: String
    var hint = ""
    var value = ""
    /// Offered instead of free text; empty for free text.
    var choices: [Choice] = []
    /// Hidden while it is typed, and never shown again.
    var isSecret = false
    /// A value is stored that an empty input keeps; a box lets it go.
    var isRemovable = false
    var isRemoved = false
    var problemText = ""
}

/// `/t/{slug}/env/{environment}/integrations/{integration}`, and setting up a new one.
package struct IntegrationPage: Page {
    var top: EnvironmentTop
    var name: String
    var isNew: Bool
    /// The catalogue's key, posted with a new one.
    var provider: String
    /// "Ready", "Incomplete", "Failing"; empty for a new one.
    var state = ""
    var stateKind = "ok"
    /// What is missing or what the provider refuses, and what to do; may be empty.
    var advice = ""

    /// What the provider must be told; empty where nobody is sent back to us.
    var callbackURL = ""
    /// Where GitHub-like apps send people after they were installed; may be empty.
    var setupURL = ""
    /// What to do at the provider, in sentences; may be empty.
    var guide = ""
    var documentationURL = ""

    /// Asks for the addresses of a provider that is not in the catalogue.
    var isCustom = false
    var customFields: [DataField] = []
    var sendsPKCE = true

    var key: String
    /// The key stands in code, so renaming it is warned of: "3 connections"; empty when there is none.
    var connections = ""
    var displayName = ""
    /// An ID and a secret are registered at the provider.
    var needsRegistration: Bool
    var clientIDLabel = "Client ID"
    var clientID = ""
    var secretLabel = "Client secret"
    /// Several lines: a private key.
    var isSecretLong = false
    /// One is stored; it is never shown, only replaced.
    var hasSecret = false
    var takesScopes: Bool
    var scopes = ""
    /// "repo, read:user": what the catalogue starts with; may be empty.
    var suggestedScopes = ""
    /// What the developer says once.
    var fields: [DataField] = []
    /// What everybody who connects is asked for.
    var asked: [Fact] = []
    /// There is one, but not before it is saved.
    var callbackComesLater = false
    /// Two addresses to choose from; nil for a new one, or where there is no callback.
    var ownCallback: [Choice] = []

    /// What a change would break, said before it is saved; the box's value is the number of connections.
    var warning = ""
    var understood = ""

    var formPath: String
    var cancelPath: String
    /// Posts nothing but the token; empty until it can work.
    var connectPath = ""
    /// What comes next, said before somebody goes there; may be empty.
    var connectHint = ""
    var connectionsPath = ""
    var activityPath = ""
    var deletePath = ""
    /// Three lines for a page of the reader's own; empty until it can work.
    var pageCode = ""

    package static let template = "broker/integration"
    package var title: String { isNew ? "Set up \(name)" : name }

    package static let sample = IntegrationPage(
        top: .sample(.integrations), name: "GitHub", isNew: false, provider: "github", state: "Ready",
        callbackURL: "https://portal.example/oauth/callback",
        guide:
            "Create an OAuth app in GitHub’s developer settings with the callback URL. Copy the client ID and generate a secret.",
        documentationURL: "https://docs.github.com/en/apps/oauth-apps", key: "github", connections: "3 connections",
        needsRegistration: true, clientID: "Iv1.8a61f9b3a7aba766", hasSecret: true, takesScopes: true,
        scopes: "repo\nread:user", suggestedScopes: "read:user",
        ownCallback: [
            Choice(
                value: "shared", label: "The same for all integrations",
                hint: "https://portal.example/oauth/callback", isChosen: true),
            Choice(value: "own", label: "One of its own", hint: "https://portal.example/oauth/callback/int_1"),
        ],
        formPath: "/t/acme/env/dev/integrations/int_1", cancelPath: "/t/acme/env/dev/integrations",
        connectPath: "/t/acme/env/dev/integrations/int_1/connect",
        connectionsPath: "/t/acme/env/dev/connections?integration=github",
        activityPath: "/t/acme/env/dev/activity?integration=github",
        deletePath: "/t/acme/env/dev/integrations/int_1/delete",
        pageCode: "<script src=\"https://portal.example/sdk/gatewright.js\"></script>")

    package static var samples: [PageSample<Self>] {
        var new = sample
        new.isNew = true
        new.state = ""
        new.clientID = ""
        new.hasSecret = false
        new.connections = ""
        new.ownCallback = []
        (new.connectPath, new.connectionsPath, new.activityPath, new.deletePath, new.pageCode) = ("", "", "", "", "")
        new.formPath = "/t/acme/env/dev/integrations"
        var wrong = new
        wrong.key = "git hub/1"
        wrong.fields = [
            DataField(
                name: "value-subdomain", label: "Subdomain", hint: "Example: acme", value: "https://acme",
                problemText: "Subdomain: letters, digits and hyphens, without a dot."),
            DataField(
                name: "value-developer", label: "Developer token", isSecret: true,
                problemText: "Developer token: letters, digits and . _ - ~, without spaces."),
        ]
        var key = new
        key.name = "OpenAI"
        key.provider = "openai"
        key.callbackURL = ""
        key.needsRegistration = false
        key.takesScopes = false
        key.asked = [Fact(label: "API key", value: "Everybody who connects enters their own.")]
        var custom = new
        custom.name = "another OAuth 2 provider"
        custom.provider = "custom"
        custom.isCustom = true
        custom.guide = ""
        custom.documentationURL = ""
        custom.suggestedScopes = ""
        custom.customFields = [
            DataField(name: "custom-title", label: "Name of the provider", value: "Example CRM"),
            DataField(
                name: "custom-client", label: "ID and secret are sent",
                choices: [
                    Choice(value: "body", label: "In the body", isChosen: true),
                    Choice(value: "basic", label: "By Basic"),
                ]),
        ]
        var changing = sample
        changing.warning =
            "The client ID has changed. The 3 connections that exist cannot be refreshed with another one: everybody must connect again."
        changing.understood = "3"
        var failing = sample
        failing.state = "Failing"
        failing.stateKind = "bad"
        failing.advice =
            "The provider refused the integration’s client ID or secret. Compare them with the provider’s own page, and save them again."
        var stored = sample
        stored.fields = [
            DataField(
                name: "value-developer", label: "Developer token (optional)",
                hint: "One is stored. It is never shown; leave this empty to keep it.", isSecret: true,
                isRemovable: true)
        ]
        return [
            PageSample(sample), PageSample(new, state: "new"), PageSample(stored, state: "stored-value"),
            PageSample(
                wrong, state: "errors",
                problems: [
                    FieldProblem("key", "Use letters, digits and ~ : . @ _ -, at most 255."),
                    FieldProblem("client_id", "Enter the client ID that GitHub gave you."),
                    FieldProblem("secret", "Enter the client secret that GitHub gave you."),
                    FieldProblem("value-subdomain", "Subdomain: letters, digits and hyphens, without a dot."),
                    FieldProblem("scopes", "\u{201C}a\u{22}b\u{201D} is no scope."),
                ]),
            PageSample(key, state: "api-key"), PageSample(custom, state: "custom"),
            PageSample(
                changing, state: "changing",
                problems: [FieldProblem("understood", "Tick the box to save this change.")]),
            PageSample(failing, state: "failing"),
        ]
    }
}

/// `…/integrations/{integration}/tested`: how a test connection ended.
package struct TestedPage: Page {
    var top: EnvironmentTop
    var name: String
    var isConnected: Bool
    var connectionID = ""
    /// Of the connection; empty when there is none.
    var connectionPath = ""
    /// `access_denied`; empty when it went well.
    var error = ""
    var sentence = ""
    var advice = ""
    var integrationPath: String
    var activityPath: String
    /// To try again.
    var connectPath: String
    var languages: [LanguageExample] = []

    package static let template = "broker/tested"
    package var title: String { isConnected ? "\(name) is connected" : "\(name) was not connected" }
    package static let sample = TestedPage(
        top: .sample(.integrations), name: "GitHub", isConnected: true,
        connectionID: "9f3c1c52-8a61-4b3a-9aba-766c1d2e3f40", connectionPath: "/t/acme/env/dev/connections/42",
        integrationPath: "/t/acme/env/dev/integrations/int_1",
        activityPath: "/t/acme/env/dev/activity?integration=github",
        connectPath: "/t/acme/env/dev/integrations/int_1/connect", languages: ConnectionCall.sample.languages)
    package static var samples: [PageSample<Self>] {
        var failed = sample
        failed.isConnected = false
        failed.connectionPath = ""
        failed.languages = []
        failed.error = "invalid_client"
        failed.sentence = "The provider refused the integration’s registration."
        failed.advice =
            "The provider refused the integration’s client ID or secret. Compare them with the provider’s own page, and save them again."
        return [PageSample(sample), PageSample(failed, state: "failed")]
    }
}
