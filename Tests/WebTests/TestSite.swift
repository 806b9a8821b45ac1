import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import OAuth
import Portal
import Storage
import Synchronization
import Testing
import Web

/// The whole site as it is served, on a database of its own, with a clock that stands until it is moved.
///
/// Requests go through the real responder: hosts, cookies, cross-site checks, routes, pages from `Templates/`.
///
/// ```swift
/// let site = try await TestSite()
/// let ada = try await site.browser(signedInAs: site.cast.ada)
/// let answer = try await ada.submit("/account/password", ["current_password": …, "password": …], on: "/account")
/// ```
final class TestSite: Sendable {
    let site: Site
    let store: Store
    /// For what the store does not offer: looking at rows, and putting some there.
    let engine: SQLiteEngine
    let clock: TestClock
    let responder: Front
    /// Ada, Grace, Lin, Mallory, Olga, their tenants and Lin's app; fails the test when there is no cast.
    let cast: Cast
    let folder: String
    private let log = TestLog()

    /// - Parameters:
    ///   - base: the portal's address; an `https` one turns on `__Host-` cookies.
    ///   - hasCast: false for an installation that nobody set up yet.
    ///   - passwords: cheap ones unless said otherwise.
    ///   - templates: a folder whose files may change; nil for the real ones.
    init(
        base: String = "http://127.0.0.1:8080", issuerForm: TenantAddresses.Form = .path, isDemo: Bool = false,
        hasCast: Bool = true, trustedProxies: Set<String> = [], metricsReaders: Set<String> = [],
        partnerKey: PartnerKey? = nil, passwords: PasswordHasher? = nil, templates: String? = nil,
        outside: Outside = .none, brokerRate: Int64? = nil
    ) async throws {
        folder = NSTemporaryDirectory() + "gatewright-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        clock = TestClock()
        engine = try SQLiteEngine(path: folder + "/test.sqlite")
        try Migrator(folder: Self.root + "/Migrations/sqlite").run(on: engine, at: clock.now)
        var random = SystemRandomNumberGenerator()
        let keyring = try Keyring([.random(using: &random)])
        store = Store(engine: engine, keyring: keyring)
        let hasher = try passwords ?? Self.cheapPasswords()
        let address = try #require(BaseURL(base))
        var settings = SiteSettings(
            base: address, tenantHost: base == "http://127.0.0.1:8080" ? "localhost:8080" : address.authority,
            issuerForm: issuerForm, isDemo: isDemo, trustedProxies: trustedProxies, metricsReaders: metricsReaders,
            partnerKey: partnerKey, assetVersion: "v1", publicFolder: Self.root + "/Public")
        if let brokerRate { settings.brokerRate = brokerRate }
        site = Site(
            settings: settings,
            store: store, passwords: hasher, passwordPolicy: PasswordPolicy(common: ["password1234", "correct horse"]),
            renderer: try templates.map { try PageRenderer(templatesFolder: $0, reload: true) } ?? Self.renderer,
            outside: outside, now: { [clock] in clock.now })
        responder = site.responder()
        cast = hasCast ? try await Cast(in: store, hasher: hasher, at: clock.now) : .nobody
        if hasCast { try await approve([cast.lin.person, cast.mallory.person]) }
    }

    deinit {
        engine.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The repository, wherever the tests are run from.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    private static let renderer: PageRenderer = {
        do { return try PageRenderer(templatesFolder: root + "/Templates") } catch { fatalError("\(error)") }
    }()

    /// Milliseconds instead of tens of them, and room for hundreds at once.
    static func cheapPasswords() throws -> PasswordHasher {
        try PasswordHasher(parameters: Argon2Parameters(memoryKiB: 64, passes: 1, lanes: 1), threads: 2, waiting: 1000)
    }

    /// A new browser with an empty cookie jar, at an address on the network.
    func browser(from address: String = "198.51.100.1") -> Browser { Browser(at: self, from: address) }

    /// A browser in which this person has signed in, through the form.
    func browser(signedInAs somebody: Cast.Somebody, from address: String = "198.51.100.1") async throws -> Browser {
        let browser = browser(from: address)
        let answer = try await browser.signIn(somebody.email, somebody.password)
        try #require(answer.status == 303, "\(somebody.email) cannot sign in: \(answer.status)")
        return browser
    }

    /// Where a request is answered: on the connection's own thread where it can be, as the server does it, or by the
    /// router in any case.
    enum Way { case server, router }

    /// One request as it stands, without cookies and without any header that is not given.
    ///
    /// - Parameter host: the authority; nil for the portal's own.
    func send(
        _ method: HTTPRequest.Method, _ path: String, headers: [(String, String)] = [], body: [UInt8] = [],
        host: String? = nil, from address: String = "198.51.100.1", by way: Way = .server
    ) async throws -> Answer {
        var fields = HTTPFields()
        for (name, value) in headers {
            fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        let base = site.settings.base
        let head = HTTPRequest(
            method: method, scheme: base.isSecure ? "https" : "http", authority: host ?? base.authority, path: path,
            headerFields: fields)
        // As the server does it: what has an answer on the connection's own thread never comes to the responder.
        if way == .server, site.mayAnswerDirectly(head),
            let direct = site.directAnswer(to: head, body: ByteBuffer(bytes: body), from: address)
        {
            return Answer(
                status: direct.head.status.code, headers: direct.head.headerFields,
                body: String(buffer: direct.body))
        }
        let response = try await responder.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body))), context: try context(address))
        let collector = Collector()
        try await response.body.write(collector)
        return Answer(
            status: response.status.code, headers: response.headers,
            body: String(decoding: collector.bytes.withLock { $0 }, as: UTF8.self))
    }

    private func context(_ address: String) throws -> SiteContext {
        let channel = EmbeddedChannel()
        channel.remoteAddress = try SocketAddress(ipAddress: address, port: 50_000)
        let logger = Logger(label: "test", factory: { [log] _ in log })
        return SiteContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
    }
}

extension TestSite {
    /// Errors that were logged, each with its cause.
    var errors: [String] { log.lines.errors.withLock { $0 } }
}

private struct TestLog: LogHandler {
    final class Lines: Sendable {
        let errors = Mutex<[String]>([])
    }
    let lines = Lines()
    var logLevel = Logger.Level.error
    var metadata = Logger.Metadata()

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let cause = event.metadata?["cause"].map { ": \($0)" } ?? ""
        lines.errors.withLock { $0.append(event.message.description + cause) }
    }
}

/// What came back, with its body read.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let body: String

    var location: String? { headers[.location] }
    var setCookies: [String] { headers[values: .setCookie] }

    /// The value of the form's hidden field of this name; nil when no form has one.
    func hidden(_ name: String) -> String? {
        value(after: "name=\"\(name)\" value=\"")
    }

    var csrf: String? { hidden("csrf") }

    /// The text between this marker and the next quotation mark, with the entities of attributes undone.
    func value(after marker: String) -> String? {
        guard let start = body.range(of: marker)?.upperBound, let end = body[start...].firstIndex(of: "\"")
        else { return nil }
        return body[start..<end].replacingOccurrences(of: "&quot;", with: "\"")
            .replacingOccurrences(of: "&#39;", with: "'").replacingOccurrences(of: "&lt;", with: "<")
            .replacingOccurrences(of: "&gt;", with: ">").replacingOccurrences(of: "&amp;", with: "&")
    }

    func contains(_ text: String) -> Bool { body.contains(text) }

    /// Status, headers and body in one text, to compare answers that must not differ but for what was typed.
    func everything(hiding typed: String) -> String {
        let fields = headers.filter { $0.name != .contentLength }.map(\.description).sorted()
        return "\(status) \(fields) " + body.replacingOccurrences(of: typed, with: "TYPED")
    }
}

/// A clock that stands still until a test moves it, at the moment the pages' samples are set in.
final class TestClock: Sendable {
    private let moment = Mutex(Instant(seconds: 1_795_252_442))

    var now: Instant { moment.withLock { $0 } }

    /// - Parameter seconds: negative to go back.
    func move(by seconds: Int64) { moment.withLock { $0 = $0 + seconds } }
}

private final class Collector: ResponseBodyWriter, Sendable {
    let bytes = Mutex<[UInt8]>([])

    func write(_ buffer: ByteBuffer) async throws {
        bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
