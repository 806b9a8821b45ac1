/// An authorization request that cannot be answered with a redirect: said on the spot, to two readers.
package struct AuthorizeErrorPage: Page {
    /// For the person: "Roster Sync could not be opened".
    var headline: String
    /// One sentence for the person, without jargon.
    var sentence: String
    /// For the developer: the protocol's code, "invalid_request".
    var code: String
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

/// A member, where the app needs an admin. Names the admins and says what to do.
package struct NotAnAdminPage: Page {
    struct Admin: Sendable {
        var name: String
        var email: String
    }

    var appName: String
    var tenantName: String
    var personEmail: String
    var admins: [Admin]
    /// A message to copy: "Could you open … and allow Roster Sync for Acme?"
    var message: String
    /// Signs out and comes back; the form posts.
    var switchPath: String
    /// With a ticket, offers to go back to the app without access (posts decision=deny); else empty.
    var formPath = ""
    var ticket = ""

    package static let template = "authorize/not-an-admin"
    package static let formsLeadAway = true
    package var title: String { "Only an admin of \(tenantName) can allow \(appName)" }
    package static let sample = NotAnAdminPage(
        appName: "Roster Sync", tenantName: "Acme", personEmail: "grace@acme.example",
        admins: [Admin(name: "Ada", email: "ada@acme.example")],
        message: "Hello Ada, could you allow Roster Sync for Acme? Start from the app and sign in with your account.",
        switchPath: "/logout", formPath: "/t/acme/oauth/authorize", ticket: "gw_tk_sample")
}
