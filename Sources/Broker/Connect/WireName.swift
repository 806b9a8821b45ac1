/// What the wire format allows as names, on bytes.
package enum WireName {
    /// An integration's key: letters, digits, space and `~ : . @ _ -`, at most 255.
    package static func isIntegrationKey(_ text: String) -> Bool {
        isMade(of: " ~:.@_-", text)
    }

    /// A connection ID: also addresses and JSON text are in use.
    package static func isConnectionID(_ text: String) -> Bool {
        isMade(of: " ,.;:=+~[]|@${}\"'\\/_-", text)
    }

    /// A connection ID for whoever names none: a random UUID (RFC 9562 §5.4).
    package static func uuid(using random: inout some RandomNumberGenerator) -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Array(Hex.text(bytes).utf8)
        return [hex[0..<8], hex[8..<12], hex[12..<16], hex[16..<20], hex[20..<32]]
            .map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
    }

    private static func isMade(of punctuation: StaticString, _ text: String) -> Bool {
        guard (1...255).contains(text.utf8.count) else { return false }
        return punctuation.withUTF8Buffer { allowed in
            text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: allowed.contains(byte)
                }
            }
        }
    }
}
