/// `/account/email`
package struct ChangeEmailPage: Page {
    var current: String
    var email = ""

    package static let template = "people/email"
    package static let place = Place.account
    package var title: String { "Change the email address" }
    package static let sample = ChangeEmailPage(current: "ada@acme.example")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                ChangeEmailPage(current: "ada@acme.example", email: "ada@"), state: "errors",
                problems: [FieldProblem("email", "Enter an email address like name@example.com.")]),
        ]
    }
}

/// `/email/{link}` and `/email/undo/{link}`: a button, because mail scanners follow links.
package struct EmailLinkPage: Page {
    /// The link's own address.
    var formPath: String
    var name: String
    var oldEmail: String
    var newEmail: String
    /// From the mail to the old address.
    var isUndo = false
    /// The new address was confirmed already.
    var hasHappened = false

    package static let template = "people/email-link"
    package var title: String { isUndo ? "Keep your address" : "Confirm your new address" }
    package static let sample = EmailLinkPage(
        formPath: "/email/gw_ml_sample", name: "Ada", oldEmail: "ada@acme.example", newEmail: "ada@lovelace.example")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                EmailLinkPage(
                    formPath: "/email/undo/gw_ml_sample", name: "Ada", oldEmail: "ada@acme.example",
                    newEmail: "mallory@globex.example", isUndo: true, hasHappened: true),
                state: "undo"),
        ]
    }
}
