// How an error is answered in place (RFC 6749 §5.2, RFC 6750 §3). By redirect: see CallbackURL.
extension OAuthError {
    /// `{"error": …, "error_description": …}`.
    package func json() -> [UInt8] {
        JSONText.object([("error", .string(code.rawValue)), ("error_description", .string(sentence))]).bytes
    }

    /// The token endpoint's `WWW-Authenticate`, nil when this answer needs none. RFC 6749 §5.2 wants it for a client
    /// that tried Basic, RFC 9110 §15.5.2 on every 401.
    package func basicChallenge(realm: String) -> String? {
        guard code == .invalidClient else { return nil }
        return "Basic realm=" + QuotedString.quote(realm) + ", charset=\"UTF-8\""
    }

    /// The same error, remembering that the client tried Basic.
    func tryingBasic(_ tried: Bool) -> OAuthError {
        OAuthError(code, description, triedBasic: tried || triedBasic)
    }
}

/// RFC 9110 §5.6.4. Bytes that could end the header or the string are left out or escaped.
enum QuotedString {
    static func quote(_ text: String) -> String {
        var quoted: [UInt8] = [0x22]
        for byte in text.utf8 where (0x20...0x7E).contains(byte) {
            if byte == 0x22 || byte == 0x5C { quoted.append(0x5C) }
            quoted.append(byte)
        }
        return String(decoding: quoted + [0x22], as: UTF8.self)
    }
}
