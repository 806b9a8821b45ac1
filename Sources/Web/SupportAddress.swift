/// Where people of this installation ask for help: `mailto:help@example.com`, or a page of the operator's.
package struct SupportAddress: Sendable {
    package let text: String

    /// - Returns: nil unless it is a `mailto:` address or an https page, in characters that may stand in an address.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let isMail = bytes.starts(with: "mailto:".utf8) && bytes.dropFirst(7).contains(UInt8(ascii: "@"))
        let isPage = bytes.starts(with: "https://".utf8) && bytes.count > 8
        let isClean = bytes.allSatisfy { (0x21...0x7E).contains($0) && ![0x22, 0x3C, 0x3E, 0x5C].contains($0) }
        guard isMail || isPage, isClean else { return nil }
        self.text = text
    }

    /// The address as people read it: without `mailto:`.
    package var shown: String {
        String(text.utf8.starts(with: "mailto:".utf8) ? text.dropFirst(7) : text[...])
    }
}
