import OAuth
import Portal

extension TenantAppsPage.Row {
    init(_ app: TenantApp, _ policy: TenantPolicy, path: String) {
        let details = app.app.details
        self.init(
            name: details.name, initials: Web.initials(of: details.name), maker: app.app.owner.name,
            makerDomain: ConsentPage.host(of: details.homepage), isReviewed: app.standing.isReviewed,
            isListed: app.standing.isListed, isKeptOut: !policy.admits(app.standing),
            isSuspended: app.app.isSuspended,
            people: app.grants == 0 ? "Nobody" : counted(app.grants, "person", "people"),
            path: "\(path)/\(app.app.id.text)", revokePath: app.grants == 0 ? "" : "\(path)/\(app.app.id.text)/revoke")
    }
}

extension TenantAppPage {
    init(
        _ app: TenantApp, of tenant: Tenant, _ policy: TenantPolicy, grants: [MemberGrant],
        beyond: [(app: App, group: GrantGroup, why: Contradiction)], form: AppRulesForm?,
        catalogue: [ScopeDescription], top: TenantTop, at now: Instant
    ) {
        let details = app.app.details
        let path = "\(tenant.path)/apps/\(app.app.id.text)"
        let ceiling = app.standing.ceiling
        let total = beyond.reduce(0) { $0 + $1.group.count }
        let limited = form?.limited ?? (ceiling == nil ? "no" : "yes")
        let listed = form?.listed ?? (app.standing.isListed ? "yes" : "no")
        self.init(
            top: top, name: details.name, initials: Web.initials(of: details.name), appDescription: details.description,
            maker: app.app.owner.name, makerDomain: ConsentPage.host(of: details.homepage), clientID: app.app.clientID,
            isReviewed: app.standing.isReviewed, isSuspended: app.app.isSuspended,
            isKeptOut: !policy.admits(app.standing),
            people: app.grants == 0 ? "Nobody" : counted(app.grants, "person", "people"),
            grants: grants.map { grant in
                Row(
                    name: grant.name, email: grant.email, role: grant.role.title,
                    scopes: catalogue.filter { grant.scopes.contains($0.scope) }.map(\.title),
                    since: .day(grant.createdAt), lastUsed: grant.lastUsedAt.map { .relative($0, at: now) },
                    remark: grant.remark(under: policy, app.standing),
                    revokePath: "\(path)/grants/\(grant.id.text)/revoke")
            },
            beyond: beyond.map { "\(counted($0.group.count, "grant")): \($0.why.sentence(catalogue: catalogue))" },
            beyondTotal: total == 0 ? "" : counted(total, "grant"),
            listings: Self.listings(chosen: listed), limits: Self.limits(chosen: limited),
            groups: ScopeGroup.groups(of: catalogue, ticked: form?.scopes ?? ceiling?.sorted.map(\.text) ?? []),
            appPath: path, rulesPath: path + "/rules",
            revokePath: app.grants + app.unusedYeses == 0 ? "" : path + "/revoke")
    }
}

extension MemberGrant {
    /// What an admin should know of it, in a few words; may be empty.
    fileprivate func remark(under policy: TenantPolicy, _ app: AppStanding) -> String {
        if isSpent { return "No longer works: they are no admin any more" }
        let group = GrantGroup(app: ID(""), scopes: scopes, allowedAs: allowedAs, isApproved: isApproved, count: 1)
        switch policy.contradiction(of: group, to: app) {
        case nil: return isApproved ? "An admin said yes" : ""
        case .appNotAdmitted, .membersMayNot, .tooMuch: return "Beyond the rules"
        }
    }
}
