import Hummingbird
import OAuth
import Portal
import Storage

extension Site {
    /// The signed-in person as a member of the tenant that the path names. To everybody else, operators included, it is
    /// as unknown as one that does not exist.
    func member(_ context: PersonContext) throws -> Member {
        guard let slug = context.parameters.get("tenant").flatMap({ Slug($0) }), let tenant = try store.tenant(slug),
            let member = try store.membership(of: context.person.id, in: tenant.id)
        else { throw Failure.notFound }
        return member
    }

    /// A member of a tenant that works: nothing is done in a suspended one.
    func liveMember(_ context: PersonContext) throws -> Member {
        let member = try member(context)
        guard !member.tenant.isSuspended else {
            throw Failure.forbidden("\(member.tenant.name) is suspended. The operator of this portal can reinstate it.")
        }
        return member
    }

    /// One of its admins. Other members may know that there is such a page, and who can open it.
    func admin(_ context: PersonContext) throws -> Member {
        let member = try liveMember(context)
        guard member.role == .admin else {
            let admins = try store.admins(of: member.tenant.id).map(\.name)
            let names = admins.isEmpty ? "" : " Its admins: \(admins.joined(separator: ", "))."
            throw Failure.forbidden("Only an admin of \(member.tenant.name) can see this page.\(names)")
        }
        return member
    }

    /// What the pages of a tenant have above them.
    func top(of member: Member, at tab: TenantTop.Place) throws -> TenantTop {
        var waiting: Int64 = 0
        if member.role == .admin {
            waiting =
                try store.waitingRequests(of: member.person.id, at: now())
                .first { $0.tenant == member.tenant.id }?.count ?? 0
        }
        return TenantTop(member, at: tab, waiting: waiting)
    }
}

extension Site {
    /// The tenant that a path names. A suspended one is gone for everybody.
    func liveTenant(_ context: some RequestContext) throws -> Tenant {
        guard let slug = context.parameters.get("tenant").flatMap(Slug.init), let tenant = try liveTenant(at: slug)
        else { throw Failure.notFound }
        return tenant
    }

    /// Nil also for a suspended one.
    func liveTenant(at slug: Slug) throws -> Tenant? {
        guard let tenant = try store.tenant(slug), !tenant.isSuspended else { return nil }
        return tenant
    }

    /// The tenant's name in the address; whether there is such a tenant, the token decides.
    func slug(_ context: SiteContext) throws -> Slug {
        guard let slug = context.parameters.get("tenant").flatMap(Slug.init) else { throw Failure.notFound }
        return slug
    }
}

extension TenantTop {
    init(_ member: Member, at place: Place, waiting: Int64) {
        let tenant = member.tenant
        let places: [Place] = member.role == .admin ? Place.allCases : [.overview, .members, .requests, .settings]
        self.init(
            name: tenant.name, initials: Web.initials(of: tenant.name), isSandbox: tenant.kind == .sandbox,
            tabs: places.map { tab in
                Tab(
                    name: tab == .requests && member.role == .member ? "Your requests" : tab.title,
                    path: tenant.path + tab.rawValue, isCurrent: tab == place,
                    count: tab == .requests && waiting > 0 ? "\(waiting)" : "")
            })
    }
}
