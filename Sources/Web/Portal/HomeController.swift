import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// The front door: what strangers see first, what a person sees first, and the files every page needs.
struct HomeController {
    let site: Site
    private let assets: AssetShelf

    init(site: Site) {
        self.site = site
        assets = AssetShelf(folder: site.settings.publicFolder + "/assets", rereads: site.settings.isDemo)
    }

    func landing(_ request: Request, _ context: SiteContext) async throws -> Response {
        try site.page(LandingPage(baseURL: site.settings.base.text), request, context)
    }

    func scopes(_ request: Request, _ context: SiteContext) async throws -> Response {
        try site.page(ScopesPage(groups: ScopeGroup.groups(of: site.store.scopeCatalogue())), request, context)
    }

    func dashboard(_ request: Request, _ context: PersonContext) async throws -> Response {
        let person = context.person
        let memberships = try site.memberships(of: person, context)
        // Who came for a workspace that others are in as well, not to develop.
        let isGuest = try memberships.contains { member in
            try member.role == .member || site.store.reach(of: member.tenant).members > 1
        }
        let page = DashboardPage(
            person, tokens: try site.store.developerTokens(of: person.id), apps: try site.store.apps(of: person.id),
            memberships: memberships,
            waiting: try site.store.waitingRequests(of: person.id, at: site.now()),
            access: try site.developerAccess(of: person, in: memberships),
            desk: person.isOperator ? DashboardPage.Alert.desk(try site.store.health()) : [], isGuest: isGuest,
            base: site.settings.base.text, at: site.now())
        return try site.page(page, request, context)
    }

    /// Light, dark or as the computer says. A year, because nobody wants to be asked again.
    func theme(_ request: Request, _ context: SiteContext) async throws -> Response {
        let form = try await site.form(request, context)
        guard let theme = Theme(rawValue: try form.text("theme")) else {
            throw Failure.badRequest("There is no such theme.")
        }
        var response = site.redirect(to: InternalPath(try form.text("back"))?.text ?? "/")
        let lifetime: Int64 = theme == .auto ? 0 : 365 * 86_400
        site.setCookie(.theme, theme.rawValue, lifetime: lifetime, on: &response)
        return response
    }

    /// Whoever can be read here needs no clearing any more: see ``CookieClearing``.
    func cookiesCleared(_ request: Request, _ context: SiteContext) async throws -> Response {
        site.redirect(to: "/login")
    }

    /// Cached for good under the version the pages name; anything else is asked for again.
    func asset(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let asset = assets.file(named: context.parameters.get("file") ?? "") else { throw Failure.notFound }
        let version = site.query(request).first("v")
        let isVersioned = !site.settings.isDemo && version.utf8.elementsEqual(site.settings.assetVersion.utf8)
        return Response(
            status: .ok,
            headers: [
                .contentType: asset.contentType,
                .cacheControl: isVersioned ? "public, max-age=31536000, immutable" : "no-cache",
            ],
            body: ResponseBody(byteBuffer: asset.bytes))
    }
}
