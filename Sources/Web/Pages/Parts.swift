/// One option of a `<select>`, a group of radios or a filter.
package struct Choice: Sendable {
    var value: String
    var label: String
    /// Said below the label, or beside it.
    var hint = ""
    var isChosen = false
    /// Not offered here; the hint says why.
    var isOff = false
}

/// One scope: in a form a checkbox, elsewhere a line.
package struct ScopeLine: Sendable {
    /// The protocol's name, `people:read`.
    var code: String
    /// "See people".
    var title: String
    var sentence = ""
    var isSensitive = false
    var isChecked = false
    /// Not offered, and why; an empty reason means it is offered.
    var refusal = ""
    /// Consent only: not part of what was allowed before.
    var isNew = false
    /// Forms only: “Select all scopes” leaves it out.
    var isApart = false
}

/// The scopes of one resource.
package struct ScopeGroup: Sendable {
    var name: String
    /// Unique on its page, for ids: letters, digits, hyphens.
    var key: String
    var scopes: [ScopeLine]
    var checkedCount: String
    var totalCount: String
    /// A box for the whole group is worth having.
    var hasSeveral: Bool

    init(name: String, key: String, scopes: [ScopeLine]) {
        self.name = name
        self.key = key
        self.scopes = scopes
        checkedCount = String(scopes.count { $0.isChecked })
        totalCount = String(scopes.count)
        hasSeveral = scopes.count > 1
    }
}

/// A labelled piece of text to copy.
package struct Snippet: Sendable {
    var label: String
    /// What to do before; may be empty.
    var before = ""
    var code: String
    /// What comes back; may be empty.
    var reply = ""
    /// What to do then; may be empty.
    var after = ""
}

/// A name and a value, both for people.
package struct Fact: Sendable {
    var label: String
    var value: String
}
