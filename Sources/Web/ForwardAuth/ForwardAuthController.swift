import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `GET /auth/verify?scope=…&tenant=…`: a reverse proxy asks whether the call it holds may go on (nginx
/// `auth_request`, Caddy `forward_auth`, Traefik `ForwardAuth`).
///
/// The proxy copies the caller's `Authorization` header and reads only the status and the `X-Auth-…` headers.
/// Whatever the caller claims about itself in other headers opens nothing.
struct ForwardAuthController {
    let site: Site

    func verify(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let ask = try? Ask(query: request.uri.query ?? "") else {
            // The proxy is set up wrongly. Not 2xx, 401 or 403: proxies then let nobody through and log it.
            throw Failure.badRequest("Give scope as scope names with a space between them, and tenant as a slug.")
        }
        let address = context.clientAddress(of: request, settings: site.settings)
        return Response(try verdict(on: ask, request.headers, from: address))
    }

    /// The same, refusals too, since a token that was found has been counted as used by then. Nil when the proxy is set
    /// up wrongly, which `verify` says, and when something of ours fails, which `verify` then meets and logs.
    ///
    /// - Parameter address: the IP address that the use is noted with.
    func directAnswer(_ headers: HTTPFields, query: String, from address: String) -> WholeAnswer? {
        guard let ask = try? Ask(query: query) else { return nil }
        return try? verdict(on: ask, headers, from: address)
    }

    private func verdict(on ask: Ask, _ headers: HTTPFields, from address: String) throws -> WholeAnswer {
        do {
            guard let bearer = try bearer(in: headers, ask) else { return refusal(nil, ask) }
            guard case .live(let access) = try site.store.check(bearer, from: address, at: site.now()),
                ask.tenant == nil || ask.tenant == access.member.tenant.slug
            else { throw OAuthError(.invalidToken, "the token is not valid here") }
            guard ask.scopes.allSatisfy(access.allows) else {
                throw OAuthError(.insufficientScope, "the token lacks a scope")
            }
            return try admission(of: access)
        } catch let error as OAuthError {
            return refusal(error, ask)
        }
    }

    private func bearer(in headers: HTTPFields, _ ask: Ask) throws -> BearerToken? {
        let bearer = try BearerToken.read(authorizationHeaders: headers[values: .authorization], query: ask.parameters)
        // What the caller asked the proxy for. A token in that address is in the proxy's log already.
        for name in [HTTPField.Name.xOriginalURI, .xForwardedURI] {
            guard let address = headers[name], let mark = address.utf8.firstIndex(of: UInt8(ascii: "?"))
            else { continue }
            let query = String(decoding: address.utf8[address.utf8.index(after: mark)...], as: UTF8.self)
            if let list = try? ParameterList(query: query), list.mentions(.accessToken) {
                throw OAuthError(.invalidRequest, "access_token was sent in the URL: it is exposed now, revoke it")
            }
        }
        return bearer
    }

    /// All of these are IDs and names in ASCII, and still none leaves that could end its header.
    private func admission(of access: Access) throws -> WholeAnswer {
        var headers = HTTPFields()
        let scopes = try access.liveScopes { try site.store.scopeCatalogue().map(\.scope) }
        let person = access.app?.actsAsItself == true ? nil : access.member.person.id.text
        for (name, value) in [
            (HTTPField.Name.xAuthTenant, access.member.tenant.slug.text), (.xAuthPerson, person),
            (.xAuthApp, access.app?.clientID.text), (.xAuthScopes, scopes.text),
        ] {
            // Empty rather than absent: Caddy passes its own placeholder on for a header that is not there.
            let value = value ?? ""
            guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { throw Failure.unexpected }
            headers.append(HTTPField(name: name, value: value))
        }
        return WholeAnswer(status: .ok, headers: headers, body: [])
    }

    /// 401 or 403 and nothing else: proxies know no other way to say no. So a malformed header, which RFC 6750 §3.1
    /// answers with 400, is a 401 here.
    private func refusal(_ error: OAuthError?, _ ask: Ask) -> WholeAnswer {
        let isScope = error?.code == .insufficientScope
        var answer = WholeAnswer.json(
            APIError(
                code: error?.code.rawValue ?? "unauthorized",
                message: error.map { $0.sentence + "." } ?? "Send a token as Authorization: Bearer TOKEN."),
            status: isScope ? .forbidden : .unauthorized)
        answer.headers[.wwwAuthenticate] = bearerChallenge(
            realm: "api", error: error, scope: isScope ? ScopeSet(ask.scopes) : nil)
        return answer
    }
}

/// What the proxy wants to know.
private struct Ask {
    let parameters: ParameterList
    /// All of them are needed.
    let scopes: [Scope]
    /// Nil: the token may be any tenant's, and `X-Auth-Tenant` says which.
    let tenant: Slug?

    enum Problem: Error { case unreadable }

    init(query: String) throws {
        parameters = try ParameterList(query: query)
        // An empty value is not "none asked for" but a variable that the proxy did not fill.
        guard !parameters.all(.scope).contains(""), !parameters.all(.tenant).contains("") else {
            throw Problem.unreadable
        }
        if let text = try parameters.optional(.scope) {
            guard let set = ScopeSet(parsing: text) else { throw Problem.unreadable }
            scopes = set.sorted
        } else {
            scopes = []
        }
        tenant = try parameters.optional(.tenant).map { text in
            guard let slug = Slug(text) else { throw Problem.unreadable }
            return slug
        }
    }
}

extension Parameter {
    static let tenant = Parameter("tenant")
}

extension HTTPField.Name {
    static let xAuthTenant = known("X-Auth-Tenant")
    static let xAuthPerson = known("X-Auth-Person")
    static let xAuthApp = known("X-Auth-App")
    static let xAuthScopes = known("X-Auth-Scopes")
    static let xOriginalURI = known("X-Original-URI")
    static let xForwardedURI = known("X-Forwarded-URI")
}
