/// Something wrong with one field of a form, in words for the person who typed it.
package struct Problem: Hashable, Sendable, Error {
    /// The form field's name, as the page spells it.
    package let field: String
    /// A whole sentence that says what to do.
    package let message: String

    package init(_ field: String, _ message: String) {
        self.field = field
        self.message = message
    }
}

/// Either a valid value or everything that is wrong with what was typed, never only the first thing.
package enum Checked<Value> {
    case valid(Value)
    case invalid([Problem])
}

extension Checked: Sendable where Value: Sendable {}
