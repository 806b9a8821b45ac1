/// `GET …/oauth/authorize`, when the decision is the person's: posts ticket, decision = allow | deny, and csrf
/// to `formPath`.
package struct ConsentPage: Page {
    var appName: String
    var appInitials: String
    /// What its developer says it does.
    var appDescription = ""
    /// Who registered it: "Northwind".
    var makerName: String
    /// "roster.example", of the homepage; may be empty.
    var makerDomain = ""
    /// The homepage; may be empty.
    var makerURL = ""
    var tenantName: String
    var tenantInitials: String
    /// Shows the warning that nobody checked who runs the app.
    var isUnreviewed = false
    /// Sensitive ones first. `isNew` marks what was not allowed before.
    var scopes: [ScopeLine]
    /// The app was allowed before and now asks for more.
    var asksForMore = false
    /// What it asked for and the tenant's rules keep from it, in words.
    var withheld: [String] = []
    /// What the app cannot do with these scopes: "see or change your password".
    var cannot: [String]
    /// "Until you remove it." or "For 1 hour." One or two whole sentences.
    var lifetime: String
    /// The token itself goes into the address that comes next.
    var isDirect = false
    /// "You will go to …": `destinationStart` + **destinationHost** + `destinationEnd`. For https the whole host; for
    /// loopback "an app on this computer" (with `destinationEnd` " (127.0.0.1:51004)"); for a custom scheme "the app
    /// registered for com.example.app:".
    var destinationStart = ""
    var destinationHost: String
    var destinationEnd = ""
    var personName: String
    var personEmail: String
    /// "admin of Acme".
    var role: String
    /// Signs out and returns here after signing in; the form posts.
    var switchPath: String
    /// The address the form posts to.
    var formPath: String
    /// Single use, bound to this request.
    var ticket: String

    package static let template = "authorize/consent"
    package static let formsLeadAway = true
    package var title: String { "Allow \(appName) to access \(tenantName)?" }

    package static let sample = ConsentPage(
        appName: "Roster Sync", appInitials: "RS",
        appDescription: "Keeps a team’s roster in step with the people in your workspace.", makerName: "Northwind",
        makerDomain: "roster.example", makerURL: "https://roster.example", tenantName: "Acme", tenantInitials: "AC",
        scopes: [
            ScopeLine(
                code: "people:write", title: "Add, change and delete people",
                sentence: "Everything in Acme’s list of people, including deleting entries for good.",
                isSensitive: true),
            ScopeLine(
                code: "people:read", title: "See people", sentence: "Names, email addresses and phone numbers."),
            ScopeLine(code: "account:read", title: "See your profile", sentence: "Your name and email address."),
        ],
        cannot: ["see or change your password", "act in any other workspace", "allow other apps or make tokens"],
        lifetime: "Until you remove it, also while you are away.", destinationHost: "roster.example",
        personName: "Ada", personEmail: "ada@acme.example", role: "admin of Acme", switchPath: "/logout",
        formPath: "/t/acme/oauth/authorize", ticket: "gw_tk_sample")

    package static var samples: [PageSample<Self>] {
        var more = sample
        more.isUnreviewed = true
        more.asksForMore = true
        more.withheld = ["Full access to the API"]
        more.scopes[0].isNew = true
        more.destinationHost = "callback.app.roster.example"
        var local = sample
        local.destinationHost = "an app on this computer"
        local.destinationEnd = " (127.0.0.1:51004)"
        local.makerDomain = ""
        local.makerURL = ""
        local.appDescription = ""
        var direct = sample
        direct.isDirect = true
        direct.lifetime = "Its access ends after 1 hour; then it has to ask you again."
        return [
            PageSample(sample), PageSample(more, state: "asks-for-more"), PageSample(local, state: "loopback"),
            PageSample(direct, state: "direct"),
        ]
    }
}
