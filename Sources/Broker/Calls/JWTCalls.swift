import Crypto
import CryptoExtras
package import OAuth

extension JWTSigning {
    /// A token signed here (RFC 7519), which no provider was asked for.
    package struct Signed: Sendable {
        package let token: String
        package let expiresAt: Instant
    }

    /// In seconds: the token says that it was made a little earlier, for a provider whose clock is behind ours.
    private static let backdating: Int64 = 30

    /// Signs what the entry says, with what somebody typed and the connection's values in it. A part that lacks its value
    /// is left out.
    ///
    /// - Returns: nil when the key is none for the algorithm.
    package func sign(_ typed: [String: String], values: [String: String], at now: Instant) -> Signed? {
        let known = values.merging(credentials.placeholders(typed)) { _, own in own }
        guard let key = key.filled(known) else { return nil }
        let issued = now + -Self.backdating
        let head = [("alg", JSONText.string(algorithm.rawValue)), ("typ", .string("JWT"))] + filled(header, known)
        let body =
            filled(claims, known) + [
                ("iat", .integer(issued.seconds)), ("exp", .integer(issued.seconds + lifetime)),
            ]
        let message =
            Base64.urlEncoded(JSONText.object(head).bytes) + "." + Base64.urlEncoded(JSONText.object(body).bytes)
        guard let signature = algorithm.sign(Array(message.utf8), key: key, encoding: keyEncoding) else { return nil }
        return Signed(token: message + "." + Base64.urlEncoded(signature), expiresAt: issued + lifetime)
    }

    private func filled(
        _ pairs: [(name: String, value: URLTemplate)], _ known: [String: String]
    ) -> [(name: String, value: JSONText)] {
        pairs.compactMap { pair in
            guard let text = pair.value.filled(known) else { return nil }
            let isList = credentials.contains { field in
                field.shape == .list && pair.value.text.isSame(as: "{\(field.name)}")
            }
            return (pair.name, isList ? .strings(CredentialField.elements(text)) : .string(text))
        }
    }
}

extension JWTSigning.Algorithm {
    /// RFC 7518 §3.2 to §3.4.
    static func rs256(_ message: [UInt8], pem: String) -> [UInt8]? {
        guard let pem = PrivateKeyText.pem(pem),
            let signer = try? _RSA.Signing.PrivateKey(pemRepresentation: pem),
            let signature = try? signer.signature(for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
        else { return nil }
        return Array(signature.rawRepresentation)
    }

    fileprivate func sign(_ message: [UInt8], key: String, encoding: JWTSigning.KeyEncoding) -> [UInt8]? {
        switch self {
        case .rs256: return Self.rs256(message, pem: key)
        case .es256:
            guard let pem = PrivateKeyText.pem(key),
                let signer = try? P256.Signing.PrivateKey(pemRepresentation: pem),
                let signature = try? signer.signature(for: message)
            else { return nil }
            return Array(signature.rawRepresentation)
        case .hs256:
            guard let bytes = encoding.bytes(of: key) else { return nil }
            return Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: bytes)))
        }
    }
}

extension JWTSigning.KeyEncoding {
    fileprivate func bytes(of key: String) -> [UInt8]? {
        switch self {
        case .text: return Array(key.utf8)
        case .base64: return Base64.decoded(Array(key.utf8))
        case .hex:
            let digits = key.utf8.compactMap(Hexadecimal.value)
            guard digits.count == key.utf8.count, digits.count.isMultiple(of: 2), !digits.isEmpty else { return nil }
            return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        }
    }
}
