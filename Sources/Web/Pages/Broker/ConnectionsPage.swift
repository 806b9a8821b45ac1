import OAuth

/// `/t/{slug}/env/{environment}/connections?q=&integration=&state=&after=`
package struct ConnectionsPage: Page {
    struct Row: Sendable {
        var connectionID: String
        /// The end user as the company named them; may be empty.
        var person: String
        var integration: String
        /// "Working", "Connect again", "Refresh fails".
        var state: String
        /// ok | warn | bad
        var stateKind: String
        var created: Moment
        /// Nil: never.
        var lastFetched: Moment?
        var path: String
    }

    var top: EnvironmentTop
    var connections: [Row]
    var search = ""
    var integrations: [Choice]
    var states: [Choice]
    var isNarrowed = false
    var listPath: String
    var nextPath = ""
    var integrationsPath: String

    package static let template = "broker/connections"
    package var title: String { "Connections" }
    package static let sample = ConnectionsPage(
        top: .sample(.connections),
        connections: [
            Row(
                connectionID: "user-42", person: "Mei Lin", integration: "github", state: "Working", stateKind: "ok",
                created: .day(.sample(-3)), lastFetched: .relative(.sample, at: .sample + 240),
                path: "/t/acme/env/dev/connections/42"),
            Row(
                connectionID: "9f3c1c52-8a61-4b3a-9aba-766c1d2e3f40", person: "", integration: "slack-customers",
                state: "Connect again", stateKind: "bad", created: .day(.sample(-40)),
                path: "/t/acme/env/dev/connections/41"),
        ],
        integrations: [
            Choice(value: "", label: "All", isChosen: true), Choice(value: "github", label: "github"),
            Choice(value: "slack-customers", label: "slack-customers"),
        ],
        states: [Choice(value: "", label: "All", isChosen: true), Choice(value: "broken", label: "Needs somebody")],
        listPath: "/t/acme/env/dev/connections", nextPath: "/t/acme/env/dev/connections?after=41.0000",
        integrationsPath: "/t/acme/env/dev/integrations")
    package static var samples: [PageSample<Self>] {
        var none = sample
        none.connections = []
        none.search = "nobody"
        none.isNarrowed = true
        none.nextPath = ""
        var empty = none
        empty.search = ""
        empty.isNarrowed = false
        return [PageSample(sample), PageSample(none, state: "none"), PageSample(empty, state: "empty")]
    }
}

/// `/t/{slug}/env/{environment}/connections/{connection}`
package struct ConnectionPage: Page {
    struct Credential: Sendable {
        var label: String
        /// "••••x9Zq", or all of it once it was asked for.
        var value: String
    }

    struct Event: Sendable {
        var title: String
        var outcome: String
        var outcomeKind: String
        var at: Moment
        var path: String
    }

    var top: EnvironmentTop
    var connectionID: String
    var integration: String
    var integrationPath: String
    var listPath: String
    var state: String
    var stateKind: String
    /// What is wrong, in the provider's word; empty when nothing is.
    var trouble = ""
    var advice = ""
    var failed: Moment?
    /// The trace that says more; may be empty.
    var troublePath = ""
    /// "OAuth 2"
    var method: String
    var created: Moment
    var refreshed: Moment?
    var lastFetched: Moment?
    /// Nil: it does not end, or the provider does not say.
    var expires: Moment?
    var isRefreshable: Bool
    var owner: [Fact] = []
    var values: [Fact] = []
    var credentials: [Credential]
    var isRevealed = false
    /// The provider's whole answer; only when revealed.
    var raw = ""
    var metadata: String
    var events: [Event] = []
    var languages: [LanguageExample]
    var activityPath: String
    var revealPath: String
    var refreshPath: String
    var metadataPath: String
    /// Empty where nobody can connect at the moment.
    var reconnectPath = ""
    var deletePath: String

    package static let template = "broker/connection"
    package var title: String { "Connection \(connectionID)" }
    package static let sample = ConnectionPage(
        top: .sample(.connections), connectionID: "user-42", integration: "github",
        integrationPath: "/t/acme/env/dev/integrations/int_1", listPath: "/t/acme/env/dev/connections",
        state: "Working", stateKind: "ok", method: "OAuth 2",
        created: .exact(.sample(-3)), refreshed: .relative(.sample, at: .sample + 600),
        lastFetched: .relative(.sample, at: .sample + 240), expires: .exact(.sample(1)), isRefreshable: true,
        owner: [Fact(label: "End user", value: "Mei Lin"), Fact(label: "Tag plan", value: "gold")],
        values: [Fact(label: "subdomain", value: "acme")],
        credentials: [
            Credential(label: "Access token", value: "••••f3a9"), Credential(label: "Refresh token", value: "••••77Qe"),
        ],
        metadata: "{\n  \"folder\": 7\n}",
        events: [
            Event(
                title: "Refresh", outcome: "Done", outcomeKind: "ok", at: .relative(.sample, at: .sample + 600),
                path: "/t/acme/env/dev/activity/trc_1")
        ],
        languages: ConnectionCall.sample.languages, activityPath: "/t/acme/env/dev/activity?connection=user-42",
        revealPath: "/t/acme/env/dev/connections/42/reveal", refreshPath: "/t/acme/env/dev/connections/42/refresh",
        metadataPath: "/t/acme/env/dev/connections/42/metadata",
        reconnectPath: "/t/acme/env/dev/connections/42/reconnect", deletePath: "/t/acme/env/dev/connections/42/delete")
    package static var samples: [PageSample<Self>] {
        var broken = sample
        broken.state = "Connect again"
        broken.stateKind = "bad"
        broken.trouble = "invalid_grant"
        broken.advice = "The provider no longer accepts this connection. Ask the end user to connect again."
        broken.failed = .relative(.sample, at: .sample + 600)
        broken.troublePath = "/t/acme/env/dev/activity/trc_1"
        var revealed = sample
        revealed.isRevealed = true
        revealed.credentials = [
            Credential(label: "Access token", value: "gho_16C7e42F292c6912E7710c838347Ae178B4af3a9"),
            Credential(label: "Refresh token", value: "ghr_1B4a2e77838347a7E420ce178F2E7c6912E16977Qe"),
        ]
        revealed.raw = "{\n  \"token_type\": \"bearer\"\n}"
        var key = sample
        key.isRefreshable = false
        key.expires = nil
        key.lastFetched = nil
        key.method = "API key"
        key.owner = []
        key.values = []
        key.events = []
        key.credentials = [Credential(label: "API key", value: "••••")]
        var wrong = sample
        wrong.metadata = "{\n  \"folder\": 7,\n}"
        return [
            PageSample(sample), PageSample(broken, state: "broken"), PageSample(revealed, state: "revealed"),
            PageSample(key, state: "api-key"),
            PageSample(
                wrong, state: "errors",
                problems: [FieldProblem("metadata", "Line 3, column 1: this is no JSON from here on.")]),
        ]
    }
}
