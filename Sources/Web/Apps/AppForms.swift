import OAuth
import Portal

extension AppForm {
    /// As it was sent.
    ///
    /// - Parameter app: the app that is edited; its kind stays what it was, since its secrets and PKCE rest on it.
    init(_ form: Form, editing app: App? = nil) throws {
        self.init()
        name = try form.text("name")
        description = try form.text("description")
        homepage = try form.text("homepage")
        callbacks = form.all("callbacks")
        kind = try form.text("kind")
        scopes = form.all("scopes")
        guard let app else { return }
        kind = app.details.kind.rawValue
        pkce = try form.text("pkce")
        tokenFormat = try form.text("token_format")
        if tokenFormat.utf8.isEmpty { tokenFormat = app.details.tokenFormat.rawValue }
    }

    init(_ details: AppDetails) {
        self.init()
        name = details.name
        description = details.description
        homepage = details.homepage
        callbacks = details.callbacks
        kind = details.kind.rawValue
        scopes = details.scopes.sorted.map(\.text)
        pkce = details.pkceRequired ? "required" : "optional"
        tokenFormat = details.tokenFormat.rawValue
    }

    /// What the buttons of the form other than Save do to it.
    ///
    /// - Returns: the ID of what was filled in, the scopes or the last row of the callbacks; nil when the form is to be saved.
    @discardableResult
    mutating func fill(by action: String, catalogue: [ScopeDescription]) -> String? {
        if action.utf8.elementsEqual("add_callback".utf8) {
            if callbacks.count < RegisteredRedirectURI.most { callbacks.append("") }
            return callbacks.count > 1 ? "field-callbacks-\(callbacks.count)" : "field-callbacks"
        }
        guard action.utf8.elementsEqual("select_all".utf8) else { return nil }
        scopes = catalogue.map(\.scope).filter { $0 != .default }.map(\.text)
        return "field-scopes"
    }
}

extension AppFormPage {
    /// - Parameter app: the app that is edited; nil for a new one.
    init(_ form: AppForm, editing app: App?, catalogue: [ScopeDescription], problems: [Problem] = []) {
        // The rows keep their places, empty ones too: problems name a callback by its row.
        let hasRoom = form.callbacks.last.map { $0.utf8.isEmpty } ?? false
        self.init(
            name: form.name, description: form.description, homepage: form.homepage,
            callbacks: Self.callbacks(
                form.callbacks, spare: hasRoom ? 0 : 1, problems: problems.map(FieldProblem.init)),
            isPublic: form.kind.utf8.elementsEqual(Client.Kind.public.rawValue.utf8),
            groups: ScopeGroup.groups(of: catalogue, ticked: form.scopes),
            isPKCEOptional: form.pkce.utf8.elementsEqual("optional".utf8),
            isV1: form.tokenFormat.utf8.elementsEqual(Client.TokenFormat.v1.rawValue.utf8))
        guard let app else { return }
        isEditing = true
        isKindFixed = true
        formPath = app.path
        cancelPath = app.path
    }
}

extension App {
    /// `/apps/{id}`
    var path: String { "/apps/\(id.text)" }

    /// For people.
    var kindName: String { details.kind == .confidential ? "Confidential" : "Public" }
}
