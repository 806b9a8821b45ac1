/// `/docs/connect`: people's accounts at other providers, from the button to the call, with the reader's own values.
package struct ConnectGuidePage: Page {
    struct Example: Sendable {
        var languages: [LanguageExample]
    }

    /// The reader's own integrations, as `acme/dev/github`; environments that have none yet are among them.
    var places: [Choice]
    /// There is something to choose from.
    var hasChoice: Bool
    /// Of the chosen environment; nil for readers who administer none.
    var environmentPath: String?
    var integrationsPath: String?
    var settingsPath: String?
    var webhooksPath: String?
    var activityPath: String?
    /// Three lines of a page.
    var button: String
    var vouching: Example
    var session: Example
    var fetching: Example
    var proxying: Example
    var checking: Example
    var errors: [ErrorsPage.Entry]

    package static let template = "docs/connect"
    package static let place = Place.docs
    package var title: String { "Connect your users’ accounts" }

    package static let sample = ConnectGuidePage(
        places: [Choice(value: "acme/dev/github", label: "GitHub, in dev of Acme", isChosen: true)], hasChoice: true,
        environment: "/t/acme/env/dev", publicKey: "gw_pk_…",
        ConnectExample(base: "https://portal.example", integrationKey: "github", connectionID: "user-42"))

    package static var samples: [PageSample<Self>] {
        let stranger = ConnectGuidePage(
            places: [], hasChoice: false, environment: nil, publicKey: nil,
            ConnectExample(base: "https://portal.example", integrationKey: "github", connectionID: "user-42"))
        return [PageSample(sample), PageSample(stranger, state: "signed-out")]
    }
}

extension ConnectGuidePage {
    /// - Parameters:
    ///   - environment: its path; nil when the reader has none.
    ///   - publicKey: nil then, too.
    init(places: [Choice], hasChoice: Bool, environment: String?, publicKey: String?, _ example: ConnectExample) {
        self.init(
            places: places, hasChoice: hasChoice, environmentPath: environment,
            integrationsPath: environment.map { $0 + "/integrations" },
            settingsPath: environment.map { $0 + "/settings" }, webhooksPath: environment.map { $0 + "/webhooks" },
            activityPath: environment.map { $0 + "/activity" },
            button: Self.button(for: example, publicKey: publicKey ?? "YOUR_PUBLIC_KEY"),
            vouching: Example(languages: example.vouching), session: Example(languages: example.session),
            fetching: Example(languages: example.fetching), proxying: Example(languages: example.proxying),
            checking: Example(languages: WebhookCheck.languages), errors: Self.connectErrors)
    }

    private static func button(for example: ConnectExample, publicKey: String) -> String {
        """
        <button id="connect">Connect</button>
        <script type="module">
        import Gatewright from \(literal(example.base + "/sdk/gatewright.js"));
        const gatewright = new Gatewright({ publicKey: \(literal(publicKey)) });
        document.getElementById("connect").onclick = () => gatewright.auth(\(literal(example.integrationKey)), "user-42");
        </script>
        """
    }
}
