/// What a name looks like at a glance.
enum LookAlike {
    static func imitatesThisProduct(_ name: String) -> Bool {
        let seen = glance(name)
        let ours = Array("gatewright".utf8)
        return seen.indices.contains { seen[$0...].starts(with: ours) }
    }

    /// Lower-case ASCII letters; what looks like none is passed over, so that nothing in between hides a name.
    private static func glance(_ name: String) -> [UInt8] {
        var seen: [UInt8] = []
        for scalar in name.unicodeScalars {
            guard let letter = letter(of: scalar) else { continue }
            if letter == UInt8(ascii: "v"), seen.last == UInt8(ascii: "v") {
                seen[seen.count - 1] = UInt8(ascii: "w")
            } else {
                seen.append(letter)
            }
        }
        return seen
    }

    private static func letter(of scalar: Unicode.Scalar) -> UInt8? {
        if let found = table[scalar] { return found }
        let lowered = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
        if let found = table[lowered] { return found }
        if (0x61...0x7A).contains(lowered.value) { return UInt8(truncatingIfNeeded: lowered.value) }
        // "LATIN SMALL LETTER I WITH ACUTE" is seen as an i.
        let words = (lowered.properties.name ?? "").split(separator: " ")
        guard words.count > 4, words.starts(with: ["LATIN", "SMALL", "LETTER"]), words[4] == "WITH",
            words[3].utf8.count == 1, let capital = words[3].utf8.first
        else { return nil }
        return capital | 0x20
    }

    private static let table: [Unicode.Scalar: UInt8] = {
        var table: [Unicode.Scalar: UInt8] = [:]
        for (letter, others) in [
            ("a", "аαɑ4@Ꭺꭺ"), ("b", "вьβ"), ("c", "сϲ"), ("e", "еєεҽ3Ꭼꭼ"), ("g", "ԍɡցq96ᏀᏆᎶꮐꮶ"), ("h", "һнհᎻꮋ"),
            ("i", "іιɩıl1!|Ꭵꭵӏ"), ("o", "оο0օ"), ("r", "гᎡᏒꭱꮢ"), ("t", "тτ7Ꭲꭲ"), ("w", "ԝѡшωաᎳꮃɯ"), ("x", "хχ"),
        ] {
            guard let letter = letter.utf8.first else { continue }
            for scalar in others.unicodeScalars { table[scalar] = letter }
        }
        return table
    }()
}
