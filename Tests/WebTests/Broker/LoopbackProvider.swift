import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// Somebody else's server, on this machine: a token endpoint that behaves as it is told, a revocation endpoint, and an
/// API that answers with what it was sent.
final class LoopbackProvider: Sendable {
    /// What the token endpoint does.
    enum Behaviour: Sendable {
        /// Takes the newest refresh token only, and gives the next, after so many milliseconds.
        case rotates(after: Int = 0, expiresIn: String = "3600")
        case answers(Int, String, location: String? = nil)
        case sleeps(seconds: Int)
        /// Notes the rotation, and its answer is cut off.
        case rotatesAndFails
    }

    struct Seen: Sendable {
        var tokenCalls: [String] = []
        var headers: [String] = []
        var revoked: [String] = []
        var api: [(method: String, path: String, headers: [String: String], body: String)] = []
        var webhooks: [(headers: [String: String], body: String)] = []
        var generation = 0
    }

    private let task: Task<Void, any Error>
    let port: Int
    private let state: State

    final class State: Sendable {
        let seen = Mutex(Seen())
        let behaviour: Mutex<Behaviour>
        /// Statuses that the API and the webhook address answer with, one after the other; then 200.
        let statuses = Mutex<[(Int, [String: String])]>([])
        /// In milliseconds, before the webhook address answers.
        let webhookDelay = Mutex(0)

        init(_ behaviour: Behaviour) { self.behaviour = Mutex(behaviour) }
    }

    init(_ behaviour: Behaviour = .rotates()) async throws {
        let state = State(behaviour)
        self.state = state
        let router = Self.router(state)
        let ports = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "provider", factory: { _ in SwiftLogNoOpLogHandler() })
        logger.logLevel = .critical
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0), backlog: 2048),
            onServerRunning: { channel in ports.continuation.yield(channel.localAddress?.port ?? 0) }, logger: logger)
        task = Task { try await app.run() }
        var iterator = ports.stream.makeAsyncIterator()
        port = await iterator.next() ?? 0
    }

    deinit { task.cancel() }

    var url: String { "http://127.0.0.1:\(port)" }
    var seen: Seen { state.seen.withLock { $0 } }

    func behave(_ behaviour: Behaviour) { state.behaviour.withLock { $0 = behaviour } }
    func next(_ statuses: [(Int, [String: String])]) { state.statuses.withLock { $0 = statuses } }

    func delayWebhooks(_ milliseconds: Int) { state.webhookDelay.withLock { $0 = milliseconds } }

    /// The refresh token that it takes now.
    var refreshToken: String { "rt-\(seen.generation)" }

    private static func router(_ state: State) -> Router<BasicRequestContext> {
        let router = Router()
        router.post("/token") { request, _ in try await token(request, state) }
        router.post("/revoke") { request, _ in
            let body = try await text(of: request)
            state.seen.withLock { $0.revoked.append(body) }
            return Response(status: .ok)
        }
        router.post("/webhook") { request, _ in
            let body = try await text(of: request)
            let fields = headers(of: request)
            state.seen.withLock { $0.webhooks.append((fields, body)) }
            try await Task.sleep(for: .milliseconds(state.webhookDelay.withLock { $0 }))
            return Response(status: .init(code: status(state).0))
        }
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            router.on("/api/**", method: method) { request, _ in
                let body = try await text(of: request)
                let fields = headers(of: request)
                let path = request.head.path ?? ""
                state.seen.withLock { $0.api.append((method.rawValue, path, fields, body)) }
                let (status, extra) = status(state)
                var answer: HTTPFields = [.contentType: "application/json", .setCookie: "evil=1"]
                for (name, value) in extra { if let name = HTTPField.Name(name) { answer[name] = value } }
                if let size = fields["x-size"].flatMap({ Int($0) }) { return large(size, answer) }
                if fields["accept-encoding"]?.contains("gzip") == true { return packed(answer) }
                return Response(
                    status: .init(code: status), headers: answer,
                    body: .init(byteBuffer: ByteBuffer(string: #"{"method":"\#(method.rawValue)"}"#)))
            }
        }
        return router
    }

    /// So many bytes, piece by piece and without saying how many.
    private static func large(_ size: Int, _ headers: HTTPFields) -> Response {
        Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                let piece = ByteBuffer(repeating: 0x61, count: 64 * 1024)
                var left = size
                while left > 0 {
                    let next = piece.getSlice(at: 0, length: min(left, piece.readableBytes)) ?? piece
                    try await writer.write(next)
                    left -= next.readableBytes
                }
                try await writer.finish(nil)
            })
    }

    /// `{"packed":true}`, compressed.
    private static func packed(_ headers: HTTPFields) -> Response {
        let bytes = Data(base64Encoded: "H4sIAAAAAAACA6tWKkhMzk5NUbIqKSpNrQUAieC13A8AAAA=") ?? Data()
        var headers = headers
        headers[.contentEncoding] = "gzip"
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static func status(_ state: State) -> (Int, [String: String]) {
        state.statuses.withLock { $0.isEmpty ? (200, [:]) : $0.removeFirst() }
    }

    private static func token(_ request: Request, _ state: State) async throws -> Response {
        let body = try await text(of: request)
        let authorization = request.headers[.authorization] ?? ""
        state.seen.withLock {
            $0.tokenCalls.append(body)
            $0.headers.append(authorization)
        }
        switch state.behaviour.withLock({ $0 }) {
        case .rotates(let delay, let lifetime):
            try await Task.sleep(for: .milliseconds(delay))
            let generation = state.seen.withLock { seen -> Int? in
                guard body.contains("refresh_token=rt-\(seen.generation)&") || body.contains("client_credentials")
                else { return nil }
                seen.generation += 1
                return seen.generation
            }
            guard let generation else { return json(400, #"{"error":"invalid_grant"}"#) }
            return json(
                200,
                #"{"access_token":"at-\#(generation)","refresh_token":"rt-\#(generation)","expires_in":\#(lifetime)}"#)
        case .answers(let status, let text, let location):
            var response = json(status, text)
            response.headers[.location] = location
            return response
        case .sleeps(let seconds):
            try await Task.sleep(for: .seconds(seconds))
            return json(200, "{}")
        case .rotatesAndFails:
            state.seen.withLock { $0.generation += 1 }
            return json(200, "{")
        }
    }

    private static func json(_ status: Int, _ text: String) -> Response {
        Response(
            status: .init(code: status), headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private static func text(of request: Request) async throws -> String {
        String(buffer: try await request.body.collect(upTo: 1 << 20))
    }

    private static func headers(of request: Request) -> [String: String] {
        Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { a, _ in a })
    }
}
