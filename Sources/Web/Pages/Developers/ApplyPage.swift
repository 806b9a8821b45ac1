import OAuth

/// `/developer/apply`: becoming a developer. Posts organization, website, about, building and action = save | submit.
package struct ApplyPage: Page {
    struct Decision: Sendable {
        /// "Changes asked for", "Rejected", "Approved".
        var verdict: String
        /// ok | warn | bad
        var verdictKind: String
        var reason = ""
        var decided: Moment
    }

    /// "Not sent yet", "Waiting for an operator", …; empty when nothing was begun.
    var status = ""
    /// ok | warn | bad | mute
    var statusKind = "mute"
    /// One sentence on what happens next.
    var sentence: String
    /// The form is open: not while it waits and not once approved.
    var canEdit = true
    var isApproved = false
    var organization = ""
    var website = ""
    var about = ""
    var building = ""
    /// What operators said, newest first.
    var decisions: [Decision] = []
    /// The tools are open without an application: "Acme’s plan includes them."
    var planNote = ""

    package static let template = "developers/apply"
    package static let place = Place.apps
    package var title: String { "Become a developer" }

    package static let sample = ApplyPage(
        sentence: "An operator reads your application, usually within two working days. You get a mail at every step.")
    package static var samples: [PageSample<Self>] {
        var waiting = sample
        (waiting.status, waiting.statusKind, waiting.canEdit) = ("Waiting for an operator", "warn", false)
        waiting.organization = "Northwind"
        waiting.website = "https://northwind.example"
        waiting.about = "We are four people in Malmö who write software for choirs."
        waiting.building = "A roster that follows the list of people of a workspace, for people who plan rehearsals."
        var changes = waiting
        (changes.status, changes.canEdit) = ("Changes asked for", true)
        changes.decisions = [
            Decision(
                verdict: "Changes asked for", verdictKind: "warn", reason: "Please say which data you keep.",
                decided: .exact(.sample))
        ]
        var approved = waiting
        (approved.status, approved.statusKind, approved.isApproved) = ("Approved", "ok", true)
        return [
            PageSample(sample), PageSample(waiting, state: "waiting"), PageSample(changes, state: "changes"),
            PageSample(approved, state: "approved"),
            PageSample(
                sample, state: "errors",
                problems: [
                    FieldProblem("organization", "Enter the name of your company, or your own name."),
                    FieldProblem("building", "Say in 40 to 2,000 characters what you want to build, and for whom."),
                ]),
        ]
    }
}
