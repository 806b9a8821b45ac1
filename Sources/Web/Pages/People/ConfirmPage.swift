/// Asks for the password again before something dangerous. Its fields begin with `confirm_`, so that they are none of
/// the form that is kept.
package struct ConfirmPage: Page {
    /// The action's own address, or `/account/confirm` on the way to a page.
    var formPath: String
    var email: String
    /// With two-step sign-in.
    var needsCode = false
    /// The page to go on to; empty when a form is kept.
    var next = ""
    /// The sealed form, in pieces.
    var kept: [String] = []
    /// "in 2 minutes", when too many attempts were made (status 429).
    var retryText = ""

    package static let template = "people/confirm"
    package static let place = Place.account
    package var title: String { "Confirm it is you" }
    package static let sample = ConfirmPage(formPath: "/tokens", email: "ada@acme.example", kept: ["c2VhbGVk"])
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                sample, state: "errors", problems: [FieldProblem("confirm_password", "This is not your password.")]),
            PageSample(
                ConfirmPage(
                    formPath: "/account/confirm", email: "ada@acme.example", needsCode: true, next: "/tokens/new"),
                state: "code",
                problems: [FieldProblem("confirm_code", "This code is not right, or was used already.")]),
            PageSample(
                ConfirmPage(
                    formPath: "/account/confirm", email: "ada@acme.example", next: "/tokens/new",
                    retryText: "in 2 minutes"),
                state: "throttled"),
        ]
    }
}
