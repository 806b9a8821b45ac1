package import HTTPTypes
package import NIOCore
import OAuth
import Portal

/// An answer that took no waiting: made on the event loop that has the connection, in place of the way through the router.
package struct DirectAnswer: Sendable {
    package let head: HTTPResponse
    package let body: ByteBuffer
}

extension Site {
    /// In bytes: what a body may have and still be answered directly.
    package static let longestDirectBody = ClientRequest.largestBody

    /// Whether `directAnswer` is worth asking, told from a request's head alone. No for whatever needs more of HTTP than
    /// one answer to one request: a connection that ends with it, a body that waits to be asked for.
    package func mayAnswerDirectly(_ head: HTTPRequest) -> Bool {
        guard let path = head.path, Question.isWorthReading(head.method, path) else { return false }
        // What many clients say and HTTP/1.1 means anyway (RFC 9112 §9.3).
        let connection = head.headerFields[.connection]
        return (connection == nil || connection == "keep-alive") && head.headerFields[.expect] == nil
    }

    /// The answer to an introspection in which nothing stands in the way (RFC 7662 §2.2), or to a proxy that asks about a
    /// call (forward authentication). It is one or two indexed reads and nothing else, so it may be made where no other
    /// request can be served meanwhile.
    ///
    /// - Parameters:
    ///   - body: all of it, at most `longestDirectBody`.
    ///   - peer: the IP address of the other end of the connection.
    /// - Returns: nil for a request that must go on to the router, which says what is wrong with it. Nothing has been
    ///   changed or counted then.
    package func directAnswer(to head: HTTPRequest, body: ByteBuffer, from peer: String) -> DirectAnswer? {
        let started = ContinuousClock.now
        let path: String
        switch Address(head: head, settings: settings) {
        case .portal: path = head.path ?? ""
        case .tenant(let inside): path = inside
        default: return nil
        }
        func address() -> String {
            SiteContext.address(of: peer, forwardedFor: head.headerFields[values: .xForwardedFor], settings: settings)
        }
        let answer: WholeAnswer?
        let kind: RouteClass
        switch Question(head.method, path) {
        case .introspection(let slug):
            kind = .introspection
            answer = IntrospectionController(site: self)
                .directAnswer(head.headerFields, body, at: slug, from: SiteContext.network(of: address()))
        case .verification(let query):
            // What a proxy asks has no body; nobody would read this one.
            guard body.readableBytes == 0 else { return nil }
            kind = .forwardAuthentication
            answer = ForwardAuthController(site: self).directAnswer(head.headerFields, query: query, from: address())
        case nil: return nil
        }
        guard let answer else { return nil }
        metrics.note(answer.status, of: kind, since: started)
        return directly(answer)
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

    private static let introspection = "/oauth/introspect"
    private static let verification = "/auth/verify"

    /// Lets through all that `init` can read, and little else.
    static func isWorthReading(_ method: HTTPRequest.Method, _ path: String) -> Bool {
        switch method {
        case .post: path.utf8.suffix(introspection.utf8.count).elementsEqual(introspection.utf8)
        case .get: path.utf8.starts(with: verification.utf8)
        default: false
        }
    }

    /// - Parameter path: the portal's spelling, with its query.
    init?(_ method: HTTPRequest.Method, _ path: String) {
        if method == .post {
            let before = path.utf8.dropLast(Self.introspection.utf8.count)
            guard Self.isWorthReading(.post, path) else { return nil }
            guard !before.isEmpty else {
                self = .introspection(at: nil)
                return
            }
            guard before.starts(with: "/t/".utf8), let slug = Slug(String(Substring(before.dropFirst(3)))) else {
                return nil
            }
            self = .introspection(at: slug)
        } else {
            guard method == .get, Self.isWorthReading(.get, path) else { return nil }
            let rest = path.utf8.dropFirst(Self.verification.utf8.count)
            guard rest.isEmpty || rest.first == UInt8(ascii: "?") else { return nil }
            self = .verification(query: String(Substring(rest.dropFirst())))
        }
    }
}
