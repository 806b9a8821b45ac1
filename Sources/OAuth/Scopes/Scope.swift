/// RFC 6749 §3.3: one scope token, `1*( %x21 / %x23-5B / %x5D-7E )`. Case-sensitive, compared as bytes.
package struct Scope: Hashable, Comparable, Sendable {
    package let text: String

    package init?(_ text: String) {
        var text = text
        guard text.withUTF8(Scope.isScope) else { return nil }
        self.text = text
    }

    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard Scope.isScope(bytes) else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }

    private static func isScope(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.count <= longest && bytes.allSatisfy(allows)
    }

    /// Bytes in the longest scope we take.
    package static let longest = 200

    // All characters are ASCII, so String's == and < are those of the bytes.
    package static func < (a: Scope, b: Scope) -> Bool { a.text < b.text }

    private static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23...0x5B, 0x5D...0x7E: true
        default: false
        }
    }
}

extension Scope: CustomStringConvertible {
    package var description: String { text }
}
