/// Where a text stops being one JSON value, for whoever typed it.
package struct JSONMistake: Hashable, Sendable {
    /// From 1.
    package let line: Int
    /// From 1, in bytes of the line.
    package let column: Int
}

extension JSONValue {
    /// - Returns: nil when ``JSONValue/init(_:)`` reads it.
    package static func mistake(in bytes: [UInt8]) -> JSONMistake? {
        var reader = JSONReader(bytes)
        do throws(JSONReader.Malformed) {
            _ = try reader.text()
            return nil
        } catch {
            let before = bytes.prefix(reader.position)
            let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            return JSONMistake(line: before.count { $0 == 0x0A } + 1, column: before.count - start + 1)
        }
    }

    /// The text over several lines, members in their order, for people to read and change.
    package var indented: String { indented(by: "") }

    private func indented(by space: String) -> String {
        let inner = space + "  "
        switch self {
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { inner + $0.indented(by: inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n" + space + "]"
        case .object(let members) where !members.isEmpty:
            let lines = members.map { member in
                inner + JSONValue.string(member.name).readable + ": " + member.value.indented(by: inner)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + space + "}"
        default: return readable
        }
    }

    /// Letters of every language as themselves.
    private var readable: String {
        guard case .string(let text) = self else { return String(decoding: bytes, as: UTF8.self) }
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": return "\\\""
            case "\\": return "\\\\"
            case "\n": return "\\n"
            case "\t": return "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar.properties.generalCategory == .format:
                return String(decoding: JSONValue.string(String(scalar)).bytes.dropFirst().dropLast(), as: UTF8.self)
            default: return String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
