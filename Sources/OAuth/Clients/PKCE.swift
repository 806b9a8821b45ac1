import Crypto

/// RFC 7636, with S256 only: `plain` protects nobody from whoever sees the request (OAuth 2.1 §7.5.1).
package enum PKCE {
    /// §4.2: 43 base64url characters, the SHA-256 of a verifier.
    package struct Challenge: Hashable, Sendable {
        package let text: String

        package init?(_ text: String) {
            guard text.utf8.count == 43, text.utf8.allSatisfy(Base64.isURLDigit) else { return nil }
            self.text = text
        }
    }

    /// §4.1: 43 to 128 unreserved characters.
    package static func isVerifier(_ text: String) -> Bool {
        (43...128).contains(text.utf8.count) && text.utf8.allSatisfy(PercentEncoding.isUnreserved)
    }

    /// §4.2: the challenge that belongs to a verifier; nil when it is no verifier.
    package static func challenge(for verifier: String) -> Challenge? {
        guard isVerifier(verifier) else { return nil }
        return Challenge(Base64.urlEncoded(SHA256.hash(data: Array(verifier.utf8))))
    }

    /// §4.6, in constant time. `challenge` is the stored text: whatever is wrong with it, nothing matches it.
    static func verify(_ verifier: String, against challenge: String) -> Bool {
        guard let expected = self.challenge(for: verifier) else { return false }
        return ConstantTime.equal(expected.text.utf8, challenge.utf8)
    }
}
