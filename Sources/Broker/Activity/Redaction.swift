import OAuth

/// Takes credentials out of what is written down about a call.
package enum Redaction {
    package static let hidden = "[hidden]"

    /// Parts of names behind which a credential stands, in lower case.
    private static let words = [
        "token", "secret", "password", "code", "verifier", "authorization", "cookie", "assertion", "signature", "hmac",
        "apikey", "api_key", "api-key", "credential", "state", "nonce", "jwt", "session", "private", "digest",
    ]

    /// Names that hold such a word and no credential.
    private static let harmless = ["token_type", "error_code", "status_code", "state_known", "code_challenge_method"]

    package static func isSecret(_ name: String) -> Bool {
        let lowered = name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let text = String(decoding: lowered, as: UTF8.self)
        return !harmless.holds(text) && (words.contains { contains(lowered, $0) } || text.isSame(as: "key"))
    }

    /// What may be kept of a value: nothing of a credential, addresses without the values of their credentials, and at
    /// most 500 bytes.
    package static func value(_ value: String, of name: String) -> String {
        guard !isSecret(name) else { return hidden }
        let isAddress = value.utf8.starts(with: "http://".utf8) || value.utf8.starts(with: "https://".utf8)
        let text = isAddress ? address(value) : value
        let plain = text.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }
        guard plain.count > 500 else { return String(decoding: plain, as: UTF8.self) }
        return String(decoding: plain.prefix(500), as: UTF8.self) + "…"
    }

    /// An address whose query holds no credential, and whose user part is gone. Names count as whoever reads the address
    /// decodes them (`access%5Ftoken`); one that cannot be decoded is taken for a credential's.
    package static func address(_ url: String) -> String {
        let bytes = Array(url.utf8)
        let head = bytes.prefix { $0 != 0x3F && $0 != 0x23 }
        let query = bytes.dropFirst(head.count).prefix { $0 != 0x23 }
        var text = String(decoding: withoutUser(head), as: UTF8.self)
        guard query.count > 1 else { return text }
        let pairs = query.dropFirst().split(separator: 0x26).map { pair -> String in
            let name = pair.prefix { $0 != 0x3D }
            let isHidden = decoded(name).map(isSecret) ?? true
            guard isHidden else { return String(decoding: pair, as: UTF8.self) }
            return String(decoding: name, as: UTF8.self) + "=" + hidden
        }
        text += "?" + pairs.joined(separator: "&")
        return text
    }

    /// Until nothing changes any more: what stands behind may decode twice.
    private static func decoded(_ name: ArraySlice<UInt8>) -> String? {
        var bytes = Array(name)
        for _ in 0..<3 {
            guard bytes.contains(0x25) else { break }
            guard let text = PercentEncoding.decode(bytes) else { return nil }
            bytes = Array(text.utf8)
        }
        return bytes.contains(0x25) ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private static func withoutUser(_ head: ArraySlice<UInt8>) -> [UInt8] {
        let scheme = head.prefix { $0 != 0x2F }
        let rest = head.dropFirst(scheme.count + 2)
        let authority = rest.prefix { $0 != 0x2F }
        guard let at = authority.lastIndex(of: 0x40) else { return Array(head) }
        return Array(scheme) + [0x2F, 0x2F] + Array(rest[(at + 1)...])
    }

    private static func contains(_ bytes: [UInt8], _ word: String) -> Bool {
        let word = Array(word.utf8)
        guard bytes.count >= word.count else { return false }
        return (0...(bytes.count - word.count)).contains { bytes[$0...].starts(with: word) }
    }
}
