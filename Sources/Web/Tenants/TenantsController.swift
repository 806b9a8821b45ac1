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
            case .success(let tenant): return site.redirect(to: tenant.path, saying: .tenantOpened)
            case .failure(.slugTaken): problems.append(TenantDraft.taken)
            case .failure(.obstacle(let obstacle)): problems.append(Problem("name", obstacle.sentence))
            }
        case .valid: break
        }
        let page = NewTenantPage(name: name, slug: slug, addressPrefix: site.url("/t/"))
        return try site.page(page, request, context, problems: problems)
    }

    /// Fills an empty list of people with those of a sandbox, because an admin pressed the button that says so.
    func addSamples(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let admin = try site.admin(context)
        let added = try await site.store.tenant(of: admin).addSamples(at: site.now())
        return site.redirect(to: admin.tenant.path, saying: added ? .samplesAdded : .samplesNotAdded)
    }

    /// For its members; to everybody else it is as unknown as one that does not exist.
    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        try site.page(try page(for: try site.member(context)), request, context)
    }
}

extension TenantsController {
    private func page(for member: Member) throws -> TenantPage {
        let tenant = member.tenant
        let people = try people(seenBy: member)
        let issuer = site.issuer(of: tenant)
        let waiting =
            try site.store.waitingRequests(of: member.person.id, at: site.now()).first { $0.tenant == tenant.id }?.count
            ?? 0
        return TenantPage(
            top: try site.top(of: member, at: .overview), name: tenant.name, role: member.role.title,
            pathAddress: site.address(of: tenant, as: .path),
            subdomainAddress: site.address(of: tenant, as: .subdomain),
            members: counted(try site.store.reach(of: tenant).members, "member"), membersPath: tenant.path + "/members",
            whoMayAllow: try site.store.policy(of: tenant.id).sentence,
            waiting: waiting == 0 ? "" : waiting == 1 ? "1 request is waiting." : "\(waiting) requests are waiting.",
            requestsPath: tenant.path + "/requests",
            people: people ?? "No people yet",
            samplesPath: people == nil && member.role == .admin ? tenant.path + "/sample-people" : nil,
            endpoints: [
                Fact(label: "Authorization", value: issuer + "/oauth/authorize"),
                Fact(label: "Token", value: issuer + "/oauth/token"),
                Fact(label: "Metadata", value: issuer + "/.well-known/oauth-authorization-server"),
                Fact(label: "API", value: issuer + "/api/v1/people"),
            ],
            newTokenPath: member.person.verifiedAt == nil ? "" : "/tokens/new?tenant=\(tenant.slug.text)",
            testTokenPath: tenant.path + "/test-token")
    }

    /// - Returns: nil when there are none.
    private func people(seenBy member: Member) throws -> String? {
        let page = try site.store.tenant(of: member).contacts(from: 0, limit: 100)
        guard !page.contacts.isEmpty else { return nil }
        guard page.next == nil else { return "More than 100 people" }
        return page.contacts.count == 1 ? "1 person" : "\(page.contacts.count) people"
    }
}

extension TenantPolicy {
    /// For members: who may allow apps here.
    fileprivate var sentence: String {
        let who = deciders == .admins ? "Only admins can allow" : "Every member can allow"
        return switch admission {
        case .any: "\(who) apps."
        case .reviewed: "\(who) apps, and only those that were reviewed or are on the list."
        case .listed: "\(who) apps, and only those on the list."
        }
    }
}

extension Site {
    func address(of tenant: Tenant, as form: TenantAddresses.Form) -> String {
        settings.tenants.address(of: tenant.slug.text, as: form)
    }
}
