package import Portal

/// What every page carries around its own content: who is signed in, the form token, notices, problems.
///
/// Templates reach it as `{{layout.name}}` from any depth.
package struct Layout: Sendable {
    /// The signed-in person; empty when nobody is.
    package var personName = ""
    package var personEmail = ""
    package var isOperator = false
    /// Puts the demo banner on every page.
    package var isDemo = false
    package var theme = Theme.auto
    /// The value of every form's hidden `csrf` field.
    package var csrf = ""
    /// Where the theme form returns to: this page's own relative address, or the dashboard when it answers a form.
    package var path = "/"
    /// The relative address that was asked for, a form's too: it says which tabs and which workspace are marked.
    package var address = "/"
    /// The person's own, for the side bar.
    package var workspaces: [Workspace] = []
    /// Where to ask for help; nil when the operator names no place.
    package var support: SupportAddress?
    /// The result of what was just done, shown once.
    package var notice: Notice?
    /// Changes whenever the files under `Public/assets` do, so that they can be cached for long.
    package var assetVersion = "dev"
    /// What is wrong with the submitted form. Fills the summary, the messages beside the fields
    /// (`{{problem.FIELD}}` in templates) and the `Error: ` in front of the title.
    package var problems: [FieldProblem] = []

    package init() {}
}

extension Layout {
    /// A workspace in the side bar.
    package struct Workspace: Sendable {
        var name: String
        /// `/t/acme`
        var path: String
        var isCurrent: Bool
    }
}

package enum Theme: String, Sendable, CaseIterable { case auto, light, dark }

/// The one line that says how the last action ended.
package struct Notice: Sendable {
    package enum Kind: String, Sendable { case ok, warn, bad }

    package let kind: Kind
    package let text: String

    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}

/// Something wrong with one field, addressed to the person who filled it in.
package struct FieldProblem: Sendable, Hashable {
    /// The field's name; the input's id is `field-` and this.
    package let field: String
    package let message: String

    package init(_ field: String, _ message: String) {
        self.field = field
        self.message = message
    }

    package init(_ problem: Problem) {
        self.init(problem.field, problem.message)
    }
}
