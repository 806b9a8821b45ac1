/// RFC 6749 §2.2: the public name of a client. Ours are made here, in their own prefix, so that nobody can
/// choose one that equals a person's ID or another tenant's client (RFC 9700 §4.15).
///
/// Holds whatever text was presented; an unknown one is simply not found.
package struct ClientID: Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// `gw_id_` and 22 base62 digits.
    package static func random(using random: inout some RandomNumberGenerator) -> ClientID {
        ClientID("gw_id_" + Base62.draw(22, using: &random))
    }

    package static func == (a: Self, b: Self) -> Bool { a.text.isSame(as: b.text) }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

extension ClientID: CustomStringConvertible {
    package var description: String { text }
}
