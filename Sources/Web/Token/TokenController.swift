import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import OAuth
import Portal
import Storage

/// `POST /t/{tenant}/oauth/token` (RFC 6749 §3.2), with form or JSON bodies (seed 000).
struct TokenController {
    let site: Site
    static let largestBody = 16 * 1024

    func exchange(_ request: Request, _ context: SiteContext) async throws -> Response {
        let tenant = try site.liveTenant(context)
        do {
            let body = try await parameters(of: request)
            let query = try ParameterList(query: request.uri.query ?? "")
            let credentials = try ClientCredentials.read(
                authorizationHeaders: request.headers[values: .authorization], body: body, query: query)
            return try await exchange(body, from: credentials, in: tenant, request, context)
        } catch let error as OAuthError {
            return .refusal(error, realm: site.issuer(of: tenant))
        }
    }

    private func exchange(
        _ body: ParameterList, from credentials: ClientCredentials, in tenant: Tenant, _ request: Request,
        _ context: SiteContext
    ) async throws -> Response {
        let now = site.now()
        // Failures are counted for this client at this address only: guessing there locks nobody else out (case 73).
        let address = context.clientAddress(of: request, settings: site.settings)
        let counter = "\(SiteContext.network(of: address)) \(credentials.clientID.text)"
        if let seconds = site.limiter.wait(.tokenFailures, counter, at: now) {
            throw Failure.tooManyRequests(retryAfter: seconds)
        }
        let client: AuthenticatedClient
        switch try site.store.authenticate(credentials, at: now) {
        case .failure(let error):
            _ = site.limiter.count(.tokenFailures, counter, at: now)
            throw error
        case .success(let authenticated): client = authenticated
        }
        let outcome = try await site.store.exchange(
            try TokenRequest.read(body), by: client, in: tenant, idleLimit: site.settings.refreshIdleLimit,
            letters: { [site] theft in
                Letter.all(about: theft, page: site.url(theft.app.path), allowed: site.url("/account/apps"))
            }, from: address, at: now)
        switch outcome.answer {
        case .success(let answer): return .json(bytes: answer.json())
        case .failure(let error):
            context.logger.notice(
                "token request refused",
                metadata: [
                    "app": "\(client.id.text)", "tenant": "\(tenant.slug.text)", "error": "\(error.code.rawValue)",
                    "why": "\(error.sentence)",
                ])
            throw error
        }
    }

    private func parameters(of request: Request) async throws -> ParameterList {
        let type = MediaType(request)
        guard type?.isForm == true || type?.isJSON == true, request.headers[.contentEncoding] == nil
        else { throw Failure.unsupportedMediaType }
        let body = try await request.body.collect(upTo: Self.largestBody)
        let bytes = Array(body.readableBytesView)
        return type?.isJSON == true ? try ParameterList(json: bytes) : try ParameterList(form: bytes)
    }
}

extension Response {
    /// RFC 6749 §5.2.
    static func refusal(_ error: OAuthError, realm: String) -> Response {
        var response = Response.json(bytes: error.json(), status: .init(code: error.status))
        if let challenge = error.basicChallenge(realm: realm) { response.headers[.wwwAuthenticate] = challenge }
        return response
    }
}

extension Site {
    /// The tenant that a path names. A suspended one is gone for everybody (case 150).
    func liveTenant(_ context: some RequestContext) throws -> Tenant {
        guard let slug = context.parameters.get("tenant").flatMap(Slug.init), let tenant = try store.tenant(slug),
            !tenant.isSuspended
        else { throw Failure.notFound }
        return tenant
    }
}
