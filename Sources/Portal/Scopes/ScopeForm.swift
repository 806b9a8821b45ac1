import OAuth

/// The catalogue editor's form as it was typed.
package struct ScopeForm: Sendable {
    package var name = ""
    package var title = ""
    package var sentence = ""
    package var group = ""
    package var sensitivity = "normal"
    package var position = "50"
    /// Ticked by whoever adds a scope: that their own API looks at it.
    package var isOwnAPI = false

    package init() {}

    /// Field names: `name`, `title`, `sentence`, `group`, `sensitivity`, `position`, `own_api`.
    ///
    /// - Parameter existing: the scope that is edited; its name and who enforces it stay. Nil adds one.
    package func check(
        editing existing: ScopeDescription?, catalogue: [ScopeDescription]
    ) -> Checked<(scope: ScopeDescription, position: Int64)> {
        var problems: [Problem] = []
        let scope = existing?.scope ?? checkedName(catalogue, &problems)
        let title = TypedText.line(self.title, atMost: 60)
        if title == nil {
            problems.append(Problem("title", "Enter a title, up to 60 characters, such as “See orders”."))
        }
        let sentence = TypedText.line(self.sentence, atMost: 300)
        if sentence == nil { problems.append(Problem("sentence", "Say in one sentence what it lets an app do.")) }
        let group = TypedText.line(self.group, atMost: 40)
        if group == nil { problems.append(Problem("group", "Enter what it belongs to, such as “Orders”.")) }
        let sensitivity = ScopeDescription.Sensitivity(rawValue: self.sensitivity)
        if sensitivity == nil { problems.append(Problem("sensitivity", "Choose how sensitive it is.")) }
        let position = Int64(self.position)
        if position.map({ (0...9999).contains($0) }) != true {
            problems.append(Problem("position", "Enter a whole number from 0 to 9999."))
        }
        if existing == nil, !isOwnAPI {
            problems.append(
                Problem("own_api", "Confirm that your own API checks this scope: nothing in Gatewright does."))
        }
        guard let scope, let title, let sentence, let group, let sensitivity, let position, problems.isEmpty else {
            return .invalid(problems)
        }
        let description = ScopeDescription(
            scope: scope, title: title, sentence: sentence, group: group, sensitivity: sensitivity,
            enforcement: existing?.enforcement ?? .operator)
        return .valid((scope: description, position: position))
    }

    /// Lower-case words with colons, dots and hyphens: what people can read and every client can send.
    private func checkedName(_ catalogue: [ScopeDescription], _ problems: inout [Problem]) -> Scope? {
        let bytes = Array(name.utf8)
        let isPlain =
            (3...60).contains(bytes.count)
            && bytes.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || Array(":._-".utf8).contains($0)
            } && bytes.first.map { (0x61...0x7A).contains($0) } == true
        guard isPlain, let scope = Scope(name) else {
            problems.append(
                Problem("name", "Use 3 to 60 small letters, digits and : . _ -, such as orders:read."))
            return nil
        }
        guard !catalogue.contains(where: { $0.scope == scope }) else {
            problems.append(Problem("name", "There is a scope of this name already."))
            return nil
        }
        return scope
    }
}
