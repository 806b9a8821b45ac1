import Crypto
import Foundation

/// The public key of a secret-scanning service that signs its reports (ECDSA on P-256 with SHA-256, as GitHub does).
package struct PartnerKey: Sendable {
    private let key: P256.Signing.PublicKey

    /// - Returns: nil when the text is not the PEM form of such a key.
    package init?(pem: String) {
        guard let key = try? P256.Signing.PublicKey(pemRepresentation: pem) else { return nil }
        self.key = key
    }

    /// - Parameter signature: base64 of the DER form, as it stands in the header.
    package func signed(_ body: [UInt8], with signature: String) -> Bool {
        guard let bytes = Data(base64Encoded: signature),
            let signature = try? P256.Signing.ECDSASignature(derRepresentation: bytes)
        else { return false }
        return key.isValidSignature(signature, for: Data(body))
    }
}
