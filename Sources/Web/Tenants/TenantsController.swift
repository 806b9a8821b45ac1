import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{slug}`, a workspace's own page, and opening a new one.
struct TenantsController {
    let site: Site

    func new(_ request: Request, _ context: PersonContext) async throws -> Response {
        try site.page(NewTenantPage(addressPrefix: site.url("/t/")), request, context)
    }

    func create(_ request: Request, _ context: PersonContext) async throws -> Response {
        let form = try await site.form(request, context)
        let (name, slug) = (try form.text("name"), try form.text("slug"))
        var problems: [Problem] = []
        if let obstacle = try site.store.obstacleToWorkspace(of: context.person.id) {
            problems.append(Problem("name", obstacle.sentence))
        }
        switch TenantDraft.check(name: name, slug: slug) {
        case .invalid(let more):
            problems += more
        case .valid(let draft) where problems.isEmpty:
            let address = site.clientAddress(of: request, context)
            switch try await site.store.openTenant(draft, by: context.person.id, from: address, at: site.now()) {
            case .success(let tenant): return site.redirect(to: "/t/\(tenant.slug.text)", saying: .tenantOpened)
            case .failure(.slugTaken): problems.append(TenantDraft.taken)
            case .failure(.obstacle(let obstacle)): problems.append(Problem("name", obstacle.sentence))
            }
        case .valid: break
        }
        let page = NewTenantPage(name: name, slug: slug, addressPrefix: site.url("/t/"))
        return try site.page(page, request, context, problems: problems)
    }

    /// For its members; to everybody else it is as unknown as one that does not exist (case 139).
    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        guard let slug = context.parameters.get("tenant").flatMap({ Slug($0) }),
            let tenant = try site.store.tenant(slug),
            let member = try site.store.membership(of: context.person.id, in: tenant.id)
        else { throw Failure.notFound }
        return try site.page(try page(for: member), request, context)
    }
}

extension TenantsController {
    private func page(for member: Member) throws -> TenantPage {
        let tenant = member.tenant
        let issuer = site.issuer(of: tenant)
        return TenantPage(
            name: tenant.name, initials: initials(of: tenant.name), role: member.role.title,
            isSandbox: tenant.kind == .sandbox, pathAddress: issuer,
            subdomainAddress: site.subdomainAddress(of: tenant),
            members: try site.store.members(seenBy: member).map { TenantPage.Member($0, seenBy: member.person) },
            people: try people(seenBy: member),
            endpoints: [
                Fact(label: "Authorization", value: issuer + "/oauth/authorize"),
                Fact(label: "Token", value: issuer + "/oauth/token"),
                Fact(label: "Metadata", value: issuer + "/.well-known/oauth-authorization-server"),
                Fact(label: "API", value: issuer + "/api/v1/people"),
            ],
            newTokenPath: member.person.verifiedAt == nil ? "" : "/tokens/new?tenant=\(tenant.slug.text)")
    }

    private func people(seenBy member: Member) throws -> String {
        let page = try site.store.tenant(of: member).contacts(from: 0, limit: 100)
        guard page.next == nil else { return "More than 100 people" }
        return page.contacts.count == 1 ? "1 person" : "\(page.contacts.count) people"
    }
}

extension TenantPage.Member {
    init(_ member: Member, seenBy reader: Person) {
        self.init(
            name: member.person.name, email: member.person.email, role: member.role.title,
            isAdmin: member.role == .admin, isYou: member.person.id == reader.id, since: .day(member.since))
    }
}

extension Role {
    /// For people.
    var title: String { self == .admin ? "Admin" : "Member" }
}

extension Site {
    /// The other spelling of a tenant's address: its own host.
    func subdomainAddress(of tenant: Tenant) -> String {
        "\(settings.base.isSecure ? "https" : "http")://\(tenant.slug.text).\(settings.tenantHost)"
    }
}
