/// `/operator/people/{person}/second-factor`
package struct ResetSecondFactorPage: Page {
    var name: String
    var email: String
    var isOn: Bool
    var formPath: String

    package static let template = "operator/second-factor"
    package static let place = Place.operator
    package var title: String { "Reset two-step sign-in" }
    package static let sample = ResetSecondFactorPage(
        name: "Ada", email: "ada@acme.example", isOn: true, formPath: "/operator/people/per_1/second-factor")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                ResetSecondFactorPage(name: "Grace", email: "grace@acme.example", isOn: false, formPath: "/operator"),
                state: "off"),
        ]
    }
}
