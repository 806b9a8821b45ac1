/// A name that others trust by its looks: of an app, a workspace, a person.
///
/// Names are refused, not repaired: whoever typed a look-alike without knowing can type the letter, and whoever knew
/// should not get it. A word in one alphabet is fine, whichever it is (Unicode TS #39 §5.1).
package enum PublicName {
    /// What is wrong with a name as such; nil when nothing is.
    ///
    /// - Parameter name: already one visible line.
    package static func problem(with name: String) -> String? {
        if hasStackedMarks(name) { return "Use fewer accents on one letter." }
        if name.unicodeScalars.contains(where: isStyled) {
            return "Use ordinary letters: some of these only look like them."
        }
        if words(of: name).contains(where: mixesAlphabets) {
            return "Write each word in one alphabet: letters of another one in it look the same and are not."
        }
        return nil
    }

    /// The same, and that it cannot be taken for this product's.
    package static func problem(withBrand name: String) -> String? {
        if let problem = problem(with: name) { return problem }
        return LookAlike.imitatesThisProduct(name)
            ? "Choose a name that cannot be mistaken for Gatewright’s own." : nil
    }

    /// Hindi needs three on one letter, nothing needs more; marks that enclose, or stand before any letter, need none.
    private static let mostMarks = 3

    private static func hasStackedMarks(_ name: String) -> Bool {
        var marks = name.unicodeScalars.first.map(isMark) == true ? mostMarks : 0
        for scalar in name.unicodeScalars {
            if scalar.properties.generalCategory == .enclosingMark { return true }
            marks = isMark(scalar) ? marks + 1 : 0
            if marks > mostMarks { return true }
        }
        return false
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .nonspacingMark
    }

    /// Letters that stand for other letters: full width, mathematical, circled, small capitals, the Kelvin sign.
    private static func isStyled(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2100...0x214F, 0x249C...0x24E9, 0x1D400...0x1D7FF, 0x1F110...0x1F189, 0xFF10...0xFF19, 0xFF21...0xFF3A,
            0xFF41...0xFF5A:
            return true
        default:
            guard scalar.properties.isAlphabetic else { return false }
            let name = scalar.properties.name ?? ""
            return ["MODIFIER LETTER", "LATIN LETTER SMALL CAPITAL"].contains { name.hasPrefix($0) }
        }
    }

    private static func words(of name: String) -> [[Unicode.Scalar]] {
        name.unicodeScalars.split { !$0.properties.isAlphabetic && !isMark($0) }.map(Array.init)
    }

    /// The alphabets that look like each other. Others may stand beside them, as Japanese does beside Latin.
    private static let alike: Set<Substring> = ["LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"]

    private static func mixesAlphabets(_ word: [Unicode.Scalar]) -> Bool {
        let alphabets = word.filter(\.properties.isAlphabetic).compactMap { scalar in
            (scalar.properties.name ?? "").split(separator: " ", maxSplits: 1).first
        }
        return Set(alphabets).intersection(alike).count > 1
    }
}
