import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Storage

extension Site {
    /// Runs a handler for the environment that the request's secret key opens, and answers refusals in the flat shape.
    func broker(
        _ request: Request, then handle: (BrokerEnvironment, BrokerQuery) async throws -> Response
    ) async throws -> Response {
        do {
            let environment = try environment(of: request)
            guard let query = try? ParameterList(query: request.uri.query ?? "") else {
                throw BrokerRefusal(status: .badRequest, type: "invalid_query", message: "The query cannot be read.")
            }
            return try await handle(environment, BrokerQuery(query))
        } catch let refusal as BrokerRefusal {
            return refusal.response
        }
    }

    /// Bearer, or the user name of Basic, as the oldest clients send it.
    private func environment(of request: Request) throws -> BrokerEnvironment {
        let headers = request.headers[values: .authorization]
        guard let header = headers.first, headers.count == 1 else { throw BrokerRefusal.missingKey }
        guard let text = Self.key(in: header), let key = Secret<EnvironmentKey>(text) else {
            throw BrokerRefusal.malformedKey
        }
        guard let environment = try store.environment(key: key, at: now()) else { throw BrokerRefusal.unknownKey }
        return environment
    }

    private static func key(in header: String) -> String? {
        let bytes = Array(header.utf8)
        let scheme = bytes.prefix { $0 != 0x20 }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let rest = bytes.dropFirst(scheme.count).drop { $0 == 0x20 }
        if scheme.elementsEqual("bearer".utf8) { return String(validating: rest, as: UTF8.self) }
        guard scheme.elementsEqual("basic".utf8), let pair = Base64.decoded(Array(rest)) else { return nil }
        return String(validating: pair.prefix { $0 != 0x3A }, as: UTF8.self)
    }
}

/// The query of a broker call, by names that clients chose long ago.
struct BrokerQuery {
    private let list: ParameterList

    init(_ list: ParameterList) { self.list = list }

    /// The first value; nil when it was not sent or is empty.
    func text(_ name: String) -> String? {
        let value = list.pairs.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
        guard let value, !value.utf8.isEmpty else { return nil }
        return value
    }

    /// Only the literal word `true` counts.
    func flag(_ name: String) -> Bool { text(name)?.utf8.elementsEqual("true".utf8) ?? false }

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

    /// Everything that was sent but one name, for a signature over all of it; nil when a name came twice.
    func signed(without name: String) -> [(name: String, value: String)]? {
        guard Set(list.pairs.map { Array($0.name.utf8) }).count == list.pairs.count else { return nil }
        return list.pairs.filter { !$0.name.utf8.elementsEqual(name.utf8) }
    }
}
