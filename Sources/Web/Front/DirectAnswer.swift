package import HTTPTypes
import Hummingbird
package import NIOCore
import OAuth
import Portal

/// An answer that took no waiting: made on the event loop that has the connection, in place of the way through the router.
package struct DirectAnswer: Sendable {
    package let head: HTTPResponse
    package let body: ByteBuffer
}

extension Site {
    /// In bytes: what a body may have and still be answered directly. Honest questions are a tenth of it.
    package static let longestDirectBody = 4 * 1024

    /// Whether `directAnswer` is worth asking, told from a request's head alone. No for whatever needs more of HTTP than
    /// one answer to one request: a connection that ends with it, a body that waits to be asked for.
    package func mayAnswerDirectly(_ head: HTTPRequest) -> Bool {
        guard let path = head.path, Question.isWorthReading(head.method, path) else { return false }
        // What many clients say and HTTP/1.1 means anyway (RFC 9112 §9.3).
        let connection = head.headerFields[.connection]
        return (connection == nil || connection == "keep-alive") && head.headerFields[.expect] == nil
    }

    /// The answer to a request that asks about a token (RFC 7662 §2.2, forward authentication) or for a connection of the
    /// broker, when nothing stands in its way. It is a few indexed reads and nothing else, so it may be made where no other
    /// request can be served meanwhile.
    ///
    /// - Parameters:
    ///   - body: all of it, at most `longestDirectBody`.
    ///   - peer: the IP address of the other end of the connection.
    /// - Returns: nil for a request that must go on to the router, which says what is wrong with it. Nothing has been
    ///   counted then; a use that was noted (when, not how often) is noted there once more.
    package func directAnswer(to head: HTTPRequest, body: ByteBuffer, from peer: String) -> DirectAnswer? {
        let started = ContinuousClock.now
        let path: String
        switch Address(head: head, settings: settings) {
        case .portal: path = head.path ?? ""
        case .tenant(let inside): path = inside
        default: return nil
        }
        guard let question = Question(head.method, path),
            let answer = answer(to: question, head, body, from: peer)
        else { return nil }
        metrics.note(answer.status, of: question.routeClass, since: started)
        return directly(answer)
    }

    private func answer(
        to question: Question, _ head: HTTPRequest, _ body: ByteBuffer, from peer: String
    ) -> WholeAnswer? {
        // What is asked with GET has no body; nobody would read this one.
        guard head.method == .post || body.readableBytes == 0 else { return nil }
        let address = SiteContext.address(
            of: peer, forwardedFor: head.headerFields[values: .xForwardedFor], settings: settings)
        func request() -> Request { Request(head: head, body: RequestBody(buffer: body)) }
        switch question {
        case .introspection(let slug):
            return IntrospectionController(site: self)
                .directAnswer(head.headerFields, body, at: slug, from: SiteContext.network(of: address))
        case .verification(let query):
            return ForwardAuthController(site: self).directAnswer(head.headerFields, query: query, from: address)
        case .connection: return ConnectionsController(site: self).directAnswer(request(), from: address)
        case .currentConnection: return CurrentConnectionsController(site: self).directAnswer(request(), from: address)
        }
    }

    /// The answer with all that the server and `Front` give to one that leaves by the router.
    private func directly(_ answer: WholeAnswer) -> DirectAnswer {
        var response = HTTPResponse(status: answer.status, headerFields: SecurityHeaders.alone(site: self))
        for field in answer.headers { response.headerFields.append(field) }
        response.headerFields.append(HTTPField(name: .contentLength, value: "\(answer.body.count)"))
        response.headerFields.append(HTTPField(name: .date, value: HTTPDate.text(at: now())))
        return DirectAnswer(head: response, body: ByteBuffer(bytes: answer.body))
    }
}

/// What can be answered directly.
private enum Question {
    /// About a token of this tenant, or of any.
    case introspection(at: Slug?)
    case verification(query: String)
    /// In the broker's shape of 2023, and in today's.
    case connection, currentConnection

    var routeClass: RouteClass {
        switch self {
        case .introspection: .introspection
        case .verification: .forwardAuthentication
        case .connection, .currentConnection: .api
        }
    }

    /// Lets through all that `init` can read, and little else.
    static func isWorthReading(_ method: HTTPRequest.Method, _ path: String) -> Bool {
        switch method {
        case .post: ends(path, with: introspection)
        case .get: starts(path, with: verification) || starts(path, with: "/connection")
        default: false
        }
    }

    /// - Parameter path: the portal's spelling, with its query.
    init?(_ method: HTTPRequest.Method, _ path: String) {
        switch method {
        case .post:
            guard Self.ends(path, with: Self.introspection) else { return nil }
            let place = path.utf8.dropLast(Self.introspection.utf8CodeUnitCount)
            if place.isEmpty {
                self = .introspection(at: nil)
            } else {
                guard place.starts(with: "/t/".utf8), let slug = Slug(String(Substring(place.dropFirst(3)))) else {
                    return nil
                }
                self = .introspection(at: slug)
            }
        case .get:
            if Self.starts(path, with: "/connection/") {
                self = .connection
            } else if Self.starts(path, with: "/connections/") {
                // An address of its own in the router, which knows no GET there.
                guard !Self.starts(path, with: "/connections/metadata") else { return nil }
                self = .currentConnection
            } else {
                guard Self.starts(path, with: Self.verification) else { return nil }
                let rest = path.utf8.dropFirst(Self.verification.utf8CodeUnitCount)
                guard rest.isEmpty || rest.first == UInt8(ascii: "?") else { return nil }
                // A query ends where a fragment begins (RFC 3986 §3.5), though none should be sent.
                self = .verification(query: String(Substring(rest.dropFirst().prefix { $0 != UInt8(ascii: "#") })))
            }
        default: return nil
        }
    }

    private static let introspection: StaticString = "/oauth/introspect"
    private static let verification: StaticString = "/auth/verify"

    private static func starts(_ path: String, with start: StaticString) -> Bool {
        start.withUTF8Buffer { path.utf8.starts(with: $0) }
    }

    private static func ends(_ path: String, with end: StaticString) -> Bool {
        end.withUTF8Buffer { path.utf8.suffix($0.count).elementsEqual($0) }
    }
}
