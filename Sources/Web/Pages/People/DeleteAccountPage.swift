import Portal

/// `/account/delete`: what goes with the account, before it goes.
package struct DeleteAccountPage: Page {
    var email: String
    /// What keeps it from being deleted, a sentence each, with where to mend it.
    var obstacles: [Obstacle] = []
    /// Whole sentences.
    var effects: [String] = []
    var confirmName = ""

    struct Obstacle: Sendable {
        var sentence: String
        var path = ""
        var action = ""
    }

    package static let template = "people/delete"
    package static let place = Place.account
    package var title: String { "Delete your account" }
    package static let sample = DeleteAccountPage(
        email: "lin@northwind.example",
        effects: [
            "You can no longer sign in, and your name and address are taken out of our records.",
            "Northwind is deleted with all its data: nobody else is in it.",
            "The app Roster Sync is deleted, and 3 grants to it end.", "2 developer tokens of yours stop working.",
        ])
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                sample, state: "errors",
                problems: [FieldProblem("confirm_name", "Type your email address: lin@northwind.example")]),
            PageSample(
                DeleteAccountPage(
                    email: "ada@acme.example",
                    obstacles: [
                        Obstacle(
                            sentence:
                                "You are the only admin of Acme, and others are in it. Make somebody else admin first.",
                            path: "/t/acme", action: "Go to Acme")
                    ]),
                state: "obstacle"),
        ]
    }
}

extension DeleteAccountPage {
    init(_ departure: Departure, of person: Person) {
        email = person.email
        obstacles = departure.tenantsWithoutAdmin.map { tenant in
            Obstacle(
                sentence:
                    "You are the only admin of \(tenant.name), and others are in it. Make somebody else admin first.",
                path: "/t/\(tenant.slug.text)", action: "Go to \(tenant.name)")
        }
        if departure.isLastOperator {
            obstacles.append(
                Obstacle(sentence: "You are the only operator of this installation. Make somebody else operator first.")
            )
        }
        guard departure.isPossible else { return }
        effects = ["You can no longer sign in, and your name and address are taken out of our records."]
        effects += departure.tenantsToDelete.map { "\($0.name) is deleted with all its data: nobody else is in it." }
        effects += departure.tenantsToLeave.map {
            "You leave \($0.name). What you did there stays in its log, without your name."
        }
        effects += departure.apps.map { app in
            let ending =
                app.grants == 0
                ? "." : ", and \(counted(Int64(app.grants), "grant")) to it \(app.grants == 1 ? "ends" : "end")."
            return "The app \(app.name) is deleted\(ending)"
        }
        if departure.grants > 0 {
            effects.append("\(counted(Int64(departure.grants), "app")) you allowed can no longer act for you.")
        }
        if departure.tokens > 0 {
            let verb = departure.tokens == 1 ? "stops" : "stop"
            effects.append("\(counted(Int64(departure.tokens), "developer token")) of yours \(verb) working.")
        }
    }
}
