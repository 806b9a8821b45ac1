/// A name as a reader in a hurry sees it, to be compared with many others.
package struct NameLikeness: Sendable {
    private let letters: [UInt8]

    package init(_ name: String) { letters = Self.skeleton(of: name) }

    /// Whether one is taken for the other: the same letters once look-alikes are folded, or one letter more, less or
    /// other in a name of six letters and more.
    package func isLike(_ other: NameLikeness) -> Bool {
        guard letters.count > 2, other.letters.count > 2 else { return false }
        if letters == other.letters { return true }
        guard min(letters.count, other.letters.count) >= 6 else { return false }
        return Self.differByOne(letters, other.letters)
    }

    /// Lower-case ASCII letters and digits, with what looks like a letter in its place and everything else left out.
    private static func skeleton(of name: String) -> [UInt8] {
        var letters: [UInt8] = []
        // An exclamation mark is more often one than a letter in disguise.
        for scalar in name.unicodeScalars where scalar != "!" {
            if let letter = LookAlike.letter(of: scalar) {
                letters.append(letter)
            } else if (0x30...0x39).contains(scalar.value) || scalar.properties.isAlphabetic {
                // A letter that imitates none of ours is kept apart: names in other scripts do not all look the same.
                letters.append(contentsOf: String(scalar).utf8)
            }
        }
        return paired(letters)
    }

    /// "rn" reads as "m", "vv" as "w", "cl" (whose l is folded already) as "d".
    private static func paired(_ letters: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for letter in letters {
            switch (result.last, letter) {
            case (UInt8(ascii: "r"), UInt8(ascii: "n")): result[result.count - 1] = UInt8(ascii: "m")
            case (UInt8(ascii: "v"), UInt8(ascii: "v")): result[result.count - 1] = UInt8(ascii: "w")
            case (UInt8(ascii: "c"), UInt8(ascii: "i")): result[result.count - 1] = UInt8(ascii: "d")
            default: result.append(letter)
            }
        }
        return result
    }

    private static func differByOne(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        let (short, long) = a.count <= b.count ? (a, b) : (b, a)
        guard long.count - short.count <= 1 else { return false }
        let same = zip(short, long).prefix { $0 == $1 }.count
        let rest = short.dropFirst(same + (short.count == long.count ? 1 : 0))
        return rest.elementsEqual(long.dropFirst(same + 1))
    }
}
