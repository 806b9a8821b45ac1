import Broker
import Hummingbird
import OAuth
import Portal
import Storage

/// `/docs`: for everybody; whoever is signed in finds their own values in the examples.
struct DocsController {
    let site: Site

    func index(_ request: Request, _ context: SiteContext) async throws -> Response {
        try site.page(DocsPage(), request, context)
    }

    func authentication(_ request: Request, _ context: SiteContext) async throws -> Response {
        try site.page(AuthenticationPage.all, request, context)
    }

    func errors(_ request: Request, _ context: SiteContext) async throws -> Response {
        try site.page(ErrorsPage.reference, request, context)
    }

    func api(_ request: Request, _ context: SiteContext) async throws -> Response {
        let slug = try context.visitor.session.flatMap { try workspaces(of: $0.person).first?.slug.text }
        return try site.page(APIPage(at: slug ?? Self.someWorkspace, site.settings.tenants), request, context)
    }

    /// `?workspace=&app=`, both the reader's own.
    func quickstart(_ request: Request, _ context: SiteContext) async throws -> Response {
        let query = site.query(request)
        let person = context.visitor.session?.person
        let workspaces = try person.map { try self.workspaces(of: $0) } ?? []
        let apps = try person.map { try site.store.apps(of: $0.id) } ?? []
        let workspace = Self.chosen(query.first("workspace"), among: workspaces, \.slug.text)
        let app = Self.chosen(query.first("app"), among: apps, \.id.text)
        let (slug, tenants) = (workspace?.slug.text ?? Self.someWorkspace, site.settings.tenants)
        let flow = app.map { FlowExample(of: $0, at: slug, tenants) } ?? .placeholder(at: slug, tenants)
        let page = QuickstartPage(
            hasChoice: workspaces.count > 1 || apps.count > 1,
            workspaces: workspaces.map {
                Choice(value: $0.slug.text, label: $0.name, isChosen: $0.id == workspace?.id)
            },
            apps: apps.map { Choice(value: $0.id.text, label: $0.details.name, isChosen: $0.id == app?.id) },
            appName: app?.details.name, appPath: app?.path, hasSecret: flow.isConfidential,
            newTokenPath: "/tokens/new?" + (workspace.map { "tenant=\($0.slug.text)&" } ?? "")
                + "description=Quick+start&scopes=account:read+people:read&expires=7",
            token: QuickstartPage.Example(languages: TokenExample(address: site.url("/v2/me")).languages),
            reply: ExampleCall.me.reply, flow: QuickstartPage.Example(languages: flow.languages))
        return try site.page(page, request, context)
    }

    /// `?for=acme/dev/github`: one of the reader's own.
    func connect(_ request: Request, _ context: SiteContext) async throws -> Response {
        let places = try context.visitor.session.map { try site.connectPlaces(of: $0.person) } ?? []
        let place = Self.chosen(site.query(request).first("for"), among: places, \.name)
        let example = ConnectExample(
            base: site.settings.base.text, integrationKey: place?.integration?.details.key ?? "github",
            connectionID: try site.exampleConnection(at: place))
        let page = ConnectGuidePage(
            places: places.map { one in
                Choice(
                    value: one.name, label: one.label,
                    isChosen: one.name.utf8.elementsEqual((place?.name ?? "").utf8))
            },
            hasChoice: places.count > 1, environment: place?.path, publicKey: place?.environment.publicKey, example)
        return try site.page(page, request, context)
    }

    private static let someWorkspace = "your-workspace"

    private func workspaces(of person: Person) throws -> [Tenant] {
        try site.store.memberships(of: person.id).map(\.tenant).filter { !$0.isSuspended }
    }

    /// The one that was asked for by name; else the first.
    private static func chosen<Value>(
        _ asked: String, among values: [Value], _ name: (Value) -> String
    ) -> Value? {
        values.first { asked.utf8.elementsEqual(name($0).utf8) } ?? values.first
    }
}
