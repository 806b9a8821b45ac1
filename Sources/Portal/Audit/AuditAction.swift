/// What happened. The raw value is stored and exported for good: add cases, never rename one.
package enum AuditAction: String, Hashable, Sendable, CaseIterable {
    // A person's own security
    case signedUp = "person.signed_up"
    case emailConfirmed = "person.email_confirmed"
    case signedIn = "person.signed_in"
    case signedOut = "person.signed_out"
    case sessionsEnded = "person.sessions_ended"
    case passwordChanged = "person.password_changed"
    case passwordReset = "person.password_reset"
    case secondFactorAdded = "person.second_factor_added"
    case secondFactorRemoved = "person.second_factor_removed"
    case recoveryCodesMade = "person.recovery_codes_made"
    case recoveryCodeUsed = "person.recovery_code_used"
    case secondStepFailed = "person.second_step_failed"
    case emailChangeAsked = "person.email_change_asked"
    case emailChanged = "person.email_changed"
    case emailChangeUndone = "person.email_change_undone"
    case dataExported = "person.data_exported"
    case deletionAsked = "person.deletion_asked"
    case personDeleted = "person.deleted"
    case personSuspended = "person.suspended"
    case personReinstated = "person.reinstated"

    // Becoming a developer
    case developerApplied = "developer.applied"
    case developerChangesRequested = "developer.changes_requested"
    case developerApproved = "developer.approved"
    case developerRejected = "developer.rejected"

    // Apps
    case appCreated = "app.created"
    case appEdited = "app.edited"
    case appDeleted = "app.deleted"
    case secretRotated = "app.secret_rotated"
    case secretRevoked = "app.secret_revoked"
    case tokenFormatChanged = "app.token_format_changed"
    case directFlowTurnedOn = "app.direct_flow_on"
    case directFlowTurnedOff = "app.direct_flow_off"
    case reviewAsked = "app.review_asked"
    case appReviewed = "app.reviewed"
    case appReviewWithdrawn = "app.review_withdrawn"
    case appSuspended = "app.suspended"
    case appReinstated = "app.reinstated"

    // Tokens that people make
    case tokenCreated = "token.created"
    case tokenRevoked = "token.revoked"
    case tokenLeaked = "token.leaked"

    // What apps were allowed
    case grantAllowed = "grant.allowed"
    case grantDenied = "grant.denied"
    case grantRevoked = "grant.revoked"
    case grantReplayed = "grant.replayed"
    case grantMoved = "grant.moved_to_v2"

    // A tenant, its members and its rules
    case tenantCreated = "tenant.created"
    case tenantChanged = "tenant.changed"
    case planChanged = "tenant.plan_changed"
    case policyChanged = "tenant.policy_changed"
    case ceilingChanged = "tenant.ceiling_changed"
    case tenantSuspended = "tenant.suspended"
    case tenantDeleted = "tenant.deleted"
    case tenantReinstated = "tenant.reinstated"
    case logExported = "tenant.log_exported"
    case memberInvited = "member.invited"
    case invitationWithdrawn = "member.invitation_withdrawn"
    case memberAdded = "member.added"
    case memberRoleChanged = "member.role_changed"
    case memberRemoved = "member.removed"
    case accessAsked = "request.asked"
    case accessRequestAllowed = "request.allowed"
    case accessRequestDenied = "request.denied"

    // The installation
    case operatorAdded = "installation.operator_added"
    case apiAdded = "installation.api_added"
    case apiRevoked = "installation.api_revoked"
    case scopeChanged = "installation.scope_changed"
    case scopeRemoved = "installation.scope_removed"
    case settingChanged = "installation.setting_changed"
    case keyRotated = "installation.key_rotated"
    case backupMade = "installation.backup_made"
}

extension AuditAction {
    /// The part before the dot: what pages filter by.
    package var area: String { String(decoding: rawValue.utf8.prefix { $0 != UInt8(ascii: ".") }, as: UTF8.self) }

    /// The areas with what people call them, in the order in which pages offer them.
    package static let areas: [(name: String, title: String)] = [
        ("person", "People and sign-in"), ("developer", "Developer applications"), ("app", "Apps"),
        ("token", "Tokens"), ("grant", "App access"), ("request", "Requests for access"), ("member", "Members"),
        ("tenant", "Workspace"), ("installation", "Installation"),
    ]

    /// For people, after "Ada Lovelace": what they did.
    package var title: String {
        switch self {
        case .signedUp: "Signed up"
        case .emailConfirmed: "Confirmed the email address"
        case .signedIn: "Signed in"
        case .signedOut: "Signed out"
        case .sessionsEnded: "Ended sessions"
        case .passwordChanged: "Changed the password"
        case .passwordReset: "Chose a new password by mail"
        case .secondFactorAdded: "Turned on two-step sign-in"
        case .secondFactorRemoved: "Turned off two-step sign-in"
        case .recoveryCodesMade: "Made recovery codes"
        case .recoveryCodeUsed: "Used a recovery code"
        case .secondStepFailed: "Gave a wrong code at the second step"
        case .emailChangeAsked: "Asked to change the email address"
        case .emailChanged: "Changed the email address"
        case .emailChangeUndone: "Took back a change of the email address"
        case .dataExported: "Exported their data"
        case .deletionAsked: "Asked to delete the account"
        case .personDeleted: "Deleted the account"
        case .personSuspended: "Suspended a person"
        case .personReinstated: "Reinstated a person"
        case .developerApplied: "Applied to be a developer"
        case .developerChangesRequested: "Asked for changes to an application"
        case .developerApproved: "Approved a developer"
        case .developerRejected: "Rejected a developer"
        case .appCreated: "Registered an app"
        case .appEdited: "Changed an app"
        case .appDeleted: "Deleted an app"
        case .secretRotated: "Rotated a client secret"
        case .secretRevoked: "Revoked a client secret"
        case .tokenFormatChanged: "Changed an app's token format"
        case .directFlowTurnedOn: "Turned on the direct flow"
        case .directFlowTurnedOff: "Turned off the direct flow"
        case .reviewAsked: "Asked for an app's review"
        case .appReviewed: "Reviewed an app"
        case .appReviewWithdrawn: "Withdrew an app's review"
        case .appSuspended: "Suspended an app"
        case .appReinstated: "Reinstated an app"
        case .tokenCreated: "Created a token"
        case .tokenRevoked: "Revoked a token"
        case .tokenLeaked: "Reported a leaked token"
        case .grantAllowed: "Allowed an app"
        case .grantDenied: "Denied an app"
        case .grantRevoked: "Revoked an app's access"
        case .grantReplayed: "Used a code or token twice, so its tokens were revoked"
        case .grantMoved: "Moved to V2 tokens"
        case .tenantCreated: "Opened the workspace"
        case .tenantChanged: "Changed the workspace"
        case .planChanged: "Changed the plan"
        case .policyChanged: "Changed the app policy"
        case .ceilingChanged: "Changed an app's scope ceiling"
        case .tenantSuspended: "Suspended a workspace"
        case .tenantDeleted: "Deleted the workspace"
        case .tenantReinstated: "Reinstated a workspace"
        case .logExported: "Exported the audit log"
        case .memberInvited: "Invited a member"
        case .invitationWithdrawn: "Withdrew an invitation"
        case .memberAdded: "Added a member"
        case .memberRoleChanged: "Changed a member's role"
        case .memberRemoved: "Removed a member"
        case .accessAsked: "Asked an admin to allow an app"
        case .accessRequestAllowed: "Allowed a member's request"
        case .accessRequestDenied: "Denied a member's request"
        case .operatorAdded: "Added an operator"
        case .apiAdded: "Added an API"
        case .apiRevoked: "Revoked an API's credentials"
        case .scopeChanged: "Changed the scope catalogue"
        case .scopeRemoved: "Removed a scope"
        case .settingChanged: "Changed a setting"
        case .keyRotated: "Rotated the sealing key"
        case .backupMade: "Made a backup"
        }
    }
}
