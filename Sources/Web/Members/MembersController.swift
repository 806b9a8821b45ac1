import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/members`: who is in a workspace, as what.
struct MembersController {
    let site: Site
    static let perPage = 100

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        try list(try site.liveMember(context), request, context)
    }

    func changeRole(_ request: Request, _ context: PersonContext) async throws -> Response {
        let form = try await site.form(request, context)
        let typed = try form.text("role")
        let role = Role.allCases.first { $0.rawValue.utf8.elementsEqual(typed.utf8) }
        if role == .admin { try await site.confirm(form, request, context) }
        let admin = try site.admin(context)
        let member = try member(context, seenBy: admin)
        guard let role else { throw Failure.badRequest("Choose Admin or Member.") }
        let letter = Letter.roleChanged(
            to: member.person.email, name: member.person.name, tenant: admin.tenant.name, role: role,
            by: admin.person.name, page: site.url(admin.tenant.path))
        let outcome = try await site.store.change(
            member.person.id, to: role, by: admin, letter: letter, from: site.clientAddress(of: request, context),
            at: site.now())
        return try answer(outcome, of: admin, saying: .roleChanged, request, context)
    }

    func askToRemove(_ request: Request, _ context: PersonContext) async throws -> Response {
        let admin = try site.admin(context)
        let member = try member(context, seenBy: admin)
        let (name, tenant) = (member.person.name, admin.tenant.name)
        let page = TenantConfirmPage(
            top: try site.top(of: admin, at: .members), headline: "Remove \(name) from \(tenant)?",
            sentences: [
                "\(name) can no longer see \(tenant). Their tokens here, and the access they gave to apps here, stop "
                    + "working at once, and stay dead if you invite them again.",
                "They are told by mail.",
            ],
            facts: [
                Fact(label: "Email address", value: member.person.email), Fact(label: "Role", value: member.role.title),
            ], action: "Remove \(name)", formPath: path(of: member) + "/remove", cancelPath: listPath(admin.tenant),
            cancelText: "Keep them")
        return try site.page(page, request, context)
    }

    func remove(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let admin = try site.admin(context)
        let member = try member(context, seenBy: admin)
        let letter = Letter.memberRemoved(
            to: member.person.email, name: member.person.name, tenant: admin.tenant.name, by: admin.person.name)
        let outcome = try await site.store.remove(
            member.person.id, by: admin, letter: letter, from: site.clientAddress(of: request, context),
            at: site.now())
        guard outcome != .done || member.person.id != admin.person.id else {
            return site.redirect(to: "/dashboard", saying: .tenantLeft)
        }
        return try answer(outcome, of: admin, saying: .memberRemoved, request, context)
    }
}

extension MembersController {
    private func answer(
        _ outcome: MemberOutcome, of admin: Member, saying notice: NoticeText, _ request: Request,
        _ context: PersonContext
    ) throws -> Response {
        switch outcome {
        case .done: return site.redirect(to: listPath(admin.tenant), saying: notice)
        case .gone: throw Failure.notFound
        case .refused(let obstacle):
            let problem = Problem("members", obstacle.sentence)
            return try list(admin, request, context, problems: [problem])
        }
    }

    private func list(
        _ reader: Member, _ request: Request, _ context: PersonContext, problems: [Problem] = []
    ) throws -> Response {
        let query = site.query(request)
        let words = TypedText.line(query.first("q"), atMost: 100) ?? ""
        let list = "members \(reader.tenant.id.text)"
        let last = try site.place(query.first("after"), of: list).map { ID<Entity.Person>($0) }
        let (members, hasMore) = try site.store.members(
            seenBy: reader, matching: words, after: last, limit: Self.perPage)
        let base = listPath(reader.tenant)
        let next = hasMore ? members.last.map { site.cursor($0.person.id.text, of: list) } : nil
        let now = site.now()
        let isAdmin = reader.role == .admin
        let page = MembersPage(
            top: try site.top(of: reader, at: .members),
            members: members.map { row($0, seenBy: reader) },
            invitations: isAdmin
                ? try site.store.invitations(seenBy: reader, at: now).map { row($0, reader.tenant, at: now) } : [],
            query: words, isNarrowed: !words.isEmpty || last != nil, listPath: base,
            nextPath: next.map { "\(base)?q=\(PercentEncoding.encode(words))&after=\($0)" } ?? "",
            invitePath: isAdmin ? reader.tenant.path + "/invitations/new" : "")
        return try site.page(page, request, context, problems: problems)
    }

    private func row(_ member: Member, seenBy reader: Member) -> MembersPage.Row {
        let isAdmin = reader.role == .admin
        let isYou = member.person.id == reader.person.id
        return MembersPage.Row(
            name: member.person.name, email: member.person.email, role: member.role.title,
            isAdmin: member.role == .admin, isYou: isYou, isSuspended: member.person.isSuspended,
            since: .day(member.since), rolePath: isAdmin ? path(of: member) + "/role" : "",
            otherRole: member.role == .admin ? "member" : "admin",
            otherRoleText: member.role == .admin ? "Make member" : "Make admin",
            removePath: isAdmin && !isYou ? path(of: member) + "/remove" : "",
            leavePath: isYou ? reader.tenant.path + "/leave" : "")
    }

    private func row(_ invitation: Invitation, _ tenant: Tenant, at now: Instant) -> MembersPage.Waiting {
        let path = "\(tenant.path)/invitations/\(invitation.id.text)"
        return MembersPage.Waiting(
            email: invitation.email, role: invitation.role.title, inviter: invitation.inviter,
            sent: .relative(invitation.sentAt, at: now), expires: .day(invitation.expiresAt),
            resendPath: path + "/resend", withdrawPath: path + "/withdraw")
    }

    private func member(_ context: PersonContext, seenBy admin: Member) throws -> Member {
        guard let id = context.parameters.get("person"), let member = try site.store.member(ID(id), seenBy: admin)
        else { throw Failure.notFound }
        return member
    }

    private func listPath(_ tenant: Tenant) -> String { tenant.path + "/members" }
    private func path(of member: Member) -> String { "\(listPath(member.tenant))/\(member.person.id.text)" }
}
