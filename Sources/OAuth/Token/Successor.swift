import Crypto

/// A refresh token's successor, sealed under a key that only the holder of that token can derive.
///
/// A client whose answer was lost asks again with the old token and gets the same successor; a dump of the database
/// gives nobody any (AES-256-GCM, key by HKDF-SHA256 from the presented token).
enum Successor {
    static func seal(
        _ successor: Secret<RefreshToken>, under presented: Secret<RefreshToken>,
        using random: inout some RandomNumberGenerator
    ) -> [UInt8]? {
        let nonce: [UInt8] = (0..<nonceLength).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        guard let gcmNonce = try? AES.GCM.Nonce(data: nonce),
            let box = try? AES.GCM.seal(Array(successor.reveal().utf8), using: key(presented), nonce: gcmNonce)
        else { return nil }
        return nonce + Array(box.ciphertext) + Array(box.tag)
    }

    /// Nil when `presented` is not the token it was sealed under, or the bytes are damaged.
    static func open(_ sealed: [UInt8], with presented: Secret<RefreshToken>) -> Secret<RefreshToken>? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let opened = try? AES.GCM.open(box, using: key(presented)),
            let text = String(validating: opened, as: UTF8.self)
        else { return nil }
        return Secret(text)
    }

    private static let nonceLength = 12

    private static func key(_ presented: Secret<RefreshToken>) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Array(presented.reveal().utf8)), info: Array("rt-successor".utf8),
            outputByteCount: 32)
    }
}
