/// One page of the portal: a flat struct whose values are already formatted for people, and one template.
///
/// A page holds `String`, `Bool`, optionals and arrays of those, and rows (structs of the same). Nothing else
/// enters a template. What a template may say of it is in ``Record``.
package protocol Page: Sendable {
    /// The template's path below `Templates/`, without `.mustache`.
    static var template: String { get }
    /// A filled page, with the cast of the demo; feeds the render tests and the gallery.
    static var sample: Self { get }
    /// Every state worth looking at; ``sample`` comes first.
    static var samples: [PageSample<Self>] { get }
    /// What the browser's tab says, without the product's name.
    var title: String { get }
    /// Which entry of the side navigation is current.
    static var place: Place { get }
    /// Whether a form on it can end at another site: signing in and deciding go on to an app's callback. Browsers apply
    /// `form-action` to every redirect that follows a form, so these pages do without.
    static var formsLeadAway: Bool { get }
}

extension Page {
    package static var samples: [PageSample<Self>] { [PageSample(sample)] }
    package static var place: Place { .elsewhere }
    package static var formsLeadAway: Bool { false }
}

/// One state of a page for the gallery and the render tests.
package struct PageSample<P: Page>: Sendable {
    /// What distinguishes the state: "errors", "empty"; empty for the ordinary one.
    package let state: String
    package let page: P
    package let problems: [FieldProblem]

    package init(_ page: P, state: String = "", problems: [FieldProblem] = []) {
        self.state = state
        self.page = page
        self.problems = problems
    }
}

/// The entries of the side navigation.
package enum Place: String, Sendable, CaseIterable {
    case dashboard, tokens, apps, authorizedApps, account, scopes, docs, `operator`, outbox, elsewhere
}
