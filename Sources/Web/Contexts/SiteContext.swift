package import Hummingbird
import NIOCore
import OAuth
import Portal
import Storage
import Synchronization

/// What is known of a request before anybody has proven anything.
package struct SiteContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    private let socketAddress: SocketAddress?
    var visitor = Visitor()

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        socketAddress = source.channel.remoteAddress
    }

    var peerAddress: String? { socketAddress?.ipAddress }

    /// Who is on the other end of the socket. A proxy's word for who is behind it counts only when the operator
    /// named that proxy, and only its last entry, which the proxy itself wrote.
    func clientAddress(of request: Request, settings: SiteSettings) -> String {
        Self.address(
            of: peerAddress ?? "unknown", forwardedFor: request.headers[values: .xForwardedFor], settings: settings)
    }

    static func address(of peer: String, forwardedFor: [String], settings: SiteSettings) -> String {
        guard settings.trustedProxies.contains(peer) else { return peer }
        let header = forwardedFor.last ?? ""
        let last = Array(header.utf8).split(separator: UInt8(ascii: ",")).last.map(Array.init) ?? []
        let text = String(decoding: last.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self)
        return (try? SocketAddress(ipAddress: text, port: 0))?.ipAddress ?? peer
    }
}

extension SiteContext {
    /// What limits are counted under: an IPv4 address, or the /64 of an IPv6 one, which is what one customer of a
    /// provider has. The other 64 bits are free to choose.
    func network(of request: Request, settings: SiteSettings) -> String {
        Self.network(of: clientAddress(of: request, settings: settings))
    }

    static func network(of address: String) -> String {
        guard address.utf8.contains(UInt8(ascii: ":")),
            case .v6(let found)? = try? SocketAddress(ipAddress: address, port: 0)
        else { return address }
        // RFC 3493 §3.3: family, port and flow come before the sixteen bytes.
        let bytes = withUnsafeBytes(of: found.address) { Array($0[8..<24]) }
        // ::ffff:192.0.2.1 is an IPv4 address in another coat.
        if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return bytes.suffix(4).map { String($0) }.joined(separator: ".")
        }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "/64"
    }
}

/// The browser behind a page request.
struct Visitor: Sendable {
    var session: Session?
    /// What the form token is derived from: the session, or a cookie before there is one.
    var formSeed = ""
    var theme = Theme.auto
    var notice: Notice?
    /// Somebody signed in here before; who is here now, only the session says.
    var device: KnownDevice?
    /// Set while a page is asked for: where a new cookie for the session is left, to go out with the answer.
    var renewal: CookieRenewal?
    /// Their workspaces, read once for the page and for the side bar beside it.
    var memberships = OnceRead<[Member]>()
}

/// What is read once while one request is answered.
final class OnceRead<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func callAsFunction(_ read: () throws -> Value) rethrows -> Value {
        if let there = value.withLock({ $0 }) { return there }
        let new = try read()
        value.withLock { $0 = new }
        return new
    }
}

/// A session's new cookie on its way to the answer, whatever that will be.
final class CookieRenewal: Sendable {
    private let waiting = Mutex<Secret<SessionCookie>?>(nil)

    func leave(_ cookie: Secret<SessionCookie>) { waiting.withLock { $0 = cookie } }
    func take() -> Secret<SessionCookie>? {
        waiting.withLock { cookie in
            defer { cookie = nil }; return cookie
        }
    }
}

/// A request of somebody who has signed in. Handlers that take it cannot be reached by strangers.
struct PersonContext: ChildRequestContext {
    var coreContext: CoreRequestContextStorage
    let site: SiteContext
    let session: Session
    var person: Person { session.person }

    init(context: SiteContext) throws {
        guard let session = context.visitor.session else { throw Failure.signInFirst }
        coreContext = context.coreContext
        site = context
        self.session = session
    }
}

/// A request of somebody who runs this installation.
struct OperatorContext: ChildRequestContext {
    var coreContext: CoreRequestContextStorage
    let site: SiteContext
    let session: Session

    init(context: SiteContext) throws {
        guard let session = context.visitor.session else { throw Failure.signInFirst }
        // As if it were not there: strangers learn nothing about what operators can do.
        guard session.person.isOperator else { throw Failure.notFound }
        coreContext = context.coreContext
        site = context
        self.session = session
    }
}
