import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/user/api-keys`: granted apps and own keys on one page. A key is an app like any other, made with
/// fewer questions.
struct APIKeysController {
    let site: Site

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        if let typed = site.filled(request, context) {
            var form = try Self.form(typed)
            form.fill(by: try typed.text("action"), catalogue: try site.store.scopeCatalogue())
            return try site.page(try page(form, context), request, context)
        }
        var form = AppForm()
        form.scopes = [Scope.accountRead.text]
        return try site.page(try page(form, context), request, context)
    }

    func create(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let apps = AppsController(site: site)
        var form = try Self.form(sent)
        let catalogue = try site.store.scopeCatalogue()
        guard try apps.obstacle(for: context.person) == nil else {
            return try site.page(try page(form, context), request, context, status: .unprocessableContent)
        }
        if let part = form.fill(by: try sent.text("action"), catalogue: catalogue) {
            if let again = site.showFilled(sent, at: "/user/api-keys", part: part, context) { return again }
            return try site.page(try page(form, context), request, context)
        }
        switch form.check(catalogue: catalogue) {
        case .invalid(let problems):
            // The homepage is taken from the callback, which says itself what is wrong with it.
            let shown = problems.filter { !$0.field.utf8.elementsEqual("homepage".utf8) }
            return try site.page(
                try page(form, context), request, context,
                problems: shown.isEmpty ? [Problem("callbacks", "Enter a callback URL on a web server.")] : shown)
        case .valid(let details):
            guard let app = try await apps.register(details, request, context) else {
                return try site.page(try page(form, context), request, context, status: .unprocessableContent)
            }
            return site.redirect(to: app.path + "/created")
        }
    }

    /// As it was sent; what the form does not ask is filled in.
    private static func form(_ sent: Form) throws -> AppForm {
        var form = AppForm()
        form.name = try sent.text("name")
        form.description = try sent.text("description")
        form.callbacks = [try sent.text("callbacks")]
        form.scopes = sent.all("scopes")
        form.kind = Client.Kind.confidential.rawValue
        form.homepage = Self.origin(of: form.callbacks.first ?? "")
        return form
    }

    private func page(_ form: AppForm, _ context: PersonContext) throws -> APIKeysPage {
        let now = site.now()
        let obstacle = try AppsController(site: site).obstacle(for: context.person)
        var page = APIKeysPage(
            grants: try site.store.grants(of: context.person.id).map { APIKeysPage.Grant($0, at: now) },
            keys: try site.store.apps(of: context.person.id).map { app in
                APIKeysPage.Key(app, direct: try site.store.directFlow(of: app.id))
            },
            canCreate: obstacle == nil, whyNot: obstacle ?? "", name: form.name, description: form.description,
            callback: form.callbacks.first ?? "",
            groups: ScopeGroup.groups(of: try site.store.scopeCatalogue(), ticked: form.scopes))
        if case .closed(let why) = try site.developerAccess(of: context.person) {
            (page.fixPath, page.fixText) = (why.path, why.action)
        }
        return page
    }

    /// `https://choir.example/` of `https://choir.example/callback`; whatever it is, the form's own check judges it.
    private static func origin(of callback: String) -> String {
        let parts = callback.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return "" }
        let authority = parts[2].prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        return String(decoding: parts[0], as: UTF8.self) + "//" + String(decoding: authority, as: UTF8.self) + "/"
    }
}

extension APIKeysPage.Grant {
    fileprivate init(_ grant: GrantSummary, at now: Instant) {
        self.init(
            appName: grant.app.details.name, initials: Web.initials(of: grant.app.details.name),
            tenantName: grant.tenant.name, granted: .day(grant.createdAt),
            lastUsed: grant.lastUsedAt.map { .relative($0, at: now) }, revokePath: grant.revokePath)
    }
}

extension APIKeysPage.Key {
    fileprivate init(_ app: App, direct: DirectFlow?) {
        self.init(
            name: app.details.name, key: app.clientID, callbacks: app.details.callbacks, created: .day(app.createdAt),
            direct: direct.map { "On, \($0.lifetime.words)" } ?? "Off", path: app.path,
            directPath: app.path + "/direct")
    }
}
