/// Whether a reader in a hurry takes one name for the other: the same letters once look-alikes are folded, or one letter
/// more, less or other in a name of six letters and more.
package func looksAlike(_ a: String, _ b: String) -> Bool {
    let (first, second) = (skeleton(of: a), skeleton(of: b))
    guard first.count > 2, second.count > 2 else { return false }
    if first == second { return true }
    guard min(first.count, second.count) >= 6 else { return false }
    return differByOne(first, second)
}

/// Lower-case ASCII letters, with what looks like one in its place and everything else left out.
private func skeleton(of name: String) -> [UInt8] {
    var letters: [UInt8] = []
    for scalar in name.unicodeScalars {
        if let folded = lookAlikes[scalar] {
            letters.append(folded)
        } else if scalar.isASCII, let byte = UInt8(exactly: scalar.value) {
            let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            if (0x61...0x7A).contains(lower) || (0x30...0x39).contains(lower) { letters.append(lower) }
        } else if scalar.properties.isAlphabetic {
            // A letter that nothing here imitates: kept apart, so that names in other scripts do not all look the same.
            letters.append(contentsOf: String(scalar).utf8)
        }
    }
    return paired(letters)
}

/// "rn" reads as "m", "vv" as "w", "cl" as "d".
private func paired(_ letters: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for letter in letters {
        switch (result.last, letter) {
        case (UInt8(ascii: "r"), UInt8(ascii: "n")): result[result.count - 1] = UInt8(ascii: "m")
        case (UInt8(ascii: "v"), UInt8(ascii: "v")): result[result.count - 1] = UInt8(ascii: "w")
        case (UInt8(ascii: "c"), UInt8(ascii: "l")): result[result.count - 1] = UInt8(ascii: "d")
        default: result.append(letter)
        }
    }
    return result
}

private func differByOne(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    let (short, long) = a.count <= b.count ? (a, b) : (b, a)
    guard long.count - short.count <= 1 else { return false }
    let same = zip(short, long).prefix { $0 == $1 }.count
    let rest = short.dropFirst(same + (short.count == long.count ? 1 : 0))
    return rest.elementsEqual(long.dropFirst(same + 1))
}

private let lookAlikes: [Unicode.Scalar: UInt8] = {
    let pairs: [(String, String)] = [
        ("0", "o"), ("1", "l"), ("|", "l"), ("3", "e"), ("4", "a"), ("5", "s"), ("$", "s"), ("@", "a"), ("7", "t"),
        ("8", "b"), ("9", "g"), ("i", "l"), ("I", "l"), ("à", "a"), ("á", "a"), ("â", "a"), ("ä", "a"), ("å", "a"),
        ("é", "e"), ("è", "e"), ("ê", "e"), ("ë", "e"), ("í", "l"), ("ì", "l"), ("ï", "l"), ("ı", "l"), ("ó", "o"),
        ("ò", "o"), ("ö", "o"), ("ø", "o"), ("ú", "u"), ("ü", "u"), ("ñ", "n"), ("ç", "c"),
        // Cyrillic and Greek letters that are drawn as Latin ones.
        ("а", "a"), ("А", "a"), ("е", "e"), ("Е", "e"), ("о", "o"), ("О", "o"), ("р", "p"), ("Р", "p"), ("с", "c"),
        ("С", "c"), ("х", "x"), ("Х", "x"), ("у", "y"), ("У", "y"), ("і", "l"), ("І", "l"), ("ѕ", "s"), ("һ", "h"),
        ("В", "b"), ("К", "k"), ("к", "k"), ("М", "m"), ("м", "m"), ("Н", "h"), ("н", "h"), ("Т", "t"), ("т", "t"),
        ("α", "a"), ("ο", "o"), ("Ο", "o"), ("ρ", "p"), ("ν", "v"), ("κ", "k"), ("Α", "a"), ("Ε", "e"), ("Ι", "l"),
    ]
    var table: [Unicode.Scalar: UInt8] = [:]
    for (from, to) in pairs {
        guard let scalar = from.unicodeScalars.first, let byte = to.utf8.first else { continue }
        table[scalar] = byte
    }
    return table
}()
