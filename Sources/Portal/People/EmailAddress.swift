/// An address that mail can be sent to, and the key that all look-ups and counters share.
///
/// Only plain ASCII addresses are taken: quoted local parts, comments and internationalised domains open
/// more doors than they let people in.
package struct EmailAddress: Hashable, Sendable {
    /// As it was typed, without white space around it.
    package let text: String
    /// Lower-case ASCII: the one spelling that identifies a person.
    package let key: String

    package init?(_ typed: String) {
        var bytes = Array(typed.utf8)
        while let last = bytes.last, last == 0x20 { bytes.removeLast() }
        while let first = bytes.first, first == 0x20 { bytes.removeFirst() }
        guard bytes.count <= 254, let at = bytes.firstIndex(of: UInt8(ascii: "@")) else { return nil }
        let local = bytes[..<at]
        let domain = bytes[(at + 1)...]
        guard (1...64).contains(local.count), local.allSatisfy(Self.isLocalByte),
            local.first != UInt8(ascii: "."), local.last != UInt8(ascii: "."), !Self.hasDoubleDot(local),
            Self.isDomain(domain)
        else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
        key = String(decoding: bytes.map(Self.lowercased), as: UTF8.self)
    }

    package static func == (a: EmailAddress, b: EmailAddress) -> Bool { a.key.utf8.elementsEqual(b.key.utf8) }

    package func hash(into hasher: inout Hasher) {
        for byte in key.utf8 { hasher.combine(byte) }
    }

    private static func isLocalByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || Array(".!#$%&'*+/=?^_`{|}~-".utf8).contains(byte)
    }

    private static func isDomain(_ bytes: ArraySlice<UInt8>) -> Bool {
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2 else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.count)
                && label.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
                && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
        }
    }

    private static func hasDoubleDot(_ bytes: ArraySlice<UInt8>) -> Bool {
        zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: ".") && $1 == UInt8(ascii: ".") }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
