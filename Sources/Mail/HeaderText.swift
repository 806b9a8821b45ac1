import FoundationEssentials

/// Header fields as bytes: what may be in one (checked before), how it is encoded (RFC 2047) and folded (RFC 5322).
enum HeaderText {
    /// RFC 2047 §2: a line that holds an encoded word has at most 76 characters.
    static let longestLine = 76
    /// RFC 5322 §2.1.1 allows 998 in a line; a whole value longer than that is no subject and no name.
    static let longestValue = 998
    /// 39 bytes make 52 base64 digits, 64 characters with the frame: fits behind `Subject: ` in one line.
    private static let chunk = 39

    /// Refuses what no mail reader should show: C0 and C1 controls and DEL, so CR, LF, NUL and NEL among them.
    /// U+2028 and U+2029 pass; being outside ASCII they only ever travel inside an encoded word.
    static func check(_ value: String, field: InvalidMail.Field) throws(InvalidMail) {
        guard value.utf8.count <= longestValue else { throw InvalidMail(field: field, problem: "is too long") }
        let clean = value.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
        guard clean else { throw InvalidMail(field: field, problem: "contains a control character or a line break") }
    }

    /// Whether the value may stand as it is: short printable ASCII that nobody could take for an encoded word,
    /// with no spaces at its ends for folding to lose.
    static func isPlain(_ value: String) -> Bool {
        let bytes = Array(value.utf8)
        guard bytes.count <= 60, bytes.first != 0x20, bytes.last != 0x20 else { return false }
        let looksEncoded = zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: "=") && $1 == UInt8(ascii: "?") }
        return !looksEncoded && bytes.allSatisfy { (0x20...0x7E).contains($0) }
    }

    static func words(_ value: String) -> [String] {
        isPlain(value) ? [value] : encodedWords(value)
    }

    /// RFC 2047 §5 (3): a character is never split between two encoded words.
    static func encodedWords(_ value: String) -> [String] {
        var words: [String] = []
        var held: [UInt8] = []
        func flush() {
            words.append("=?utf-8?B?\(Data(held).base64EncodedString())?=")
            held.removeAll(keepingCapacity: true)
        }
        for scalar in value.unicodeScalars {
            let next = UTF8.encode(scalar).map(Array.init) ?? []
            if held.count + next.count > chunk { flush() }
            held += next
        }
        if !held.isEmpty { flush() }
        return words
    }

    /// Appends `name: word word`, going to a new line before a word that would make the line too long.
    static func append(_ name: String, _ words: [String], to out: inout [UInt8]) {
        out += "\(name):".utf8
        var column = name.utf8.count + 1
        for (index, word) in words.enumerated() {
            let length = word.utf8.count
            if index > 0, column + 1 + length > longestLine {
                out += [0x0D, 0x0A]
                column = 0
            }
            out.append(0x20)
            out += word.utf8
            column += 1 + length
        }
        out += [0x0D, 0x0A]
    }
}
