import Crypto
package import OAuth

/// Our own signed connect request, version 1: every parameter stands under the signature, with an end and a nonce.
///
/// The message is `connect.v1`, then a line `name=value` for each parameter but the signature, sorted by name, values
/// percent-encoded down to RFC 3986's unreserved characters. Names and lines cannot run into each other.
package enum SignedConnect {
    package enum Refusal: String, Error, Sendable {
        case missing, wrong, expired, tooFarAhead
    }

    /// In seconds: how far ahead `expires` may lie.
    package static let window: Int64 = 300

    package static func sign(_ parameters: [(name: String, value: String)], key: String) -> String {
        Signing.sign("connect.v1", parameters, key: key)
    }

    /// - Parameter parameters: everything that was sent but the signature itself, no name twice.
    /// - Returns: the nonce, to be spent once by the caller, and until when it must be remembered.
    package static func verify(
        _ parameters: [(name: String, value: String)], signature: String, key: String, at now: Instant
    ) -> Result<(nonce: String, until: Instant), Refusal> {
        func value(_ name: String) -> String? { parameters.first { $0.name.utf8.elementsEqual(name.utf8) }?.value }
        guard !key.utf8.isEmpty, !signature.utf8.isEmpty, let nonce = value("nonce"),
            (1...128).contains(nonce.utf8.count),
            let expires = value("expires").flatMap(seconds), (1...253_402_300_799).contains(expires)
        else { return .failure(.missing) }
        guard ConstantTime.equal(sign(parameters, key: key).utf8, signature.utf8) else { return .failure(.wrong) }
        let end = Instant(seconds: expires)
        guard now < end else { return .failure(.expired) }
        guard end - now <= window else { return .failure(.tooFarAhead) }
        return .success((nonce, end))
    }

    /// One spelling for each number: no sign, no zero in front.
    private static func seconds(_ text: String) -> Int64? {
        guard let number = Int64(text), "\(number)".utf8.elementsEqual(text.utf8) else { return nil }
        return number
    }
}

/// Names and values under a first line that says what they are for, so that no message of one kind is one of another.
enum Signing {
    static func message(_ kind: StaticString, _ parameters: [(name: String, value: String)]) -> String {
        let lines = parameters.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            .map { $0.name + "=" + PercentEncoding.encode($0.value) }
        return (["\(kind)"] + lines).joined(separator: "\n")
    }

    static func sign(_ kind: StaticString, _ parameters: [(name: String, value: String)], key: String) -> String {
        Hex.text(
            HMAC<SHA256>.authenticationCode(
                for: Array(message(kind, parameters).utf8), using: SymmetricKey(data: Array(key.utf8))))
    }
}
