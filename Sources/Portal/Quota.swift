/// How many of something one person may have at a time. Counted in the transaction that makes one more.
package enum Quota {
    /// Workspaces that a person is admin of.
    package static let workspaces = 10
    package static let apps = 50
    /// Developer tokens that work.
    package static let tokens = 100
}

/// Why somebody cannot make one more of something now. A value, because the page that asked is shown again with it.
package enum Obstacle: Error, Equatable, Sendable {
    case unconfirmedAddress
    case noWorkspace
    case workspaces(Int), apps(Int), tokens(Int)

    /// A whole sentence that says what to do.
    package var sentence: String {
        switch self {
        case .unconfirmedAddress: "Confirm your email address first: the link is in your mail."
        case .noWorkspace: "You are in no workspace yet. Create one first: a token works in one workspace."
        case .workspaces(let count): "You run \(count) workspaces, the most one person can."
        case .apps(let count): "You have \(count) apps, the most one person can have. Delete one first."
        case .tokens(let count): "You have \(count) active tokens, the most one person can have. Revoke one first."
        }
    }
}

extension Obstacle {
    /// - Parameter count: how many the person runs.
    package static func toWorkspace(isConfirmed: Bool, running count: Int) -> Obstacle? {
        guard isConfirmed else { return .unconfirmedAddress }
        return count < Quota.workspaces ? nil : .workspaces(count)
    }

    package static func toApp(isConfirmed: Bool, having count: Int) -> Obstacle? {
        guard isConfirmed else { return .unconfirmedAddress }
        return count < Quota.apps ? nil : .apps(count)
    }

    /// - Parameter hasWorkspace: is in one that is not suspended.
    package static func toToken(isConfirmed: Bool, hasWorkspace: Bool, having count: Int) -> Obstacle? {
        guard isConfirmed else { return .unconfirmedAddress }
        guard hasWorkspace else { return .noWorkspace }
        return count < Quota.tokens ? nil : .tokens(count)
    }
}
