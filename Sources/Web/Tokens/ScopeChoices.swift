import OAuth
import Portal

extension ScopeGroup {
    /// The catalogue in its own order, one group per resource.
    ///
    /// - Parameter adjust: marks a line as ticked, refused and so on.
    static func groups(
        of catalogue: [ScopeDescription], adjust: (ScopeDescription, inout ScopeLine) -> Void = { _, _ in }
    ) -> [ScopeGroup] {
        var names: [String] = []
        for entry in catalogue where !names.contains(where: { $0.utf8.elementsEqual(entry.group.utf8) }) {
            names.append(entry.group)
        }
        return names.enumerated().map { index, name in
            let lines = catalogue.filter { $0.group.utf8.elementsEqual(name.utf8) }.map { entry in
                var line = ScopeLine(entry)
                adjust(entry, &line)
                return line
            }
            return ScopeGroup(name: name, key: "group-\(index + 1)", scopes: lines)
        }
    }

    /// The catalogue with those ticked that were typed.
    static func groups(of catalogue: [ScopeDescription], ticked: [String]) -> [ScopeGroup] {
        groups(of: catalogue) { entry, line in line.isChecked = ticked.names(entry.scope) }
    }
}

extension [String] {
    /// Whether a form's ticked boxes name this scope, byte for byte.
    func names(_ scope: Scope) -> Bool {
        contains { $0.utf8.elementsEqual(scope.text.utf8) }
    }
}
