/// One mail address with the name shown beside it (RFC 5322 §3.4), of which only the plain part is spoken:
/// ASCII dot-atoms, no quoted local part, no address literal, no comment, no group.
struct Mailbox: Hashable, Sendable {
    let name: String
    let address: String

    /// Reads `address` or `Name <address>` or `"Name" <address>`.
    init(parsing text: String, field: InvalidMail.Field) throws(InvalidMail) {
        let bytes = Array(text.utf8)
        guard bytes.last == UInt8(ascii: ">"), let open = bytes.lastIndex(of: UInt8(ascii: "<")) else {
            try self.init(address: bytes, name: "", field: field)
            return
        }
        var name = bytes[..<open]
        while name.last == 0x20 { name.removeLast() }
        while name.first == 0x20 { name.removeFirst() }
        if name.count >= 2, name.first == UInt8(ascii: "\""), name.last == UInt8(ascii: "\"") {
            name = name.dropFirst().dropLast()
        }
        try self.init(
            address: Array(bytes[(open + 1)...].dropLast()), name: String(decoding: name, as: UTF8.self), field: field)
    }

    init(address: [UInt8], name: String, field: InvalidMail.Field) throws(InvalidMail) {
        guard Self.isAddress(address) else {
            throw InvalidMail(field: field, problem: "must be one plain ASCII mail address")
        }
        try HeaderText.check(name, field: field)
        guard !name.utf8.contains(where: { "<>\"\\".utf8.contains($0) }) else {
            throw InvalidMail(field: field, problem: "the name contains < > \" or \\")
        }
        self.name = name
        self.address = String(decoding: address, as: UTF8.self)
    }

    /// What follows the `@`.
    var domain: String {
        let bytes = address.utf8
        guard let at = bytes.firstIndex(of: UInt8(ascii: "@")) else { return "" }
        return String(decoding: bytes[bytes.index(after: at)...], as: UTF8.self)
    }

    /// The words of a From or To field, not yet folded.
    var words: [String] {
        guard !name.utf8.isEmpty else { return [address] }
        let named = HeaderText.isPlain(name) ? ["\"\(name)\""] : HeaderText.encodedWords(name)
        return named + ["<\(address)>"]
    }

    /// `dot-atom@host.name` within RFC 5321's lengths (§4.5.3.1): local part 64, all of it 254.
    static func isAddress(_ bytes: [UInt8]) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard bytes.count <= 254, parts.count == 2 else { return false }
        return parts[0].count <= 64 && isDotAtom(parts[0]) && isHostName(parts[1])
    }

    /// RFC 5322 §3.2.3.
    private static func isDotAtom(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isLetterOrDigit($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
        }
    }

    /// Labels of letters, digits and inner hyphens (RFC 1123 §2.1).
    static func isHostName(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count <= 253 else { return false }
        return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
