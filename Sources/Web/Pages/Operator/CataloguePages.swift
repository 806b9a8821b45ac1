import OAuth

/// `/operator/scopes`: what apps and tokens can be allowed.
package struct CataloguePage: Page {
    struct Line: Sendable {
        var code: String
        var title: String
        var sentence: String
        var group: String
        var isSensitive: Bool
        /// "This server" or "Your own API".
        var enforcedBy: String
        var editPath: String
    }

    var scopes: [Line]

    package static let template = "operator/scopes"
    package static let place = Place.operator
    package var title: String { "Scope catalogue" }
    package static let sample = CataloguePage(scopes: [
        Line(
            code: "people:read", title: "See people", sentence: "Names and email addresses.", group: "People",
            isSensitive: false, enforcedBy: "This server", editPath: "/operator/scopes/people:read"),
        Line(
            code: "orders:refund", title: "Refund orders", sentence: "Send money back to customers.", group: "Orders",
            isSensitive: true, enforcedBy: "Your own API", editPath: "/operator/scopes/orders:refund"),
    ])
}

/// `/operator/scopes/new` and `/operator/scopes/{scope}`; posts name, title, sentence, group, sensitivity, position and,
/// for a new one, own_api.
package struct ScopeFormPage: Page {
    var isNew: Bool
    var name = ""
    var scopeTitle = ""
    var sentence = ""
    var group = ""
    var sensitivities: [Choice]
    var position = ""
    var isOwnAPI = false
    /// Who looks at it.
    var enforcement = ""
    var formPath: String
    /// Posts nothing; empty when it cannot be removed.
    var removePath = ""

    package static let template = "operator/scope-form"
    package static let place = Place.operator
    package var title: String { isNew ? "Add a scope" : name }
    package static let sample = ScopeFormPage(
        isNew: true,
        sensitivities: [
            Choice(value: "low", label: "Low"), Choice(value: "normal", label: "Normal", isChosen: true),
            Choice(value: "high", label: "Sensitive"),
        ], position: "50", formPath: "/operator/scopes")
    package static var samples: [PageSample<Self>] {
        var edit = sample
        (edit.isNew, edit.name, edit.scopeTitle, edit.group) = (false, "orders:read", "See orders", "Orders")
        edit.sentence = "What was bought, by whom and when."
        edit.enforcement = "Your own API checks it, behind introspection or forward authentication."
        (edit.formPath, edit.removePath) = ("/operator/scopes/orders:read", "/operator/scopes/orders:read/remove")
        return [
            PageSample(sample), PageSample(edit, state: "edit"),
            PageSample(
                sample, state: "errors",
                problems: [
                    FieldProblem("name", "There is a scope of this name already."),
                    FieldProblem("own_api", "Confirm that your own API checks this scope: nothing in Gatewright does."),
                ]),
        ]
    }
}

/// `/operator/rules`; posts plans (several) and unreviewed_limit.
package struct RulesPage: Page {
    var plans: [Choice]
    var unreviewedLimit: String

    package static let template = "operator/rules"
    package static let place = Place.operator
    package var title: String { "Rules" }
    package static let sample = RulesPage(
        plans: [
            Choice(value: "standard", label: "Standard"), Choice(value: "network", label: "Network", isChosen: true),
        ], unreviewedLimit: "10")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                sample, state: "errors",
                problems: [FieldProblem("unreviewed_limit", "Enter a whole number from 0 to 10000.")]),
        ]
    }
}
