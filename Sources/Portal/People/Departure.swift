/// What deleting an account would do, and what stands in its way.
package struct Departure: Sendable {
    /// Nobody else is in them, so they go too.
    package var tenantsToDelete: [Tenant] = []
    /// Others are in them, and no other admin.
    package var tenantsWithoutAdmin: [Tenant] = []
    /// Others go on there.
    package var tenantsToLeave: [Tenant] = []
    package var apps: [(name: String, grants: Int)] = []
    package var tokens = 0
    package var grants = 0
    /// Without them nobody would run the installation.
    package var isLastOperator = false

    package init() {}

    package var isPossible: Bool { tenantsWithoutAdmin.isEmpty && !isLastOperator }
}
