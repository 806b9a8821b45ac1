/// `/dashboard`: Welcome.
package struct DashboardPage: Page {
    struct Step: Sendable {
        var title: String
        var sentence: String
        var isDone: Bool
        /// What to press when it is not done; may be empty.
        var actionPath = ""
        var actionText = ""
    }

    struct Workspace: Sendable {
        var name: String
        /// "Admin" or "Member".
        var role: String
        /// `/t/acme`
        var path: String
        /// `http://127.0.0.1:8080/t/acme`, as text.
        var address: String
        var isSandbox = false
    }

    struct Alert: Sendable {
        /// "CI deploy expires in 3 days".
        var text: String
        var path: String
        var action: String
    }

    var firstName: String
    /// Without the address confirmed, neither tokens nor apps can be made.
    var isVerified = true
    var alerts: [Alert] = []
    /// Emptied when all steps are done.
    var steps: [Step] = []
    /// "2 of 5"; empty with the steps.
    var progress = ""
    /// Nothing can be done before there is one.
    var needsWorkspace = false
    /// May register apps now.
    var canRegister = true
    /// Is in a workspace with others: that comes first, and the steps are folded.
    var isGuest = false
    /// The first token exists and has not been used yet.
    var isWaitingForFirstCall = false
    /// The call to make while waiting; the token stands as `$TOKEN`.
    var firstCall = ""
    var workspaces: [Workspace] = []

    package static let template = "dashboard"
    package static let place = Place.dashboard
    package var title: String { "Welcome" }

    package static let sample = DashboardPage(
        firstName: "Ada",
        alerts: [Alert(text: "“Old laptop” expires in 3 days.", path: "/tokens/new?from=tok_7", action: "Regenerate")],
        steps: [
            Step(title: "Confirm your email", sentence: "ada@acme.example is confirmed.", isDone: true),
            Step(title: "Create a token", sentence: "Yours to try the API with.", isDone: true),
            Step(
                title: "Make the first call", sentence: "Ask the API who you are.", isDone: false,
                actionPath: "/tokens", actionText: "Your tokens"),
            Step(
                title: "Register an app", sentence: "So that others can allow it to act for them.", isDone: false,
                actionPath: "/apps/new", actionText: "Register an app"),
        ],
        progress: "2 of 4",
        isWaitingForFirstCall: true,
        firstCall: "curl -H \"Authorization: Bearer $TOKEN\" https://portal.example/v2/me",
        workspaces: [
            Workspace(name: "Acme", role: "Admin", path: "/t/acme", address: "https://portal.example/t/acme"),
            Workspace(
                name: "Ada’s sandbox", role: "Admin", path: "/t/ada-sandbox",
                address: "https://portal.example/t/ada-sandbox", isSandbox: true),
        ])

    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(DashboardPage(firstName: "Olga"), state: "empty"),
            PageSample(
                DashboardPage(
                    firstName: "Max", steps: sample.steps, progress: "2 of 4", needsWorkspace: true, canRegister: false),
                state: "no-workspace"),
            PageSample(
                DashboardPage(
                    firstName: "Grace", steps: sample.steps, progress: "2 of 4", isGuest: true,
                    workspaces: sample.workspaces), state: "guest"),
            PageSample(DashboardPage(firstName: "Grace", isVerified: false), state: "unverified"),
        ]
    }
}
