/// An authorization request that cannot be answered with a redirect: said on the spot, to two readers.
package struct AuthorizeErrorPage: Page {
    /// For the person: "Roster Sync could not be opened".
    var headline: String
    /// One sentence for the person, without jargon.
    var sentence: String
    /// For the developer: the protocol's code, "invalid_request".
    var code: String
    /// The code's line in the error reference.
    var codePath: String
    /// For the developer: what is wrong.
    var explanation: String
    /// What was received: parameter names and values.
    var received: [Fact] = []
    /// Only when the app's identity is certain and nothing of it is secret; else empty.
    var registered: [String] = []
    var requestID: String

    package static let template = "authorize/error"
    package var title: String { headline }
    package static let sample = AuthorizeErrorPage(
        headline: "Roster Sync sent you here with an address we do not know",
        sentence: "To be safe, you were not sent on. Nothing was allowed.", code: "invalid_request",
        codePath: "/docs/errors#invalid_request",
        explanation:
            "redirect_uri is not among the callbacks registered for this app. It must match one byte for byte.",
        received: [
            Fact(label: "client_id", value: "gw_id_4fQ8sT2vXy6Zb1Cd3Ef5Gh"),
            Fact(label: "redirect_uri", value: "https://roster.example/oauth/callback/"),
        ],
        registered: ["https://roster.example/oauth/callback"], requestID: "req_4fQ8sT2v")
}

/// An authorization request that ended without a decision, on its way back to an app that nobody here has allowed.
/// Leaving is the person's choice, because an address of ours led them here.
package struct LeavingPage: Page {
    var appName: String
    /// Who registered it.
    var makerName: String
    /// As on the consent page: start + **host** + end.
    var destinationStart = ""
    var destinationHost: String
    var destinationEnd = ""
    /// The app's own address, with the error.
    var leavePath: String
    var stayPath: String
    /// For the developer: the protocol's code and what is wrong.
    var code: String
    var explanation: String
    var requestID: String

    package static let template = "authorize/leaving"
    package var title: String { "Go to \(destinationStart)\(destinationHost)?" }
    package static let sample = LeavingPage(
        appName: "Roster Sync", makerName: "Lin", destinationHost: "roster.example",
        leavePath: "https://roster.example/oauth/callback?error=login_required&iss=https%3A%2F%2Fgatewright.example",
        stayPath: "/", code: "login_required", explanation: "nobody is signed in recently enough",
        requestID: "req_4fQ8sT2v")
}

/// Signed in, but in no way part of the workspace the app asks for.
package struct NotAMemberPage: Page {
    /// May be empty, when no app is involved.
    var appName = ""
    var tenantName: String
    var personEmail: String
    /// Signs out and comes back; the form posts.
    var switchPath: String

    package static let template = "authorize/not-a-member"
    package var title: String { "You are not part of \(tenantName)" }
    package static let sample = NotAMemberPage(
        appName: "Roster Sync", tenantName: "Acme", personEmail: "mallory@globex.example", switchPath: "/logout")
}

/// Somebody whom the workspace's rules do not let allow this app: says why, and what they can do about it.
package struct NotAnAdminPage: Page {
    struct Admin: Sendable {
        var name: String
        var email: String
    }

    enum Reason { case needsAdmin, notAdmitted, nothingToAllow }

    var appName: String
    var tenantName: String
    var personEmail: String
    /// "a member" or "an admin".
    var role = "a member"
    /// Why, as the two flags that the template reads.
    var isKeptOut = false
    var isTooMuch = false
    /// Whom to ask; empty for readers who are one of them.
    var admins: [Admin]
    /// Where the note to the admins goes; empty when there is nothing to ask.
    var askPath = ""
    var note = ""
    /// How the last request stands, its page, and what the admin said to it; may be empty.
    var requestState = ""
    var requestPath = ""
    var answer = ""
    /// For admins: where they can change the rule that is in the way.
    var rulesPath = ""
    var rulesText = ""
    /// Signs out and comes back; the form posts.
    var switchPath: String
    /// With a ticket, offers to go back to the app without access (posts decision=deny); else empty.
    var formPath = ""
    var ticket = ""

    var reason: Reason {
        get { isKeptOut ? .notAdmitted : isTooMuch ? .nothingToAllow : .needsAdmin }
        set {
            isKeptOut = newValue == .notAdmitted
            isTooMuch = newValue == .nothingToAllow
        }
    }

    package static let template = "authorize/not-an-admin"
    package static let formsLeadAway = true
    package var title: String {
        switch reason {
        case .needsAdmin: "Only an admin of \(tenantName) can allow \(appName)"
        case .notAdmitted: "\(tenantName) does not let \(appName) in"
        case .nothingToAllow: "\(tenantName) lets no app have this"
        }
    }
    package static let sample = NotAnAdminPage(
        appName: "Roster Sync", tenantName: "Acme", personEmail: "grace@acme.example",
        admins: [Admin(name: "Ada", email: "ada@acme.example")], askPath: "/t/acme/requests", switchPath: "/logout",
        formPath: "/t/acme/oauth/authorize", ticket: "gw_tk_sample")
    package static var samples: [PageSample<Self>] {
        var waiting = sample
        waiting.askPath = ""
        waiting.requestState = "You asked 2 hours ago. We write to you when an admin answers."
        waiting.requestPath = "/t/acme/requests/req_1"
        var denied = sample
        denied.requestState = "Ada denied your last request."
        denied.requestPath = "/t/acme/requests/req_1"
        denied.answer = "Please use the export instead."
        var keptOut = sample
        keptOut.reason = .notAdmitted
        var admin = keptOut
        admin.role = "an admin"
        admin.admins = []
        admin.askPath = ""
        admin.rulesPath = "/t/acme/apps/add?client_id=gw_id_1"
        admin.rulesText = "Put it on the list"
        var tooMuch = admin
        tooMuch.reason = .nothingToAllow
        tooMuch.rulesPath = "/t/acme/policy"
        tooMuch.rulesText = "Change the policy"
        return [
            PageSample(sample), PageSample(waiting, state: "waiting"), PageSample(denied, state: "denied"),
            PageSample(keptOut, state: "kept-out"), PageSample(admin, state: "kept-out-admin"),
            PageSample(tooMuch, state: "too-much"),
        ]
    }
}
