import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/user/oauth_allow?api_key=&callback=&state=`: the same decision as the authorization endpoint, for apps
/// whose developer turned the direct flow on. It has no tenant in its address, so people choose one.
struct DirectController {
    let site: Site

    func ask(_ request: Request, _ context: SiteContext) async throws -> Response {
        let now = site.now()
        let rule: RateLimiter.Rule = context.visitor.session == nil ? .authorizeByStrangers : .authorize
        if let seconds = site.limiter.count(rule, context.network(of: request, settings: site.settings), at: now) {
            throw Failure.tooManyRequests(retryAfter: seconds)
        }
        let (app, asked): (App, AuthorizeRequest)
        do throws(Refusal) { (app, asked) = try read(request) } catch {
            return try refuse(error, request, context)
        }
        guard let person = context.visitor.session?.person else { throw Failure.signInFirst }
        let memberships = try site.store.memberships(of: person.id).filter { !$0.tenant.isSuspended }
        guard let tenant = chosen(among: memberships, request) else {
            return try site.page(choice(of: app, asked, among: memberships), request, context)
        }
        let visit = AuthorizeVisit(site: site, tenant: tenant, request: request, context: context, kind: .direct)
        do throws(Refusal) { return try await visit.answer(asked, of: app, at: now) } catch {
            return try visit.refuse(error)
        }
    }

    private func read(_ request: Request) throws(Refusal) -> (App, AuthorizeRequest) {
        let list: ParameterList
        do throws(OAuthError) { list = try ParameterList(query: request.uri.query ?? "") } catch {
            throw .tellThePerson(error)
        }
        let named = try AuthorizeRequest.apiKey(in: list)
        let app: App?
        let isOn: Bool
        do {
            app = try site.store.app(clientID: named.text)
            isOn = try app.map { try site.store.directFlow(of: $0.id) != nil } ?? false
        } catch {
            throw .tellThePerson(OAuthError(.temporarilyUnavailable, "the service cannot answer at the moment"))
        }
        let asked = try AuthorizeRequest.readDirect(list, for: app?.client, isOn: isOn)
        guard let app, !app.isSuspended else {
            throw .tellThePerson(OAuthError(.unauthorizedClient, "this app is suspended"))
        }
        return (app, asked)
    }

    /// Before a tenant is known nobody can say who vouches for the app, so its errors stay here: a link to this server
    /// must not become a link to theirs (RFC 9700 §4.11.2).
    private func refuse(_ refusal: Refusal, _ request: Request, _ context: SiteContext) throws -> Response {
        let error =
            switch refusal {
            case .redirect(let error, _, _), .tellThePerson(let error): error
            }
        site.note(error, as: .direct, at: nil, request, context)
        let page = AuthorizeErrorPage(error, as: .direct, request, context, at: site)
        let status: HTTPResponse.Status = error.code == .temporarilyUnavailable ? .serviceUnavailable : .badRequest
        return try site.page(page, request, context, status: status)
    }

    /// The one that the address names, or the only one there is.
    private func chosen(among memberships: [Member], _ request: Request) -> Tenant? {
        let named = site.query(request).all("tenant")
        guard named.isEmpty else {
            return memberships.first { $0.tenant.slug.text.utf8.elementsEqual((named.first ?? "").utf8) }?.tenant
        }
        return memberships.count == 1 ? memberships.first?.tenant : nil
    }

    private func choice(of app: App, _ asked: AuthorizeRequest, among memberships: [Member]) -> ChooseTenantPage {
        let path =
            "/user/oauth_allow?api_key=\(PercentEncoding.encode(app.clientID))"
            + "&callback=\(PercentEncoding.encode(asked.redirectURI.text))"
            + (asked.state.map { "&state=" + PercentEncoding.encode($0) } ?? "")
        return ChooseTenantPage(
            appName: app.details.name,
            choices: memberships.map { member in
                ChooseTenantPage.Choice(
                    name: member.tenant.name, initials: initials(of: member.tenant.name), role: member.role.title,
                    path: path + "&tenant=" + member.tenant.slug.text)
            })
    }
}
