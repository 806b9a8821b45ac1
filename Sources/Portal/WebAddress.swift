/// The address of a website that people are to recognise: `https`, or `http` on this computer.
package struct WebAddress: Sendable {
    package let text: String
    /// Lower-case ASCII, without port.
    package let host: String

    /// - Returns: nil unless it is 10 to 500 visible ASCII characters with a host and no user name in it.
    package init?(_ typed: String) {
        let bytes = Array(typed.utf8)
        guard (10...500).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7E).contains($0) }),
            !bytes.contains(UInt8(ascii: "\\"))
        else { return nil }
        let isSecure = bytes.starts(with: "https://".utf8)
        guard isSecure || bytes.starts(with: "http://".utf8) else { return nil }
        let authority = bytes.dropFirst(isSecure ? 8 : 7).prefix { !"/?#".utf8.contains($0) }
        guard !authority.isEmpty, !authority.contains(UInt8(ascii: "@")) else { return nil }
        let host = authority.prefix { $0 != UInt8(ascii: ":") }
        guard isSecure || host.elementsEqual("localhost".utf8) || host.elementsEqual("127.0.0.1".utf8) else {
            return nil
        }
        text = typed
        self.host = String(decoding: host.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
