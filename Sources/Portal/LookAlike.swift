/// Which letter a character looks like at a glance: one table for whatever is compared by its looks.
enum LookAlike {
    /// The ASCII letter that it is taken for: lower-case, `i` for whatever is one stroke. Nil when it looks like none.
    static func letter(of scalar: Unicode.Scalar) -> UInt8? {
        if let found = table[scalar] { return found }
        let lowered = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
        if let found = table[lowered] { return found }
        if (0x61...0x7A).contains(lowered.value) { return UInt8(truncatingIfNeeded: lowered.value) }
        // "LATIN SMALL LETTER I WITH ACUTE" is seen as an i.
        guard !lowered.isASCII else { return nil }
        let words = (lowered.properties.name ?? "").split(separator: " ")
        guard words.count > 4, words.starts(with: ["LATIN", "SMALL", "LETTER"]), words[4] == "WITH",
            words[3].utf8.count == 1, let capital = words[3].utf8.first
        else { return nil }
        let letter = capital | 0x20
        return letter == UInt8(ascii: "l") ? UInt8(ascii: "i") : letter
    }

    private static let table: [Unicode.Scalar: UInt8] = {
        var table: [Unicode.Scalar: UInt8] = [:]
        for (letter, others) in [
            ("a", "аαɑ4@Ꭺꭺ"), ("b", "вьβ8"), ("c", "сϲ"), ("e", "еєεҽ3Ꭼꭼ"), ("g", "ԍɡցq96ᏀᏆᎶꮐꮶ"), ("h", "һнհᎻꮋ"),
            ("i", "іιɩıl1!|Ꭵꭵӏ"), ("k", "кκ"), ("m", "м"), ("o", "оο0օø"), ("p", "рρ"), ("r", "гᎡᏒꭱꮢ"), ("s", "ѕ5$"),
            ("t", "тτ7Ꭲꭲ"), ("v", "ν"), ("w", "ԝѡшωաᎳꮃɯ"), ("x", "хχ"), ("y", "у"),
        ] {
            guard let letter = letter.utf8.first else { continue }
            for scalar in others.unicodeScalars { table[scalar] = letter }
        }
        return table
    }()
}

extension LookAlike {
    static func imitatesThisProduct(_ name: String) -> Bool {
        let seen = glance(name)
        return seen.indices.contains { seen[$0...].starts(with: ours) }
    }

    private static let ours = Array("gatewright".utf8)

    /// Nothing in between hides it: of what is no ordinary letter, only what looks like one of our name's is seen.
    private static func glance(_ name: String) -> [UInt8] {
        var seen: [UInt8] = []
        for scalar in name.unicodeScalars {
            guard let letter = letter(of: scalar) else { continue }
            let isOrdinary = scalar.isASCII && scalar.properties.isAlphabetic
            guard isOrdinary || ours.contains(letter) else { continue }
            if letter == UInt8(ascii: "v"), seen.last == UInt8(ascii: "v") {
                seen[seen.count - 1] = UInt8(ascii: "w")
            } else {
                seen.append(letter)
            }
        }
        return seen
    }
}
