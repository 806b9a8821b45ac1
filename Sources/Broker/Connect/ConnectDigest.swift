import Crypto
import OAuth

/// The digest that an environment with Require HMAC asks of a connect request, in the form that existing clients
/// send: lower-case hex of HMAC-SHA256 over `integration:connection`.
///
/// It binds neither time, person nor parameters; `SignedConnect` is the form that does.
package enum ConnectDigest {
    /// In bytes of UTF-8: a shorter key can be guessed.
    package static let shortestKey = 32

    package static func make(integration: String, connection: String?, key: String) -> String {
        let message = connection.map { integration + ":" + $0 } ?? integration
        return Hex.text(
            HMAC<SHA256>.authenticationCode(
                for: Array(message.utf8), using: SymmetricKey(data: Array(key.utf8))))
    }

    /// Whether `digest` is exactly the 64 digits that belong here, in constant time.
    package static func verify(_ digest: String, integration: String, connection: String?, key: String) -> Bool {
        guard !key.utf8.isEmpty else { return false }
        return ConstantTime.equal(
            make(integration: integration, connection: connection, key: key).utf8, digest.utf8)
    }
}

enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0x0F)]] }, as: UTF8.self)
    }
}
