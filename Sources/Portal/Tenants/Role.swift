/// What a member is in a tenant. Who may allow apps there, `TenantPolicy` says.
package enum Role: String, Hashable, CaseIterable, Sendable {
    case admin, member
}
