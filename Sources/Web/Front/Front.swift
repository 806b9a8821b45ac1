import HTTPTypes
package import Hummingbird
import Logging
import NIOHTTP1
import OAuth

/// The outermost responder: one decision about where a request goes, and headers on whatever comes back.
package struct Front: HTTPResponder {
    let site: Site
    let router: RouterResponder<SiteContext>

    package func respond(to request: Request, context: SiteContext) async throws -> Response {
        var response: Response
        do {
            response = try await route(request, context)
        } catch let parserError as HTTPParserError {
            throw parserError
        } catch {
            response = Failure.noting(error, request, context).answer(to: request, context, at: site)
        }
        SecurityHeaders.add(to: &response, site: site)
        return response
    }

    private func route(_ request: Request, _ context: SiteContext) async throws -> Response {
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
        case .notCanonical: throw Failure.notFound
        case .malformed: throw Failure.badRequest("The request's address could not be read.")
        case .unknownHost: throw Failure.misdirected
        }
    }
}

/// Whom an address answers: browsers with pages, or machines (and caches) with JSON or a file.
enum Surface {
    case page, machine

    init(path: String) {
        let bytes = Array(path.utf8.prefix { $0 != UInt8(ascii: "?") })
        let segments = bytes.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
        self = Self.isMachine(segments) ? .machine : .page
    }

    private static func isMachine(_ segments: [String]) -> Bool {
        guard let first = segments.first else { return false }
        switch first {
        case "assets", "v2", "healthz", "readyz", ".well-known", "api", "connection": return true
        case "t":
            guard segments.count > 2 else { return false }
            return segments[2] == "api" || segments[2] == ".well-known"
                || (segments.count > 3 && segments[2] == "oauth" && segments[3] == "token")
        default: return false
        }
    }
}
