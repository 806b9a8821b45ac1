import HTTPTypes
package import Hummingbird
import Logging
import NIOHTTP1
import OAuth

/// The outermost responder: one decision about where a request goes, and headers on whatever comes back.
package struct Front: HTTPResponder {
    let site: Site
    let router: RouterResponder<SiteContext>
    let classes: RouteClasses

    /// A path that no route has.
    private static let nowhere = "/404"

    package func respond(to request: Request, context: SiteContext) async throws -> Response {
        let started = ContinuousClock.now
        var response: Response
        do {
            response = try await route(request, context)
        } catch let parserError as HTTPParserError {
            throw parserError
        } catch {
            response = Failure.noting(error, request, context).answer(to: request, context, at: site)
        }
        SecurityHeaders.add(to: &response, site: site)
        site.metrics.note(response.status, of: classes[context.endpointPath], since: started)
        return response
    }

    /// The methods of RFC 9110 §9 and PATCH.
    private static let methods: Set<HTTPRequest.Method> = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
    ]

    private func route(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard Self.methods.contains(request.method) else {
            // The router knows no address under a method it never heard of. TRACE, which nothing here takes, gets the
            // right answer: 405 with what is allowed where there is something, 404 where there is nothing.
            var head = request.head
            head.method = .trace
            return try await route(Request(head: head, body: request.body), context)
        }
        let address = Address(head: request.head, settings: site.settings)
        switch address {
        case .portal:
            return try await router.respond(to: request, context: context)
        case .tenant(let path):
            // Pages live on the portal host only, where people sign in; machines are answered in place.
            guard Surface(path: path) == .machine else {
                guard request.method == .get else { throw Failure.misdirected }
                return .sending(to: site.settings.base.text + path, status: .found)
            }
            var head = request.head
            head.path = path
            return try await router.respond(to: Request(head: head, body: request.body), context: context)
        case .alias(let path):
            guard request.method == .get else { throw Failure.misdirected }
            return .sending(to: site.settings.base.text + path, status: .found)
        case .notCanonical:
            // Nothing is looked up by such a path. The router only says so, in a page that knows who is signed in.
            guard Surface(path: request.uri.path) == .page else { throw Failure.notFound }
            var head = request.head
            head.path = Self.nowhere
            guard case .portal = Address(head: head, settings: site.settings) else { throw Failure.notFound }
            return try await router.respond(to: Request(head: head, body: request.body), context: context)
        case .malformed: throw Failure.badRequest("The request's address could not be read.")
        case .unknownHost: throw Failure.misdirected
        }
    }
}

/// Whom an address answers: browsers with pages, or machines (and caches) with JSON or a file.
enum Surface {
    case page, machine

    init(path: String) {
        // As many as it takes to tell.
        let segments = path.utf8.prefix { $0 != UInt8(ascii: "?") }.split(separator: UInt8(ascii: "/"), maxSplits: 4)
            .prefix(4).map { String(Substring($0)) }
        self = Self.isMachine(segments) ? .machine : .page
    }

    private static func isMachine(_ segments: [String]) -> Bool {
        guard let first = segments.first else { return false }
        switch first {
        case "t":
            guard segments.count > 2 else { return false }
            return segments[2] == "api" || segments[2] == ".well-known"
                || (segments.count > 3 && segments[2] == "oauth"
                    && ["token", "revoke", "introspect"].contains(segments[3]))
        // The hosted page is `/connect` alone.
        case "connect": return segments.count > 1
        case "oauth": return segments.dropFirst().first == "introspect"
        default: return machines.contains(first)
        }
    }

    private static let machines: Set<String> = [
        "assets", "v2", "v2.1", "healthz", "readyz", "metrics", ".well-known", "api",
        "openapi.json", "leaked-tokens", "health",
        "connection", "connections", "config", "integrations", "provider", "providers", "proxy",
        "environment-variables",
        // Whoever connects with a key or a password, and the proxy that asks about tokens.
        "auth", "api-auth", "app-store-auth", "unauth", "oauth2", "sdk",
    ]
}
