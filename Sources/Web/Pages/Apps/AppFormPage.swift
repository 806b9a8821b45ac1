/// `/apps/new` (posts to `/apps`) and `/apps/{id}/edit` (posts to `/apps/{id}`): name, description, homepage,
/// callbacks (repeated), kind, scopes (repeated), pkce, token_format, and `action` = save | add_callback.
package struct AppFormPage: Page {
    struct Callback: Sendable {
        /// "1", "2", …; the input's id is `field-callbacks` for the first, `field-callbacks-2` and so on.
        var number: String
        var id: String
        var value: String
        /// Its own problem; may be empty.
        var problem = ""
    }

    var isEditing = false
    var formPath = "/apps"
    var cancelPath = "/apps"
    var name = ""
    var description = ""
    var homepage = ""
    var callbacks: [Callback]
    /// Of the radios `kind`: confidential | public.
    var isPublic = false
    /// The kind cannot be changed any more.
    var isKindFixed = false
    var groups: [ScopeGroup]
    /// Edit only, `pkce`: required | optional.
    var isPKCEOptional = false
    /// Edit only, `token_format`: v1 | v2.
    var isV1 = false

    package static let template = "apps/form"
    package static let place = Place.apps
    package var title: String { isEditing ? "Edit \(name)" : "Register an app" }

    /// Rows for what was typed, plus `spare` empty ones.
    ///
    /// - Parameter problems: those of `callbacks` (the first row) and `callbacks-N` (the N-th) land in their rows.
    static func callbacks(_ values: [String], spare: Int, problems: [FieldProblem] = []) -> [Callback] {
        let values = values + Array(repeating: "", count: spare)
        return values.enumerated().map { index, value in
            let id = index == 0 ? "callbacks" : "callbacks-\(index + 1)"
            let problem = problems.first { $0.field.utf8.elementsEqual(id.utf8) }
            return Callback(number: String(index + 1), id: id, value: value, problem: problem?.message ?? "")
        }
    }

    package static let sample = AppFormPage(callbacks: callbacks([], spare: 1), groups: ScopeGroup.samples)

    package static var samples: [PageSample<Self>] {
        let problems = [
            FieldProblem(
                "description", "Describe the app in at least 20 characters: people read this when they decide."),
            FieldProblem("callbacks", "A callback must start with https:// (http:// is allowed only for localhost)."),
        ]
        return [
            PageSample(sample),
            PageSample(
                AppFormPage(
                    name: "Roster Sync", description: "Syncs.", homepage: "https://roster.example",
                    callbacks: callbacks(["http://roster.example/cb"], spare: 2, problems: problems),
                    groups: ScopeGroup.samples),
                state: "errors", problems: problems),
            PageSample(
                AppFormPage(
                    isEditing: true, formPath: "/apps/app_1", cancelPath: "/apps/app_1", name: "Roster Sync",
                    description: "Keeps a team’s roster in step with the people in your workspace.",
                    homepage: "https://roster.example",
                    callbacks: callbacks(["https://roster.example/oauth"], spare: 1),
                    isKindFixed: true, groups: ScopeGroup.samples, isV1: true),
                state: "edit"),
        ]
    }
}
