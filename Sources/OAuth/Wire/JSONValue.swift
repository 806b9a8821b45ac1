/// Any JSON value (RFC 8259), as it was written: numbers stay text, so nothing outside can overflow arithmetic here.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// The digits as they stood, `1e300` and `9223372036854775808` included.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In the order of the text; no name comes twice.
    case object([Member])

    package struct Member: Hashable, Sendable {
        package let name: String
        package let value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// Reads one JSON text in UTF-8; nil when it is anything else, repeats a name, nests deeper than 32 levels or
    /// holds a NUL. Readers differ on each of these, and a text that two readers understand differently is a way
    /// around a check.
    package init?(_ bytes: [UInt8]) {
        var reader = JSONReader(bytes)
        guard let value = try? reader.text() else { return nil }
        self = value
    }

    /// A member of an object, nil when this is none or has no such member.
    package subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.isSame(as: name) }?.value
    }

    /// As text again: pure ASCII, members in their order.
    package var bytes: [UInt8] { text.bytes }

    package var text: JSONText {
        switch self {
        case .null: .word("null")
        case .boolean(let truth): .boolean(truth)
        case .number(let digits): .word(digits)
        case .string(let string): .string(string)
        case .array(let elements): .array(elements.map(\.text))
        case .object(let members): .object(members.map { ($0.name, $0.value.text) })
        }
    }

    /// A number without fraction or exponent that fits 64 bits.
    package var wholeNumber: Int64? {
        guard case .number(let digits) = self else { return nil }
        return Int64(digits)
    }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
}
