/// Enough of a network address to tell one's own server from a stranger's, and no more: it may be a person's.
package enum AddressHint {
    /// `198.51.100.7` → `198.51.100.…`, `2001:db8:1:2::3` → `2001:db8:1:…`; what is neither gives nothing.
    package static func of(_ address: String) -> String {
        let bytes = Array(address.utf8)
        let allowed = bytes.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || (0x41...0x46).contains($0) || $0 == 0x2E
                || $0 == 0x3A
        }
        guard allowed, bytes.count <= 45 else { return "" }
        if bytes.contains(0x3A) {
            let groups = bytes.split(separator: 0x3A, omittingEmptySubsequences: false).prefix(3)
                .prefix { !$0.isEmpty }
            guard !groups.isEmpty else { return "this computer" }
            return groups.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ":") + ":…"
        }
        let parts = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 4, parts.allSatisfy({ !$0.isEmpty }) else { return "" }
        return parts.prefix(3).map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".") + ".…"
    }
}
