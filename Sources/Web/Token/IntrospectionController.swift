import HTTPTypes
import Hummingbird
import NIOCore
import OAuth
import Portal
import Storage

/// `POST /t/{tenant}/oauth/introspect` (RFC 7662): whether a token works, told to who may know.
///
/// One look-up for the one who asks and one for the token. Nothing is cached: a revoked token is refused by the very
/// next question.
struct IntrospectionController {
    let site: Site

    func tenant(_ request: Request, _ context: SiteContext) async throws -> Response {
        let slug = try site.slug(context)
        let answer = try await answer(request, context, at: slug, realm: site.settings.tenants.issuer(of: slug.text))
        // A live token says that its tenant is there. Only other answers need to ask: where nothing is, is a 404.
        if !answer.isActive { _ = try site.liveTenant(context) }
        return answer.response
    }

    /// The same at the portal, for an API that serves many tenants and learns from the token which.
    func portal(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await answer(request, context, at: nil, realm: site.settings.base.text).response
    }

    private func answer(
        _ request: Request, _ context: SiteContext, at slug: Slug?, realm: String
    ) async throws -> (response: Response, isActive: Bool) {
        do {
            let sent = try await ClientRequest(request)
            let now = site.now()
            let introspector = try site.admit(sent.credentials, request, context) {
                try site.store.introspector(sent.credentials, at: now)
            }
            let answer = try tell(introspector, about: try IntrospectionRequest.read(sent.body), at: slug, now)
            return (.json(bytes: answer.json()), answer.isActive)
        } catch let error as OAuthError {
            return (.refusal(error, realm: realm), false)
        }
    }

    private func tell(
        _ introspector: Introspector, about asked: IntrospectionRequest, at slug: Slug?, _ now: Instant
    ) throws -> IntrospectionResponse {
        try introspect(
            try site.store.check(asked.token, from: nil, at: now), for: introspector, at: slug, issuer: site.issuer
        ) { try site.store.scopeCatalogue().map(\.scope) }
    }
}

extension IntrospectionController {
    /// The same, when nothing stands in its way: who asks is known and may, and where, is a tenant. Nil for whatever
    /// else there is to say, of which nothing has been counted: `tenant` and `portal` say it.
    ///
    /// - Parameter network: what failures of the one who asks are counted under.
    func directAnswer(_ headers: HTTPFields, _ body: ByteBuffer, at slug: Slug?, from network: String) -> WholeAnswer? {
        let now = site.now()
        guard let parameters = try? ClientRequest.parameters(of: headers, body),
            let sent = try? ClientRequest(headers, query: "", body: parameters),
            let asked = try? IntrospectionRequest.read(parameters),
            site.wait(for: sent.credentials, from: network, at: now) == nil,
            case .success(let introspector)? = try? site.store.introspector(sent.credentials, at: now),
            let answer = try? tell(introspector, about: asked, at: slug, now)
        else { return nil }
        if !answer.isActive, let slug, (try? site.liveTenant(at: slug)) == nil { return nil }
        return .json(bytes: answer.json())
    }
}
