/// A callback URL as its developer registered it: checked once, strictly, then only ever compared byte for byte.
///
/// What is stored is what was typed: a form that is not canonical is refused rather than rewritten, so that the
/// developer sees what is compared (RFC 9700 §2.1, §4.1.3).
package struct RegisteredRedirectURI: Hashable, Sendable {
    package let text: String
    package let shape: Shape
    /// The host, or the scheme of a private-use URI: what the consent page shows as the destination.
    package let destination: String
    /// For loopback http: everything before the port, and everything after it (RFC 8252 §7.3).
    let beforePort: String
    let afterPort: String

    package enum Shape: String, Hashable, Sendable {
        /// https to a host that is not this machine.
        case web
        /// http or https to `127.0.0.1`, `[::1]` or `localhost`.
        case loopback
        /// `com.example.app:/callback` (RFC 8252 §7.1).
        case privateUse
    }

    /// Bytes in the longest callback URL.
    package static let longest = 2000
    /// The most callback URLs one app can have.
    package static let most = 20

    /// Whether the answer goes to an app on the person's own device (RFC 8252).
    package var isNative: Bool { shape != .web }

    /// Checks what a developer typed. Storage uses it to read a stored one back, too: a stored one that no longer
    /// passes is left out, and so matches nothing.
    package static func parse(_ text: String, _ kind: Client.Kind) throws(RedirectURIProblem) -> Self {
        let uri = try RedirectURISyntax(text).registered()
        if uri.shape == .privateUse, kind == .confidential { throw .privateUseForWeb }
        return uri
    }

    /// RFC 8252 §7.3: for http to a loopback address the port may be any, and only the port. The request's must be
    /// absent, or a number from 1 to 65535 without leading zeros.
    func matchesIgnoringPort(_ requested: String) -> Bool {
        guard shape == .loopback, text.utf8.starts(with: "http://".utf8) else { return false }
        var rest = Array(requested.utf8)[...]
        guard rest.starts(with: beforePort.utf8) else { return false }
        rest = rest.dropFirst(beforePort.utf8.count)
        if rest.first == 0x3A {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard RedirectURISyntax.isPort(digits) else { return false }
            rest = rest.dropFirst(1 + digits.count)
        }
        return rest.elementsEqual(afterPort.utf8)
    }

    func matches(_ requested: String) -> Bool { text.utf8.elementsEqual(requested.utf8) }
}
