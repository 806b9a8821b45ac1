import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/settings`: a workspace's name, leaving it, and its end.
struct TenantSettingsController {
    let site: Site

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let member = try site.liveMember(context)
        return try site.page(try page(member, name: member.tenant.name), request, context)
    }

    func update(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let admin = try site.admin(context)
        let typed = try sent.text("name")
        switch Tenant.check(name: typed) {
        case .invalid(let problems):
            return try site.page(try page(admin, name: typed), request, context, problems: problems)
        case .valid(let name):
            guard
                try await site.store.rename(
                    admin.tenant, to: name, by: admin, from: site.clientAddress(of: request, context), at: site.now())
            else { throw Failure.notFound }
            return site.redirect(to: admin.tenant.path + "/settings", saying: .tenantSaved)
        }
    }

    func askToLeave(_ request: Request, _ context: PersonContext) async throws -> Response {
        try leavePage(try site.liveMember(context), request, context)
    }

    func leave(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let member = try site.liveMember(context)
        let outcome = try await site.store.leave(
            member, from: site.clientAddress(of: request, context), at: site.now())
        switch outcome {
        case .done: return site.redirect(to: "/dashboard", saying: .tenantLeft)
        case .gone: throw Failure.notFound
        case .refused(let obstacle):
            return try leavePage(member, request, context, problems: [Problem("leave", obstacle.sentence)])
        }
    }

    func askToDelete(_ request: Request, _ context: PersonContext) async throws -> Response {
        let admin = try site.admin(context)
        try site.askToConfirm(context)
        return try site.page(try deletePage(admin), request, context)
    }

    /// By typing its name, and after proving who one is. Up to 500 members are told.
    func destroy(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.confirmedForm(request, context)
        let admin = try site.admin(context)
        let typed = try sent.text("confirm_name")
        guard typed.utf8.elementsEqual(admin.tenant.name.utf8) else {
            let problem = Problem("confirm_name", "Type the name exactly: \(admin.tenant.name)")
            return try site.page(try deletePage(admin, typed: typed), request, context, problems: [problem])
        }
        let others = try site.store.members(seenBy: admin).filter { $0.person.id != admin.person.id }
        let letters = others.map {
            Letter.tenantDeleted(
                to: $0.person.email, name: $0.person.name, tenant: admin.tenant.name, by: admin.person.name)
        }
        guard
            try await site.store.delete(
                admin.tenant, by: admin, letters: letters, from: site.clientAddress(of: request, context),
                at: site.now())
        else { throw Failure.notFound }
        return site.redirect(to: "/dashboard", saying: .tenantDeleted)
    }
}

extension TenantSettingsController {
    private func page(_ member: Member, name: String) throws -> TenantSettingsPage {
        let tenant = member.tenant
        let isAdmin = member.role == .admin
        return TenantSettingsPage(
            top: try site.top(of: member, at: .settings), isAdmin: isAdmin, name: name,
            pathAddress: site.address(of: tenant, as: .path),
            subdomainAddress: site.address(of: tenant, as: .subdomain),
            plan: tenant.planTitle, created: .day(tenant.createdAt),
            formPath: tenant.path + "/settings", leavePath: tenant.path + "/leave",
            deletePath: isAdmin ? tenant.path + "/delete" : "")
    }

    private func leavePage(
        _ member: Member, _ request: Request, _ context: PersonContext, problems: [Problem] = []
    ) throws -> Response {
        let tenant = member.tenant
        let page = TenantConfirmPage(
            top: try site.top(of: member, at: .settings), headline: "Leave \(tenant.name)?",
            sentences: [
                "You can no longer see \(tenant.name). Your tokens there, and the access you gave to apps there, stop "
                    + "working at once. An admin can invite you again."
            ], action: "Leave \(tenant.name)", formPath: tenant.path + "/leave", cancelPath: tenant.path,
            cancelText: "Stay")
        return try site.page(page, request, context, problems: problems)
    }

    private func deletePage(_ admin: Member, typed: String = "") throws -> DeleteTenantPage {
        let reach = try site.store.reach(of: admin.tenant)
        return DeleteTenantPage(
            top: try site.top(of: admin, at: .settings), name: admin.tenant.name,
            effect: "It ends for \(counted(reach.members, "member")), with \(counted(reach.grants, "grant")) to apps, "
                + "\(counted(reach.tokens, "developer token")) and everything it holds. Its address leads nowhere "
                + "afterwards, and nobody can take it for 90 days.",
            confirmName: typed, formPath: admin.tenant.path + "/delete", cancelPath: admin.tenant.path + "/settings")
    }
}
