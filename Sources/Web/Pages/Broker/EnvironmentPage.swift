/// `/t/{slug}/env/{environment}`: what there is, what needs somebody, and what to do first.
package struct EnvironmentPage: Page {
    struct Step: Sendable {
        var title: String
        var sentence: String
        var isDone: Bool
        /// Where it is done; empty when it is, or cannot be yet.
        var path = ""
        var action = ""
    }

    struct Broken: Sendable {
        var connectionID: String
        var integration: String
        var trouble: String
        var advice: String
        var path: String
    }

    var top: EnvironmentTop
    /// Empty once all are done.
    var steps: [Step]
    /// "2 integrations", "3 connections", "1 connection needs you".
    var integrations: String
    var connections: String
    var integrationsPath: String
    var connectionsPath: String
    var broken: [Broken] = []
    /// All that are broken; empty when none is.
    var brokenPath = ""
    /// The reader's own call, in several languages; empty before there is a connection.
    var languages: [LanguageExample] = []
    var settingsPath: String

    package static let template = "broker/show"
    package var title: String { "\(top.name) of \(top.workspace.name)" }

    package static let sample = EnvironmentPage(
        top: .sample(.home),
        steps: [
            Step(
                title: "Add an integration", sentence: "One provider, with the ID and secret it gave you.", isDone: true
            ),
            Step(
                title: "Connect to test", sentence: "Connect an account of your own, as your users will.",
                isDone: false,
                path: "/t/acme/env/dev/integrations/int_1", action: "Connect to test"),
            Step(
                title: "Make a secret key", sentence: "Your backend proves itself with it.", isDone: false,
                path: "/t/acme/env/dev/settings#keys-title", action: "Make a key"),
            Step(title: "Fetch from your backend", sentence: "Ask for the token each time you need it.", isDone: false),
        ],
        integrations: "1 integration", connections: "No connections", integrationsPath: "/t/acme/env/dev/integrations",
        connectionsPath: "/t/acme/env/dev/connections", settingsPath: "/t/acme/env/dev/settings")

    package static var samples: [PageSample<Self>] {
        var busy = sample
        busy.steps = []
        busy.connections = "3 connections"
        busy.broken = [
            Broken(
                connectionID: "user-42", integration: "github", trouble: "invalid_grant",
                advice: "The provider no longer accepts this connection. Ask the end user to connect again.",
                path: "/t/acme/env/dev/connections/42")
        ]
        busy.brokenPath = "/t/acme/env/dev/connections?state=broken"
        busy.languages = ConnectionCall.sample.languages
        return [PageSample(sample), PageSample(busy, state: "busy")]
    }
}

/// `/t/{slug}/env/new`; posts `name` and `hmac` to `/t/{slug}/env`.
package struct NewEnvironmentPage: Page {
    var top: TenantTop
    var name = ""
    var requiresHMAC = true
    var formPath: String
    var cancelPath: String

    package static let template = "broker/new"
    package var title: String { "Add an environment" }
    package static let sample = NewEnvironmentPage(
        top: .sample(.integrations), formPath: "/t/acme/env", cancelPath: "/t/acme/env/dev")
    package static var samples: [PageSample<Self>] {
        var typed = sample
        typed.name = "Staging 1"
        return [
            PageSample(sample),
            PageSample(
                typed, state: "errors",
                problems: [FieldProblem("name", "Use lower-case letters, digits and hyphens, at most 32.")]),
        ]
    }
}
