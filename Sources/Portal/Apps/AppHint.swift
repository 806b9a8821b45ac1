package import OAuth

/// Something about an app's configuration that its owner should look at.
package enum AppHint: Equatable, Sendable {
    /// No callback passes today's rules, so nobody can be sent back.
    case noCallback
    case noSecret
    /// Made a day ago or longer and never used: does the server have it?
    case secretNeverUsed(hint: String)
    /// Two work, and the newer one is in use.
    case oldSecretToEnd(hint: String)
    case pkceOptional
    case neverExpiringTokens
    case directFlowOn
}

extension App {
    /// In the order of how much they hurt.
    package func hints(secrets: [ClientSecretSummary], direct: DirectFlow?, at now: Instant) -> [AppHint] {
        var hints: [AppHint] = []
        if client.redirectURIs.isEmpty { hints.append(.noCallback) }
        if details.kind == .confidential { hints += Self.hints(of: secrets, at: now) }
        if !details.pkceRequired { hints.append(.pkceOptional) }
        if details.tokenFormat == .v1 { hints.append(.neverExpiringTokens) }
        if direct != nil { hints.append(.directFlowOn) }
        return hints
    }

    /// - Parameter secrets: those that work, newest first.
    private static func hints(of secrets: [ClientSecretSummary], at now: Instant) -> [AppHint] {
        guard let newest = secrets.first else { return [.noSecret] }
        guard newest.lastUsedAt != nil else {
            return now - newest.createdAt >= 86_400 ? [.secretNeverUsed(hint: newest.hint)] : []
        }
        return secrets.dropFirst().map { .oldSecretToEnd(hint: $0.hint) }
    }
}
