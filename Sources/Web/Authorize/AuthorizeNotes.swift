import Hummingbird
import OAuth
import Portal
import Storage

extension AuthorizeVisit {
    /// Tells the app's owner why this request ended here.
    func note(_ error: OAuthError) { site.note(error, as: kind, at: tenant, request, context) }
}

extension Site {
    /// Tells an app's owner why a request for access ended here. Whoever named no known app is nobody's business.
    func note(
        _ error: OAuthError, as kind: AppEvent.Kind, at tenant: Tenant?, _ request: Request, _ context: SiteContext
    ) {
        let list = (try? ParameterList(query: request.uri.query ?? "")) ?? .empty
        let named = list.all(kind == .direct ? .apiKey : .clientID)
        guard named.count == 1, let clientID = named.first, let app = try? store.app(clientID: clientID) else { return }
        let sent = list.all(kind == .direct ? .callback : .redirectURI)
        var detail = ""
        if sent.count == 1, let uri = sent.first, app.client.verify(redirectURI: uri) == nil {
            detail = CallbackDifference.sentence(uri, from: app.details.callbacks)
        }
        let now = now()
        store.activity.count(.stopped, of: app.id, at: now)
        store.activity.note(
            .refusal(
                of: kind, by: error, detail: detail, app: app.id, tenant: tenant?.id, request: list,
                from: context.clientAddress(of: request, settings: settings), at: now))
    }

    /// The token endpoint refused an app.
    func note(
        _ error: OAuthError, of clientID: String?, body: ParameterList, in tenant: Tenant, from address: String
    ) {
        guard let clientID, let app = try? store.app(clientID: clientID) else { return }
        let now = now()
        store.activity.count(.refused, of: app.id, at: now)
        store.activity.note(
            .refusal(
                of: .token, by: error, app: app.id, tenant: tenant.id, request: body, from: address, at: now))
    }

    /// Somebody said no.
    func noteDenial(
        _ error: OAuthError, of app: App, in tenant: Tenant, delivery: Delivery, _ request: Request,
        _ context: PersonContext
    ) {
        let now = now()
        store.activity.count(.denied, of: app.id, at: now)
        store.activity.note(
            .refusal(
                of: delivery == .token ? .direct : .authorize, by: error, app: app.id, tenant: tenant.id,
                request: .empty, from: clientAddress(of: request, context), at: now))
    }

    /// The token endpoint gave an app what it asked for.
    func note(_ request: TokenRequest, by client: AuthenticatedClient, in tenant: Tenant) {
        let now = now()
        switch request {
        case .authorizationCode, .clientCredentials: store.activity.count(.issued, of: client.id, at: now)
        case .refreshToken(let refresh):
            guard case .accessToken = refresh.token else {
                store.activity.count(.refreshed, of: client.id, at: now)
                return
            }
            store.activity.count(.moved, of: client.id, at: now)
            store.activity.note(
                .change(
                    "A V1 token was exchanged for a V2 pair at \(tenant.name). The V1 token no longer works.",
                    of: client.id, at: now))
        }
    }
}
