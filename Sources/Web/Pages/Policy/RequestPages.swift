import OAuth

/// `/t/{slug}/requests`: an admin's queue; a member's own requests.
package struct RequestsPage: Page {
    struct Row: Sendable {
        var appName: String
        var asker: String
        /// May be empty.
        var note = ""
        var asked: Moment
        var state: String
        /// ok | warn | bad | mute
        var stateKind: String
        /// May be empty.
        var decider = ""
        var path: String
    }

    var top: TenantTop
    var isAdmin: Bool
    var waiting: [Row]
    /// Answered ones; for members all of their own.
    var others: [Row]

    package static let template = "requests/index"
    package var title: String { isAdmin ? "Requests at \(top.name)" : "Your requests at \(top.name)" }
    package static let sample = RequestsPage(
        top: .sample(.requests), isAdmin: true,
        waiting: [
            Row(
                appName: "Roster Sync", asker: "Grace", note: "For the volunteers’ rota.",
                asked: .relative(.sample(-1), at: .sample), state: "Waiting", stateKind: "warn",
                path: "/t/acme/requests/req_1")
        ],
        others: [
            Row(
                appName: "Leech", asker: "Grace", asked: .relative(.sample(-9), at: .sample), state: "Denied",
                stateKind: "bad", decider: "Ada", path: "/t/acme/requests/req_2")
        ])
    package static var samples: [PageSample<Self>] {
        var own = sample
        own.isAdmin = false
        own.waiting = []
        let empty = RequestsPage(top: .sample(.requests), isAdmin: true, waiting: [], others: [])
        var none = empty
        none.isAdmin = false
        return [
            PageSample(sample), PageSample(own, state: "member"), PageSample(empty, state: "empty"),
            PageSample(none, state: "member-empty"),
        ]
    }
}

/// `/t/{slug}/requests/{request}`; admins post decision = allow | deny, answer and as_of.
package struct RequestPage: Page {
    var top: TenantTop
    var asker: String
    var askerEmail: String
    var isYours = false
    var appName: String
    var appInitials: String
    var appDescription: String
    var maker: String
    var makerDomain = ""
    var isReviewed = false
    /// As far as the policy lets the app have them.
    var scopes: [ScopeLine]
    var note = ""
    var asked: Moment
    var state: String
    var stateKind: String
    var decider = ""
    var decided: Moment?
    var answer = ""
    /// Where the yes can be taken back; empty for everybody but an admin, and once it was used.
    var appPath = ""
    /// Empty when the reader has nothing to decide.
    var formPath = ""
    /// The state of the app that the answer is about.
    var asOf = ""
    /// Allowing it puts the app on the list.
    var listsApp = false
    var answerTyped = ""
    /// Where the asker goes on; may be empty.
    var goOnPath = ""
    var goOnText = ""
    /// The yes was used.
    var isUsed = false

    package static let template = "requests/show"
    package var title: String { isYours ? "Your request for \(appName)" : "\(asker) asks for \(appName)" }
    package static let sample = RequestPage(
        top: .sample(.requests), asker: "Grace", askerEmail: "grace@acme.example", appName: "Roster Sync",
        appInitials: "RS", appDescription: "Keeps a team’s roster in step with the people in your workspace.",
        maker: "Lin", makerDomain: "roster.example", isReviewed: true,
        scopes: [
            ScopeLine(code: "people:read", title: "See people", sentence: "Names, email addresses and phone numbers.")
        ], note: "For the volunteers’ rota.", asked: .relative(.sample(-1), at: .sample), state: "Waiting",
        stateKind: "warn", formPath: "/t/acme/requests/req_1", asOf: "1795252442")
    package static var samples: [PageSample<Self>] {
        var listing = sample
        listing.listsApp = true
        listing.isReviewed = false
        var yours = sample
        yours.isYours = true
        yours.formPath = ""
        var allowed = yours
        allowed.state = "Allowed"
        allowed.stateKind = "ok"
        allowed.decider = "Ada"
        allowed.decided = .relative(.sample, at: .sample + 240)
        allowed.answer = "Yes, for the rota only."
        allowed.goOnPath = "/t/acme/requests/req_1/continue"
        allowed.goOnText = "Go on to Roster Sync"
        var given = allowed
        given.isYours = false
        given.goOnPath = ""
        given.appPath = "/t/acme/apps/app_1"
        var used = allowed
        used.goOnPath = ""
        used.isUsed = true
        return [
            PageSample(sample), PageSample(listing, state: "lists"), PageSample(yours, state: "waiting"),
            PageSample(allowed, state: "allowed"), PageSample(given, state: "given"), PageSample(used, state: "used"),
            PageSample(
                sample, state: "errors",
                problems: [FieldProblem("answer", "Use up to 1,000 characters of plain text.")]),
        ]
    }
}

/// A note to the admins that could not be sent as it was.
package struct AskAdminPage: Page {
    var tenantName: String
    var note: String
    var ticket: String
    var formPath: String

    package static let template = "requests/ask"
    package var title: String { "Ask an admin of \(tenantName)" }
    package static let sample = AskAdminPage(
        tenantName: "Acme", note: "For the volunteers’ rota.", ticket: "gw_tk_sample", formPath: "/t/acme/requests")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                sample, state: "errors", problems: [FieldProblem("note", "Use up to 1,000 characters of plain text.")]),
        ]
    }
}
