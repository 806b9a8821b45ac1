import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Storage

/// `/connect/results/{ws_client_id}`: how a flow ended, for an opener whose socket was cut or never opened.
///
/// Who knows the ID made the socket: it has 122 random bits. The message is the socket's own, and holds no credential.
struct ConnectResultsController {
    let site: Site

    /// 200 with the message, or 204 while there is none.
    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let socket = context.parameters.get("socket") ?? ""
        guard ConnectAsk.isSocket(socket) else { throw Failure.notFound }
        let network = context.network(of: request, settings: site.settings)
        if let seconds = site.limiter.count(.sockets, network, at: site.now()) {
            throw Failure.tooManyRequests(retryAfter: seconds)
        }
        var response = Response(status: .noContent)
        if let message = try site.store.result(for: socket, at: site.now()) {
            response = .json(bytes: Array(message.utf8))
        }
        CrossOrigin.allow(request, nil, on: &response)
        return response
    }
}
