import OAuth
import Portal

/// A whole authorization code flow for one app at one workspace, ready to run, in several languages.
///
/// One source for the app's own page and for the quick start, so that no two of our pages disagree.
struct FlowExample {
    let tenants: TenantAddresses
    /// The workspace to connect to.
    let slug: String
    let clientID: String
    let isConfidential: Bool
    let callback: String
    let scopes: ScopeSet
    /// V2 tokens: they end, and are renewed.
    let refreshes: Bool

    /// What is not known yet: shown to readers who are not signed in, or have no app.
    static func placeholder(at slug: String, _ tenants: TenantAddresses) -> FlowExample {
        FlowExample(
            tenants: tenants, slug: slug, clientID: "YOUR_CLIENT_ID", isConfidential: true,
            callback: "https://your-app.example/callback", scopes: ScopeSet([.accountRead, .peopleRead]),
            refreshes: true)
    }

    var languages: [LanguageExample] {
        [
            LanguageExample(key: "curl", name: "curl", steps: CurlFlow(example: self).steps, isChosen: true),
            LanguageExample(key: "python", name: "Python", steps: [PythonFlow(example: self).step]),
            LanguageExample(key: "javascript", name: "JavaScript", steps: [JavaScriptFlow(example: self).step]),
            LanguageExample(key: "swift", name: "Swift", steps: [SwiftFlow(example: self).step]),
        ]
    }

    var issuer: String { tenants.issuer(of: slug) }

    /// The call that these scopes allow; nil when they open nothing of our own API.
    var call: ExampleCall? { ExampleCall(scopes: scopes) }

    /// The query of the request, but for `state` and `code_challenge`; its values percent-encoded.
    var query: [(name: String, value: String)] {
        [
            ("response_type", "code"), ("client_id", PercentEncoding.encode(clientID)),
            ("redirect_uri", PercentEncoding.encode(callback)), ("scope", PercentEncoding.encode(scopes.text)),
        ]
    }
}

extension FlowExample {
    init(of app: App, at slug: String, _ tenants: TenantAddresses) {
        self.init(
            tenants: tenants, slug: slug, clientID: app.clientID, isConfidential: app.details.kind == .confidential,
            callback: app.details.callbacks.first ?? "", scopes: app.details.scopes,
            refreshes: app.details.tokenFormat == .v2)
    }
}
