import Crypto
package import OAuth

/// The three signatures of a webhook: two that existing receivers know, one of our own with a time in it.
package enum WebhookSignature {
    /// `X-Nango-Signature`: SHA-256 over key and body. Open to length extension; kept for receivers that check it.
    package static func legacy(_ body: [UInt8], secretKey: String) -> String {
        Hex.text(SHA256.hash(data: Array(secretKey.utf8) + body))
    }

    /// `X-Nango-Hmac-Sha256`.
    package static func keyed(_ body: [UInt8], signingKey: String) -> String {
        Hex.text(HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Array(signingKey.utf8))))
    }

    /// `Gatewright-Signature: t=1790000000,v1=…`, over `t.id.body`: old deliveries cannot be sent again as new ones.
    ///
    /// - Parameter signingKeys: while a key is rotated there are two, and a `v1` of each.
    package static func timed(_ body: [UInt8], id: String, signingKeys: [String], at now: Instant) -> String {
        let message = Array("\(now.seconds).\(id).".utf8) + body
        return (["t=\(now.seconds)"] + signingKeys.map { "v1=" + keyed(message, signingKey: $0) }).joined(
            separator: ",")
    }
}
