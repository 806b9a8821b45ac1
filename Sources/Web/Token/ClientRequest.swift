import HTTPTypes
import Hummingbird
import NIOCore
import OAuth

/// What a client posts to an endpoint of the authorization server: parameters as form or JSON, and who it says it is.
struct ClientRequest {
    let body: ParameterList
    let credentials: ClientCredentials

    static let largestBody = 16 * 1024

    init(_ request: Request) async throws {
        try self.init(request, body: try await Self.parameters(of: request))
    }

    /// - Parameter body: of this request, already read.
    init(_ request: Request, body: ParameterList) throws {
        try self.init(request.headers, query: request.uri.query ?? "", body: body)
    }

    init(_ headers: HTTPFields, query: String, body: ParameterList) throws {
        self.body = body
        let query = try ParameterList(query: query)
        // A token in an address is in somebody's log by now (RFC 9700 §4.3.2).
        guard !query.mentions(.token), !query.mentions(.accessToken) else {
            throw OAuthError(.invalidRequest, "a token was sent in the URL: it is exposed now, revoke it")
        }
        credentials = try ClientCredentials.read(
            authorizationHeaders: headers[values: .authorization], body: body, query: query)
    }

    static func parameters(of request: Request) async throws -> ParameterList {
        let type = try type(of: request.headers)
        return try parameters(in: try await request.body.collect(upTo: largestBody), type)
    }

    /// - Parameter body: all of it, which is no longer than `largestBody`.
    static func parameters(of headers: HTTPFields, _ body: ByteBuffer) throws -> ParameterList {
        try parameters(in: body, try type(of: headers))
    }

    private static func type(of headers: HTTPFields) throws -> MediaType {
        guard let type = MediaType(headers), type.isForm || type.isJSON, headers[.contentEncoding] == nil
        else { throw Failure.unsupportedMediaType }
        return type
    }

    private static func parameters(in body: ByteBuffer, _ type: MediaType) throws -> ParameterList {
        let bytes = Array(body.readableBytesView)
        return type.isJSON ? try ParameterList(json: bytes) : try ParameterList(form: bytes)
    }
}

extension Site {
    /// Authenticates a client. Failures are counted for this client at this address: guessing there locks nobody else
    /// out. All failures of an address are counted too, under whatever names, and hold up none but failures.
    func admit<Client>(
        _ credentials: ClientCredentials, _ request: Request, _ context: SiteContext,
        _ authenticate: () throws -> Result<Client, OAuthError>
    ) throws -> Client {
        let now = now()
        let network = network(of: request, context)
        if let seconds = wait(for: credentials, from: network, at: now) {
            throw Failure.tooManyRequests(retryAfter: seconds)
        }
        switch try authenticate() {
        case .failure(let error):
            if let seconds = limiter.count(.clientFailures, network, at: now) {
                throw Failure.tooManyRequests(retryAfter: seconds)
            }
            _ = limiter.count(.tokenFailures, Self.counter(credentials, network), at: now)
            throw error
        case .success(let client): return client
        }
    }

    /// Seconds for which this client fails at this address whatever it sends; nil when it may try.
    func wait(for credentials: ClientCredentials, from network: String, at now: Instant) -> Int64? {
        limiter.wait(.tokenFailures, Self.counter(credentials, network), at: now)
    }

    private static func counter(_ credentials: ClientCredentials, _ network: String) -> String {
        "\(network) \(credentials.clientID.text)"
    }
}
