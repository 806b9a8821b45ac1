/// `/t/{slug}/env/{environment}/integrations`
package struct IntegrationsPage: Page {
    struct Row: Sendable {
        var name: String
        var initials: String
        /// What code calls it.
        var key: String
        /// "GitHub, OAuth 2"
        var provider: String
        /// "Ready", "Incomplete", "Failing".
        var state: String
        /// ok | warn | bad
        var stateKind: String
        /// What to do about it; may be empty.
        var advice = ""
        /// "3 connections"
        var connections: String
        var path: String
    }

    var top: EnvironmentTop
    var integrations: [Row]
    var newPath: String

    package static let template = "broker/integrations"
    package var title: String { "Integrations" }
    package static let sample = IntegrationsPage(
        top: .sample(.integrations),
        integrations: [
            Row(
                name: "GitHub", initials: "GI", key: "github", provider: "GitHub, OAuth 2", state: "Ready",
                stateKind: "ok", connections: "3 connections", path: "/t/acme/env/dev/integrations/int_1"),
            Row(
                name: "Zendesk", initials: "ZE", key: "zendesk", provider: "Zendesk, OAuth 2", state: "Incomplete",
                stateKind: "warn", advice: "The client secret is missing.", connections: "No connections",
                path: "/t/acme/env/dev/integrations/int_2"),
            Row(
                name: "Customers’ Slack", initials: "CS", key: "slack-customers", provider: "Slack, OAuth 2",
                state: "Failing", stateKind: "bad",
                advice: "The provider refused the integration’s client ID or secret.", connections: "1 connection",
                path: "/t/acme/env/dev/integrations/int_3"),
        ], newPath: "/t/acme/env/dev/integrations/new")
    package static var samples: [PageSample<Self>] {
        var empty = sample
        empty.integrations = []
        return [PageSample(sample), PageSample(empty, state: "empty")]
    }
}

/// `/t/{slug}/env/{environment}/integrations/new?q=`: which provider.
package struct PickProviderPage: Page {
    struct Row: Sendable {
        var name: String
        var initials: String
        /// "OAuth 2", "API key".
        var method: String
        /// "crm, support"
        var categories: String
        var path: String
    }

    var top: EnvironmentTop
    var search = ""
    var providers: [Row]
    /// "129 providers", "3 providers match".
    var count: String
    var formPath: String
    var customPath: String

    package static let template = "broker/pick"
    package var title: String { "Choose a provider" }
    package static let sample = PickProviderPage(
        top: .sample(.integrations),
        providers: [
            Row(
                name: "GitHub", initials: "GI", method: "OAuth 2", categories: "developer",
                path: "/t/acme/env/dev/integrations/new/github"),
            Row(
                name: "OpenAI", initials: "OP", method: "API key", categories: "ai",
                path: "/t/acme/env/dev/integrations/new/openai"),
        ], count: "2 providers", formPath: "/t/acme/env/dev/integrations/new",
        customPath: "/t/acme/env/dev/integrations/new/custom")
    package static var samples: [PageSample<Self>] {
        var none = sample
        none.search = "Zyx"
        none.providers = []
        none.count = "No provider matches"
        return [PageSample(sample), PageSample(none, state: "none")]
    }
}
