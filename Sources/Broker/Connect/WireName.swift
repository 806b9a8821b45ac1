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
