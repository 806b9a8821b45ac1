/// `/account/name`
package struct ChangeNamePage: Page {
    var name: String

    package static let template = "people/name"
    package static let place = Place.account
    package var title: String { "Change the name" }
    package static let sample = ChangeNamePage(name: "Ada Lovelace")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                ChangeNamePage(name: ""), state: "errors",
                problems: [FieldProblem("name", "Enter your name, up to 100 characters.")]),
        ]
    }
}
