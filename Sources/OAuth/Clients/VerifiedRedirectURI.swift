/// A redirect URI that belongs to a client: the only thing an answer or an error can be redirected to.
///
/// `Client.verify` is the only maker, so an open redirector cannot be written.
package struct VerifiedRedirectURI: Hashable, Sendable {
    /// Exactly as the request had it, with its own port when it is a loopback one.
    package let text: String
    /// Whose it is.
    package let client: ID<Entity.Client>
    package let shape: RegisteredRedirectURI.Shape
    /// The host, or the scheme of a private-use URI: shown on the consent page.
    package let destination: String

    package var isNative: Bool { shape != .web }

    fileprivate init(_ registered: RegisteredRedirectURI, of client: Client, as text: String) {
        self.text = text
        self.client = client.id
        shape = registered.shape
        destination = registered.destination
    }
}

extension Client {
    /// RFC 6749 §3.1.2.3, RFC 9700 §4.1.3: compares byte for byte with what is registered. For a public client's
    /// loopback http URI the port may differ (RFC 8252 §7.3). Omitted, it stands for the only registered one
    /// (OAuth 2.1 §2.3.2). Nil when nothing matches.
    package func verify(redirectURI: String?) -> VerifiedRedirectURI? {
        guard let requested = redirectURI else {
            guard redirectURIs.count == 1, let only = redirectURIs.first else { return nil }
            return VerifiedRedirectURI(only, of: self, as: only.text)
        }
        if let exact = redirectURIs.first(where: { $0.matches(requested) }) {
            return VerifiedRedirectURI(exact, of: self, as: exact.text)
        }
        guard kind == .public else { return nil }
        return redirectURIs.first { $0.matchesIgnoringPort(requested) }
            .map { VerifiedRedirectURI($0, of: self, as: requested) }
    }
}
