/// A bearer secret in clear: `gw_<kind>_`, 30 random base62 digits (178 bits), 6 digits of checksum.
///
/// It cannot be compared (compare digests), encoded, printed, logged or reflected; `reveal()` is the only exit.
/// Storage keeps a keyed digest of it and its `hint`, never this.
package struct Secret<Kind: SecretKind>: Sendable {
    private let text: String

    private init(trusted text: String) {
        self.text = text
    }

    /// A new secret.
    package static func random(using random: inout some RandomNumberGenerator) -> Secret {
        let body = Base62.draw(SecretText.bodyLength, using: &random)
        let checksum = Base62.encode(CRC32.checksum(body.utf8), width: SecretText.checksumLength)
        return Secret(trusted: SecretText.prefix(of: Kind.self) + body + String(decoding: checksum, as: UTF8.self))
    }

    /// Reads a secret somebody presented: nil unless prefix, length, alphabet and checksum are all right.
    package init?(_ text: String) {
        guard SecretText.isWellFormed(text, kind: Kind.prefix) else { return nil }
        self.text = text
    }

    /// The text itself. Every call is a place where a secret leaves: grep for it.
    package func reveal() -> String { text }

    /// What people may recognise it by afterwards.
    package var hint: Hint {
        Hint(prefix: SecretText.prefix(of: Kind.self), lastFour: String(decoding: text.utf8.suffix(4), as: UTF8.self))
    }
}

/// The part of a secret that may be kept and shown: its kind and its last four digits.
/// The last four are checksum digits, so they give away next to nothing of the random part.
package struct Hint: Hashable, Sendable {
    package let prefix: String
    package let lastFour: String

    package init(prefix: String, lastFour: String) {
        self.prefix = prefix
        self.lastFour = lastFour
    }

    /// For people: `gw_dt_…x9Zq`.
    package var text: String { prefix + "…" + lastFour }
}

enum SecretText {
    static let bodyLength = 30
    static let checksumLength = 6

    static func prefix<Kind: SecretKind>(of kind: Kind.Type) -> String { "gw_" + Kind.prefix + "_" }

    /// Called for every request, and more than once: it compares in place and makes nothing.
    static func isWellFormed(_ text: String, kind: String) -> Bool {
        var text = text
        return text.withUTF8 { isWellFormed($0, kind: kind.utf8) }
    }

    private static func isWellFormed(_ text: UnsafeBufferPointer<UInt8>, kind: String.UTF8View) -> Bool {
        let digits = text.suffix(bodyLength + checksumLength)
        guard text.count == 3 + kind.count + 1 + bodyLength + checksumLength, text.starts(with: "gw_".utf8),
            text.dropFirst(3).starts(with: kind), text[3 + kind.count] == UInt8(ascii: "_"),
            digits.allSatisfy(Base62.isDigit)
        else { return false }
        return Base62.isEncoding(
            digits.suffix(checksumLength), of: CRC32.checksum(digits.prefix(bodyLength)))
    }
}

// Three layers keep a secret out of logs and pages (each fails somewhere on its own).
// 1. Whatever asks for a description gets the kind only.
extension Secret: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { SecretText.prefix(of: Kind.self) + "[redacted]" }
    package var debugDescription: String { description }
}

// 2. Mustache and `dump` read private stored properties through Mirror: show them none.
extension Secret: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

// 3. "token \(secret)" does not compile: the package treats this deprecation as an error.
//    (`unavailable` would not do: overload resolution then prefers the generic interpolation.)
extension DefaultStringInterpolation {
    @available(*, deprecated, message: "a secret must not be put into text; if it must leave, say reveal()")
    package mutating func appendInterpolation<Kind: SecretKind>(_ secret: Secret<Kind>) {
        appendLiteral(secret.description)
    }
}
