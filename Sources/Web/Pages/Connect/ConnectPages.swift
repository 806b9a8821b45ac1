/// How a connect flow ended, in the popup or tab in which it ran.
package struct ConnectEndPage: Page {
    var isConnected = false
    /// What went wrong, for the person; empty when nothing did.
    var sentence = ""
    /// For whoever wrote the page that led here: a word, and what is wrong.
    var code = ""
    var explanation = ""
    /// The window that opened this one, if it may hear the result, and what it hears.
    var openerOrigin = ""
    var openerMessage = ""
    var requestID: String

    package static let template = "connect/end"
    package var title: String { isConnected ? "Connected" : "Not connected" }
    package static let sample = ConnectEndPage(isConnected: true, requestID: "req_4fQ8sT2v")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                ConnectEndPage(
                    sentence: "You did not allow access there, so nothing was connected. Close this window, or go back "
                        + "and try again.", code: "callback_err",
                    explanation: "access_denied: The resource owner denied the request.", requestID: "req_4fQ8sT2v"),
                state: "refused"),
        ]
    }
}

/// "Connect GitHub to Acme?", for whoever came by a link instead of the app's own page.
package struct ConnectAskPage: Page {
    var providerName: String
    var companyName: String
    /// Whose connection it becomes there, as the company calls it.
    var label: String
    /// This page's own address, which the form posts to.
    var formPath: String

    package static let template = "connect/ask"
    package static let formsLeadAway = true
    package var title: String { "Connect \(providerName) to \(companyName)?" }
    package static let sample = ConnectAskPage(
        providerName: "GitHub", companyName: "Acme", label: "ada@acme.example",
        formPath: "/oauth/connect/github?connection_id=ada&public_key=gw_pk_4fQ8sT2vXy6Zb1Cd3Ef5Gh7Ij9Kl1M")
}

/// The hosted page of a connect session: which provider, what it needs to know, and off to it.
package struct ConnectLinkPage: Page {
    struct Choice: Sendable {
        var name: String
        var path: String
        var initials: String
    }

    /// One thing to fill in.
    struct Field: Sendable {
        var name: String
        var label: String
        var hint = ""
        var value = ""
        var isSecret = false
        /// Several lines; a secret is not shown again either.
        var isLong = false
        /// If any, the only values there are.
        var options: [Option] = []
        var problemText = ""
    }

    struct Option: Sendable {
        var value: String
        var isChosen: Bool
    }

    var companyName: String
    /// Whose connection it becomes; may be empty.
    var label = ""
    /// Empty while there is something to choose.
    var providerName = ""
    var isReconnection = false
    var choices: [Choice] = []
    /// For the developer, why there is nothing to choose; empty when there is.
    var nothing = ""
    var fields: [Field] = []
    /// It goes on at the provider, where the person signs in.
    var leadsAway = false
    /// The provider's own page about what is asked here; empty where nothing secret is.
    var documentationURL = ""
    var token = ""
    var integration = ""
    /// Who waits for the result, carried from the page's address to its form; each may be empty.
    var socket = ""
    var openerOrigin = ""
    var returnURL = ""
    /// Back to the choice; empty when there was none.
    var backPath = ""

    package static let template = "connect/link"
    package static let formsLeadAway = true
    package var title: String {
        if providerName.utf8.isEmpty { return "Connect an account to \(companyName)" }
        return (isReconnection ? "Connect \(providerName) again" : "Connect \(providerName)") + " to \(companyName)"
    }

    private static let token = "gw_cn_00000000000000000000000000000000000000"
    package static let sample = ConnectLinkPage(
        companyName: "Acme", label: "Ada", providerName: "Zendesk",
        fields: [Field(name: "subdomain", label: "Subdomain", hint: "The part in front of .zendesk.com.")],
        leadsAway: true, token: token, integration: "zendesk", backPath: "/connect?session_token=" + token)
    package static var samples: [PageSample<Self>] {
        let problem = "Enter the subdomain: letters, digits and hyphens."
        var wrong = sample
        wrong.fields = [
            Field(
                name: "subdomain", label: "Subdomain", hint: "The part in front of .zendesk.com.", value: "a b",
                problemText: problem)
        ]
        let choices = [
            Choice(name: "GitHub", path: "/connect?integration=github", initials: "GI"),
            Choice(name: "Zendesk", path: "/connect?integration=zendesk", initials: "ZE"),
        ]
        let key = ConnectLinkPage(
            companyName: "Acme", label: "Ada", providerName: "Algolia", isReconnection: true,
            fields: [
                Field(name: "APP_ID", label: "Application ID"), Field(name: "apiKey", label: "API key", isSecret: true),
                Field(
                    name: "region", label: "Region",
                    options: [Option(value: "eu", isChosen: true), Option(value: "us", isChosen: false)]),
            ], token: token, integration: "algolia")
        let signing = ConnectLinkPage(
            companyName: "Acme", label: "Ada", providerName: "App Store Connect",
            fields: [
                Field(name: "privateKeyId", label: "Key ID"), Field(name: "issuerId", label: "Issuer ID"),
                Field(name: "privateKey", label: "Private key", isSecret: true, isLong: true),
                Field(
                    name: "scope", label: "Scopes (optional)",
                    hint: "Operations that the tokens are held to, one on each line. Example: GET /v1/apps",
                    isLong: true),
            ], token: token, integration: "app-store")
        return [
            PageSample(sample), PageSample(wrong, state: "errors", problems: [FieldProblem("subdomain", problem)]),
            PageSample(ConnectLinkPage(companyName: "Acme", label: "Ada", choices: choices), state: "choose"),
            PageSample(key, state: "key"), PageSample(signing, state: "signing"),
            PageSample(
                ConnectLinkPage(
                    companyName: "Acme",
                    nothing:
                        "Neither integration that this session allows is finished. The environment’s activity names "
                        + "what is missing."), state: "nothing"),
        ]
    }
}
