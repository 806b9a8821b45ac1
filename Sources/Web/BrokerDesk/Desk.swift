import Broker
import Hummingbird
import OAuth
import Portal
import Storage

/// One environment as an admin of its workspace sees it. Whoever holds one may do everything there.
struct Desk {
    let admin: Member
    let environment: BrokerEnvironment
    let all: [BrokerEnvironment]

    /// `/t/{slug}/env/{name}`
    var path: String { "\(Self.path(of: admin.tenant))/\(environment.name)" }

    /// `/t/{slug}/env`
    static func path(of tenant: Tenant) -> String { tenant.path + "/env" }

    var actor: AuditActor { .person(admin.person) }
}

extension Site {
    /// The environment that the path names. Only admins come in: what is kept here opens other people's accounts.
    func desk(_ context: PersonContext) async throws -> Desk {
        let admin = try admin(context)
        let all = try await store.environments(of: admin.tenant.id, at: now())
        guard let name = context.parameters.get("environment"),
            let environment = all.first(where: { $0.name.utf8.elementsEqual(name.utf8) })
        else { throw Failure.notFound }
        return Desk(admin: admin, environment: environment, all: all)
    }

    func top(of desk: Desk, at place: EnvironmentTop.Place) -> EnvironmentTop {
        let base = Desk.path(of: desk.admin.tenant)
        return EnvironmentTop(
            workspace: EnvironmentTop.Workspace(name: desk.admin.tenant.name, path: desk.admin.tenant.path),
            name: desk.environment.name, path: desk.path,
            tabs: EnvironmentTop.Place.allCases.map { tab in
                EnvironmentTop.Tab(name: tab.title, path: desk.path + tab.rawValue, isCurrent: tab == place)
            },
            environments: desk.all.map { one in
                EnvironmentTop.Tab(
                    name: one.name, path: "\(base)/\(one.name)\(place.rawValue)",
                    isCurrent: one.id == desk.environment.id)
            }, newPath: desk.all.count < BrokerEnvironment.most ? base + "/new" : "")
    }
}
