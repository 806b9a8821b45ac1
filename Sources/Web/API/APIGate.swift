import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// A call to the API that may not go on, with the challenge that RFC 6750 §3 wants.
struct APIRefusal: Error {
    let status: HTTPResponse.Status
    let code: String
    let message: String
    var challenge: String?

    var response: Response {
        var response = Response.json(APIError(code: code, message: message), status: status)
        if let challenge { response.headers[.wwwAuthenticate] = challenge }
        return response
    }
}

extension Site {
    /// Runs an API handler for whoever the bearer token stands for, and answers refusals as JSON.
    ///
    /// - Parameters:
    ///   - scope: what the call needs; nil when any live token may make it.
    ///   - tenant: the address's tenant; nil at the portal's own API, where the token says which.
    func api(
        _ request: Request, _ context: SiteContext, needs scope: Scope?, at tenant: Slug? = nil,
        then handle: (Access) async throws -> Response
    ) async throws -> Response {
        do {
            guard Accept(request).allowsJSON else { throw Self.notAcceptable }
            let access = try access(of: request, context)
            if let tenant, access.member.tenant.slug != tenant {
                note(OAuthError(.invalidToken, "the token is another tenant's"), of: access, request, context)
                throw Self.unknownToken
            }
            if let scope, !access.allows(scope) {
                let error = OAuthError(.insufficientScope, "the token lacks a scope")
                note(error, detail: "The call needs \(scope.text).", of: access, request, context)
                throw Self.insufficient(scope)
            }
            return try await handle(access)
        } catch let refusal as APIRefusal {
            return refusal.response
        } catch let error as OAuthError {
            return APIRefusal(
                status: .init(code: error.status), code: error.code.rawValue, message: error.sentence + ".",
                challenge: bearerChallenge(realm: "api", error: error)
            ).response
        }
    }

    private func access(of request: Request, _ context: SiteContext) throws -> Access {
        let now = now()
        let query = try ParameterList(query: request.uri.query ?? "")
        let bearer = try BearerToken.read(authorizationHeaders: request.headers[values: .authorization], query: query)
        guard let bearer else {
            throw APIRefusal(
                .unauthorized, "Send a token as Authorization: Bearer TOKEN.",
                challenge: bearerChallenge(realm: "api"))
        }
        switch try store.check(bearer, from: context.clientAddress(of: request, settings: settings), at: now) {
        case .live(let access):
            if let seconds = limiter.count(.apiByToken, access.key, at: now) {
                throw Failure.tooManyRequests(retryAfter: seconds)
            }
            return access
        case .expired:
            let error = OAuthError(.invalidToken, "the access token has expired")
            note(error, of: bearer, request, context)
            throw APIRefusal(
                .tokenExpired, "Your access token has expired.", challenge: bearerChallenge(realm: "api", error: error))
        case .unknown:
            // Only what is no token waits: nobody's working token is held up by a neighbour's broken one.
            let network = context.network(of: request, settings: settings)
            if let seconds = limiter.count(.unknownBearers, network, at: now) {
                throw Failure.tooManyRequests(retryAfter: seconds)
            }
            note(OAuthError(.invalidToken, "the access token does not work any more"), of: bearer, request, context)
            throw Self.unknownToken
        }
    }

    /// Tells an app's owner why a call with one of its tokens was refused; a person's own tokens are their own affair.
    private func note(
        _ error: OAuthError, detail: String = "", of access: Access, _ request: Request, _ context: SiteContext
    ) {
        guard case .accessToken(_, let app) = access.credential else { return }
        note(error, detail: detail, of: app, in: access.member.tenant.id, request, context)
    }

    private func note(_ error: OAuthError, of bearer: BearerToken, _ request: Request, _ context: SiteContext) {
        guard let token = bearer.access, let holder = try? store.holder(of: token) else { return }
        note(error, detail: "", of: holder.app, in: holder.tenant, request, context)
    }

    private func note(
        _ error: OAuthError, detail: String, of app: ID<Entity.Client>, in tenant: ID<Entity.Tenant>,
        _ request: Request, _ context: SiteContext
    ) {
        store.activity.note(
            .refusal(
                of: .api, by: error, detail: detail, app: app, tenant: tenant, request: .empty,
                from: context.clientAddress(of: request, settings: settings), at: now()))
    }

    /// The same for a mistyped, revoked or foreign token: which of these it is, is nobody's business.
    private static let unknownToken = APIRefusal(
        .invalidToken, "The token is not valid here: unknown, revoked or meant for another address.",
        challenge: bearerChallenge(realm: "api", error: OAuthError(.invalidToken, "the token is not valid here")))

    private static let notAcceptable = APIRefusal(
        .notAcceptable,
        "This API speaks JSON: set the Content-Type and Accept headers to application/json.")

    private static func insufficient(_ scope: Scope) -> APIRefusal {
        APIRefusal(
            .insufficientScope, "This call needs the scope \(scope.text).",
            challenge: bearerChallenge(
                realm: "api", error: OAuthError(.insufficientScope, "the token lacks a scope"),
                scope: ScopeSet([scope])))
    }
}

extension Access {
    /// What calls are counted under.
    var key: String {
        switch credential {
        case .developerToken(let id): id.text
        case .accessToken(let family, _): family.text
        }
    }
}

/// What a client says it can read (RFC 9110 §12.5.1), as far as one media type goes.
struct Accept {
    let allowsJSON: Bool

    init(_ request: Request) {
        let headers = request.headers[values: .accept]
        // Nothing, or what programs say that do not mind.
        guard !headers.allSatisfy({ $0.utf8.elementsEqual("*/*".utf8) }) else {
            allowsJSON = true
            return
        }
        let ranges = headers.flatMap { Array($0.utf8).split(separator: UInt8(ascii: ",")) }.map { range in
            range.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != 0x20 && $0 != 0x09 }
                .map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        }
        let json = ["*/*", "application/*", "application/json", "application/vnd.api+json"].map { Array($0.utf8) }
        allowsJSON = ranges.contains { json.contains($0) }
    }
}

extension Form {
    /// A number of an API call's query.
    ///
    /// - Parameter sentence: what the caller reads when it is none, or outside of the range.
    func number(
        _ name: StaticString, in range: ClosedRange<Int>, default fallback: Int, or sentence: String
    ) throws -> Int {
        let text = try text(name)
        guard !text.isEmpty else { return fallback }
        guard let number = Int(text), range.contains(number) else { throw APIRefusal(.badRequest, sentence) }
        return number
    }
}
