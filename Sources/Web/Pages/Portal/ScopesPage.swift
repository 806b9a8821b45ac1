/// `/scopes`: the public catalogue.
package struct ScopesPage: Page {
    var groups: [ScopeGroup]

    package static let template = "scopes"
    package static let place = Place.scopes
    package var title: String { "Scopes" }
    package static let sample = ScopesPage(groups: ScopeGroup.samples)
}

extension ScopeGroup {
    /// The catalogue as the samples show it: two of five ticked.
    static var samples: [ScopeGroup] {
        [
            ScopeGroup(
                name: "Your profile", key: "profile",
                scopes: [
                    ScopeLine(
                        code: "account:read", title: "See your profile", sentence: "Your name and email address.",
                        isChecked: true)
                ]),
            ScopeGroup(
                name: "People", key: "people",
                scopes: [
                    ScopeLine(
                        code: "people:read", title: "See people", sentence: "Names, email addresses and phone numbers.",
                        isChecked: true),
                    ScopeLine(
                        code: "people:write", title: "Add, change and delete people",
                        sentence: "Everything in the list of people, including deleting entries for good.",
                        isSensitive: true),
                ]),
            ScopeGroup(
                name: "Tags", key: "tags",
                scopes: [
                    ScopeLine(code: "tags:read", title: "See tags", sentence: "The tags people carry."),
                    ScopeLine(
                        code: "tags:write", title: "Change tags", sentence: "Tag people and take tags away.",
                        isSensitive: true, refusal: "Only an admin of Acme can give this."),
                ]),
        ]
    }
}
