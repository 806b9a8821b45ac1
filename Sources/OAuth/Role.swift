/// What a member is in a tenant. Only an admin may allow an app.
package enum Role: String, Hashable, CaseIterable, Sendable {
    case admin, member
}
