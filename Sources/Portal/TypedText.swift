/// One line of text that a person typed and others will read: a name, a title, a description.
///
/// Refuses what would let text disguise itself on someone else's page: control characters, line breaks,
/// bidirectional overrides and invisible characters.
package enum TypedText {
    /// - Parameters:
    ///   - text: what was typed; white space around it is dropped.
    ///   - bytes: the longest allowed length in UTF-8 bytes.
    /// - Returns: the trimmed text, or nil when it is empty, too long, or holds a character that is refused.
    package static func line(_ text: String, atMost bytes: Int) -> String? {
        let trimmed = trim(text)
        guard !trimmed.isEmpty, trimmed.utf8.count <= bytes else { return nil }
        guard trimmed.unicodeScalars.allSatisfy(isVisible) else { return nil }
        return trimmed
    }

    /// As ``line(_:atMost:)``, but line breaks (LF or CRLF) are kept.
    package static func paragraph(_ text: String, atMost bytes: Int) -> String? {
        let trimmed = trim(text)
        guard !trimmed.isEmpty, trimmed.utf8.count <= bytes else { return nil }
        guard trimmed.unicodeScalars.allSatisfy({ isVisible($0) || $0 == "\n" || $0 == "\r" }) else { return nil }
        return trimmed
    }

    private static func trim(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let isSpace: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    /// Letters and symbols by category, nothing to the eye: Hangul fillers and the blank Braille pattern.
    private static let blanks: Set<Unicode.Scalar> = ["\u{115F}", "\u{1160}", "\u{2800}", "\u{3164}", "\u{FFA0}"]

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        guard !blanks.contains(scalar) else { return false }
        return switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
