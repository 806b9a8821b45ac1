import OAuth

/// A change of who is in a tenant as what.
package enum MemberChange: Equatable, Sendable {
    case become(Role)
    /// By themselves or by an admin.
    case leave

    /// Why it cannot be made; nil when it can. A tenant that nobody can run helps nobody.
    ///
    /// - Parameter otherAdmins: how many can sign in and act, beside the one who changes.
    package func obstacle(for role: Role, otherAdmins: Int64) -> MemberObstacle? {
        guard role == .admin, otherAdmins == 0 else { return nil }
        return self == .become(.admin) ? nil : .lastAdmin
    }
}

package enum MemberObstacle: Equatable, Sendable {
    case lastAdmin

    package var sentence: String {
        switch self {
        case .lastAdmin: "This is the only admin. Make somebody else an admin first."
        }
    }
}
