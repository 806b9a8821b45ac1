/// A client that has proven who it is (or, being public, has said so): what every grant asks for, so that none
/// can forget to. `authenticate` is the only maker.
package struct AuthenticatedClient: Sendable {
    package let client: Client
    /// Which of its secrets it used: nil for a public client.
    package let secret: ID<Entity.ClientSecret>?

    package var id: ID<Entity.Client> { client.id }

    fileprivate init(_ client: Client, secret: ID<Entity.ClientSecret>?) {
        self.client = client
        self.secret = secret
    }
}

/// RFC 6749 §2.3, §3.2.1. An unknown client and a wrong secret are the same refusal.
///
/// `candidate` is the client with that `client_id`, nil when there is none. `secretMatches` compares the digest with
/// those of the candidate's live secrets, in constant time; it is called for an unknown client too, so that the two
/// take the same time.
package func authenticate(
    _ credentials: ClientCredentials, as candidate: Client?,
    secretMatches: (Secret<ClientSecretKind>) -> ID<Entity.ClientSecret>?
) -> Result<AuthenticatedClient, OAuthError> {
    let refused = OAuthError(.invalidClient, "client authentication failed", triedBasic: credentials.triedBasic)
    var matched: ID<Entity.ClientSecret>?
    if case .secret(let secret) = credentials.secret { matched = secretMatches(secret) }
    guard let client = candidate, client.clientID == credentials.clientID else { return .failure(refused) }

    switch (client.kind, credentials.secret) {
    case (.confidential, .secret):
        guard let matched else { return .failure(refused) }
        return .success(AuthenticatedClient(client, secret: matched))
    case (.public, .none):
        return .success(AuthenticatedClient(client, secret: nil))
    // A confidential client without a secret, and a public one with any: ignoring either would be a way in.
    default:
        return .failure(refused)
    }
}
