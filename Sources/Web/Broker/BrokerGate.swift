import Broker
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import OAuth
import Storage

/// One call of a company's backend, with the environment that its key opened.
struct BrokerCall {
    let environment: BrokerEnvironment
    let key: EnvironmentKeyUse
    let query: BrokerQuery
    let request: Request
    let address: String

    func require(_ scope: BrokerScope) throws {
        guard key.allows(scope) else { throw BrokerRefusal.forbidden(scope) }
    }

    /// The last segment that the route leaves open, decoded: a name of the caller's own.
    ///
    /// - Parameters: what stands before it in the path, and behind.
    func name(after prefix: String, before suffix: String = "") -> String? {
        let path = Array(request.uri.path.utf8)
        guard path.starts(with: prefix.utf8), path.count > prefix.utf8.count + suffix.utf8.count,
            path.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
        else { return nil }
        let raw = path.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
        return PercentEncoding.decode(raw)
    }

    /// The body as a JSON object.
    func object(atMost limit: Int = 256 * 1024) async throws -> JSONValue {
        let bytes = Array(try await request.body.collect(upTo: limit).readableBytesView)
        guard !bytes.isEmpty else { throw BrokerRefusal.badBody("missing_body", "Missing request body.") }
        guard let value = JSONValue(bytes), case .object = value else {
            throw BrokerRefusal.badBody("invalid_body", "The body must be one JSON object in UTF-8.")
        }
        return value
    }
}

extension Site {
    /// Runs a handler for the environment that the request's secret key opens, and answers refusals in the shape that
    /// clients of this address read.
    func broker(
        _ request: Request, _ context: SiteContext, needs scope: BrokerScope? = nil,
        then handle: (BrokerCall) async throws -> Response
    ) async throws -> Response {
        let shape = Self.shape(of: request.uri.path)
        var budget: RateLimiter.Budget?
        var response: Response
        do {
            let (environment, key) = try environment(of: request, context)
            budget = countCall(of: key.id.text)
            if let seconds = budget?.wait { throw BrokerRefusal.tooOften(seconds) }
            let call = BrokerCall(
                environment: environment, key: key, query: try BrokerQuery(request), request: request,
                address: context.clientAddress(of: request, settings: settings))
            if let scope { try call.require(scope) }
            response = try await handle(call)
        } catch let refusal as BrokerRefusal {
            response = refusal.response(in: shape)
        } catch let problem as WireProblem {
            response = BrokerRefusal(because: problem).response(in: shape)
        } catch is MetadataTooLarge {
            let refusal = BrokerRefusal.badBody(
                "invalid_body", "Together with what is stored, the metadata would be larger than 64 KB.",
                path: "metadata")
            response = refusal.response(in: shape)
        } catch let error as HTTPError where error.status == .notFound {
            throw error
        } catch {
            response = refusal(for: error, request, context).response(in: shape)
        }
        budget?.write(to: &response.headers)
        return response
    }

    /// The answer to a call that takes reads alone, when nothing stands in its way. Nil for whatever else there is to say,
    /// of which nothing has been counted: `broker` says it.
    ///
    /// - Parameter handle: nil from it means that it takes more than reads.
    func brokerDirectly(
        _ request: Request, from address: String, then handle: (BrokerCall) throws -> [UInt8]?
    ) -> WholeAnswer? {
        guard let secret = try? Self.secretKey(in: request.headers),
            let (environment, key) = try? store.environment(key: secret, at: now()),
            !isAtLimit(key.id.text), let query = try? BrokerQuery(request)
        else { return nil }
        let call = BrokerCall(environment: environment, key: key, query: query, request: request, address: address)
        guard let json = try? handle(call) else { return nil }
        var answer = WholeAnswer.json(bytes: json)
        let budget = countCall(of: key.id.text)
        // Somebody else took the last one meanwhile; a call beyond the limit has not been counted.
        guard budget?.wait == nil else { return nil }
        budget?.write(to: &answer.headers)
        return answer
    }

    /// Something of ours that failed: its cause goes to the log, under a name that whoever asks can quote.
    private func refusal(for error: any Error, _ request: Request, _ context: SiteContext) -> BrokerRefusal {
        let failure = Failure.noting(error, request, context)
        guard case .unexpected = failure else {
            return BrokerRefusal(status: failure.status, type: failure.code, message: failure.sentence)
        }
        var generator = SystemRandomNumberGenerator()
        let id = "err_" + Base62.draw(16, using: &generator)
        context.logger.error("broker call failed", metadata: ["id": "\(id)"])
        return BrokerRefusal(
            status: .internalServerError, type: "generic_error_support", nestedType: "server_error",
            message: "Something went wrong on our side. Quote the error ID \(id) to whoever runs this installation.")
    }

    static func shape(of path: String) -> WireShape {
        let first = Array(path.utf8).split(separator: 0x2F).first.map { String(decoding: $0, as: UTF8.self) }
        return ["connections", "integrations", "connect", "auth", "providers"].contains(first ?? "") ? .nested : .flat
    }

    private func environment(
        of request: Request, _ context: SiteContext
    ) throws -> (environment: BrokerEnvironment, key: EnvironmentKeyUse) {
        guard let found = try store.environment(key: try Self.secretKey(in: request.headers), at: now()) else {
            // Only what opens nothing waits: nobody's working key is held up by a neighbour's dead one.
            let network = context.network(of: request, settings: settings)
            if let seconds = limiter.count(.unknownBearers, network, at: now()) {
                throw BrokerRefusal.tooOften(seconds)
            }
            throw BrokerRefusal.unknownKey
        }
        return found
    }

    /// Bearer, the key alone, or the user name of Basic, as the oldest clients send it.
    private static func secretKey(in headers: HTTPFields) throws -> Secret<EnvironmentKey> {
        let headers = headers[values: .authorization]
        guard let header = headers.first, headers.count == 1 else { throw BrokerRefusal.missingKey }
        guard let text = key(in: header), !text.utf8.isEmpty else { throw BrokerRefusal.malformedHeader }
        guard let key = Secret<EnvironmentKey>(text) else { throw BrokerRefusal.malformedKey }
        return key
    }

    private static func key(in header: String) -> String? {
        let bytes = Array(header.utf8)
        let scheme = bytes.prefix { $0 != 0x20 }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let rest = bytes.dropFirst(scheme.count).drop { $0 == 0x20 }
        if scheme.elementsEqual("basic".utf8) {
            guard let pair = Base64.decoded(Array(rest)) else { return nil }
            return String(validating: pair.prefix { $0 != 0x3A }, as: UTF8.self)
        }
        if scheme.elementsEqual("bearer".utf8) { return String(validating: rest, as: UTF8.self) }
        return rest.isEmpty ? header : nil
    }
}

/// The query of a broker call, by names that clients chose long ago.
struct BrokerQuery {
    private let list: ParameterList

    init(_ request: Request) throws {
        guard let list = try? ParameterList(query: request.uri.query ?? "") else { throw BrokerRefusal.badQuery }
        self.list = list
    }

    /// The first value; nil when it was not sent or is empty.
    func text(_ name: String) -> String? {
        let value = list.pairs.first { $0.name.isSame(as: name) }?.value
        guard let value, !value.utf8.isEmpty else { return nil }
        return value
    }

    /// Only the literal word `true` counts.
    func flag(_ name: String) -> Bool { text(name)?.utf8.elementsEqual("true".utf8) ?? false }

    /// Every value of a name that may be repeated (`include=webhook&include=credentials`).
    func all(_ name: String) -> [String] {
        list.pairs.filter { $0.name.utf8.elementsEqual(name.utf8) || $0.name.utf8.elementsEqual((name + "[]").utf8) }
            .map(\.value)
    }

    /// nil when it was not sent; throws for what is no number within the range, nothing among it.
    func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = all(name).first else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw BrokerRefusal(
                status: .badRequest, type: "invalid_query_params",
                message: "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    /// `params[subdomain]=acme` as `["subdomain": "acme"]`.
    func members(of name: String) -> [String: String] {
        let start = Array((name + "[").utf8)
        var members: [String: String] = [:]
        for pair in list.pairs {
            let bytes = Array(pair.name.utf8)
            guard bytes.starts(with: start), bytes.last == 0x5D, bytes.count > start.count + 1 else { continue }
            members[String(decoding: bytes[start.count..<(bytes.count - 1)], as: UTF8.self)] = pair.value
        }
        return members
    }
}
