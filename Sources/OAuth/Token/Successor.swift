import Crypto

/// What a refresh token was answered with, sealed under a key that only the holder of that token can derive.
///
/// A client whose answer was lost asks again with the old token and gets the same answer; a dump of the database
/// gives nobody any (AES-256-GCM, key by HKDF-SHA256 from the presented token).
struct Successor {
    let refresh: Secret<RefreshToken>
    let access: Secret<AccessToken>
    let scopes: ScopeSet

    func seal(under presented: PresentedRefresh, using random: inout some RandomNumberGenerator) -> [UInt8]? {
        let nonce: [UInt8] = (0..<Self.nonceLength).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let text = [refresh.reveal(), access.reveal(), scopes.text].joined(separator: "\n")
        guard let gcmNonce = try? AES.GCM.Nonce(data: nonce),
            let box = try? AES.GCM.seal(Array(text.utf8), using: Self.key(presented), nonce: gcmNonce)
        else { return nil }
        return nonce + Array(box.ciphertext) + Array(box.tag)
    }

    /// Nil when `presented` is not the token it was sealed under, or the bytes are damaged.
    static func open(_ sealed: [UInt8], with presented: PresentedRefresh) -> Successor? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let opened = try? AES.GCM.open(box, using: key(presented))
        else { return nil }
        let lines = opened.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        guard lines.count == 3, let refresh = Secret<RefreshToken>(lines[0]),
            let access = Secret<AccessToken>(lines[1]), let scopes = ScopeSet(parsing: lines[2])
        else { return nil }
        return Successor(refresh: refresh, access: access, scopes: scopes)
    }

    /// The answer as it was given at `since`; only the seconds that are left of the access token have moved.
    func answer(from since: Instant, at now: Instant) -> TokenResponse {
        let left = min(TokenResponse.lifetime, TokenResponse.lifetime - (now - since))
        return TokenResponse(
            accessToken: access, createdAt: since,
            renewal: .init(expiresIn: left, refreshToken: refresh, scopes: scopes))
    }

    private static let nonceLength = 12

    private static func key(_ presented: PresentedRefresh) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Array(presented.reveal().utf8)), info: Array("rt-successor".utf8),
            outputByteCount: 32)
    }
}
