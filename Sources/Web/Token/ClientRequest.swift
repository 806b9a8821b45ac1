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
        self.body = body
        let query = try ParameterList(query: request.uri.query ?? "")
        // A token in an address is in somebody's log by now (RFC 9700 §4.3.2).
        guard !query.mentions(.token), !query.mentions(.accessToken) else {
            throw OAuthError(.invalidRequest, "a token was sent in the URL: it is exposed now, revoke it")
        }
        credentials = try ClientCredentials.read(
            authorizationHeaders: request.headers[values: .authorization], body: body, query: query)
    }

    static func parameters(of request: Request) async throws -> ParameterList {
        let type = MediaType(request)
        guard type?.isForm == true || type?.isJSON == true, request.headers[.contentEncoding] == nil
        else { throw Failure.unsupportedMediaType }
        let body = try await request.body.collect(upTo: largestBody)
        let bytes = Array(body.readableBytesView)
        return type?.isJSON == true ? try ParameterList(json: bytes) : try ParameterList(form: bytes)
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
        let counter = "\(network) \(credentials.clientID.text)"
        if let seconds = limiter.wait(.tokenFailures, counter, at: now) {
            throw Failure.tooManyRequests(retryAfter: seconds)
        }
        switch try authenticate() {
        case .failure(let error):
            if let seconds = limiter.count(.clientFailures, network, at: now) {
                throw Failure.tooManyRequests(retryAfter: seconds)
            }
            _ = limiter.count(.tokenFailures, counter, at: now)
            throw error
        case .success(let client): return client
        }
    }
}
