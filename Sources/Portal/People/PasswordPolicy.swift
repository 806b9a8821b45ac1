/// What makes a password acceptable: length, and not being on the list of those everybody tries.
/// There are no composition rules, and the password is hashed exactly as it was typed.
package struct PasswordPolicy: Sendable {
    private let common: Set<[UInt8]>

    /// In bytes.
    package static let longest = 1_024
    package static let tooLong = "A password has at most 1,024 bytes."

    /// - Parameter common: passwords to refuse, in lower case.
    package init(common: some Sequence<String>) {
        self.common = Set(common.map { Array($0.utf8) })
    }

    /// - Returns: what is wrong, with the field `password`; nil when it may be used.
    package func problem(with password: String, name: String = "", email: String = "") -> Problem? {
        let bytes = Array(password.utf8)
        guard password.unicodeScalars.count >= 8 else {
            return Problem("password", "Use at least 8 characters. A few words in a row work well.")
        }
        // Bounded before hashing, so that a megabyte of password costs nothing.
        guard bytes.count <= Self.longest else { return Problem("password", Self.tooLong) }
        guard !bytes.contains(0) else {
            return Problem("password", "This password holds a character that cannot be typed.")
        }
        let folded = bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        guard !common.contains(folded), Set(bytes).count > 2 else {
            return Problem("password", "This password is on the list that attackers try first. Choose another one.")
        }
        guard !folded.elementsEqual(lowercased(email)), !folded.elementsEqual(lowercased(name)) else {
            return Problem("password", "Do not use your name or email address as the password.")
        }
        return nil
    }

    private func lowercased(_ text: String) -> [UInt8] {
        text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}
