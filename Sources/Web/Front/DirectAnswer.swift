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
        guard head.method == .post,
            head.path?.utf8.suffix(Self.introspection.utf8.count).elementsEqual(Self.introspection.utf8) == true
        else { return false }
        return head.headerFields[.connection] == nil && head.headerFields[.expect] == nil
    }

    /// The answer to an introspection in which nothing stands in the way (RFC 7662 §2.2). It is one or two indexed reads
    /// and nothing else, so it may be made where no other request can be served meanwhile.
    ///
    /// - Parameters:
    ///   - body: all of it, at most `longestDirectBody`.
    ///   - peer: the other end of the connection.
    /// - Returns: nil for a request that must go on to the router, which says what is wrong with it. Nothing has been
    ///   changed or counted then.
    package func directAnswer(to head: HTTPRequest, body: ByteBuffer, from peer: SocketAddress?) -> DirectAnswer? {
        let started = ContinuousClock.now
        let path: String
        switch Address(head: head, settings: settings) {
        case .portal: path = head.path ?? ""
        case .tenant(let inside): path = inside
        default: return nil
        }
        guard let slug = Self.introspected(path) else { return nil }
        let address = SiteContext.address(
            of: peer?.ipAddress ?? "unknown", forwardedFor: head.headerFields[values: .xForwardedFor],
            settings: settings)
        let answer = IntrospectionController(site: self)
            .directAnswer(head.headerFields, body, at: slug, from: SiteContext.network(of: address))
        guard let answer else { return nil }
        var response = HTTPResponse(status: .ok, headerFields: SecurityHeaders.alone(site: self))
        response.headerFields.append(HTTPField(name: .contentType, value: "application/json"))
        response.headerFields.append(HTTPField(name: .contentLength, value: "\(answer.count)"))
        response.headerFields.append(HTTPField(name: .date, value: HTTPDate.text(at: now())))
        metrics.note(.ok, of: .introspection, since: started)
        return DirectAnswer(head: response, body: ByteBuffer(bytes: answer))
    }

    /// Whose tokens a path asks about: nil inside for every tenant's, nil outside when it asks about none.
    private static func introspected(_ path: String) -> Slug?? {
        let before = path.utf8.dropLast(introspection.utf8.count)
        guard !before.isEmpty else { return .some(nil) }
        guard before.starts(with: "/t/".utf8), let slug = Slug(String(Substring(before.dropFirst(3)))) else {
            return nil
        }
        return slug
    }

    private static let introspection = "/oauth/introspect"
}
