import Crypto
import Foundation
import OAuth

/// The 32 bytes every other key comes from, with the name rows remember it by. Never in the database.
package struct MasterKey: Sendable {
    /// 8 bytes, in every sealed value.
    package let id: KeyID
    let key: SymmetricKey

    init(id: KeyID, key: SymmetricKey) {
        self.id = id
        self.key = key
    }

    /// A new key with a random name.
    package static func random(using random: inout some RandomNumberGenerator) -> MasterKey {
        var bytes: [UInt8] = []
        for _ in 0..<5 { withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) } }
        return MasterKey(id: KeyID(trusted: Array(bytes[..<8])), key: SymmetricKey(data: bytes[8...]))
    }
}

/// The name of a master key: 8 bytes, written as 16 hexadecimal digits.
package struct KeyID: Hashable, Sendable {
    let bytes: [UInt8]

    init(trusted bytes: [UInt8]) {
        self.bytes = bytes
    }

    init?(text: some StringProtocol) {
        guard let bytes = HexText.bytes(text), bytes.count == 8 else { return nil }
        self.bytes = bytes
    }

    package var text: String { HexText.text(bytes) }
}

extension KeyID: CustomStringConvertible {
    package var description: String { text }
}

extension MasterKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "MasterKey(\(id))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

enum HexText {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let values = text.utf8.compactMap(Hexadecimal.value)
        guard values.count == text.utf8.count, values.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }
}
