import Broker
import HTTPTypes
import Hummingbird
import Logging
import OAuth
import Storage

/// How a browser's part in a connect flow ends: the result goes to whoever waits, and the person sees a page, or goes
/// back to the app with the result in the address.
struct ConnectAnswer {
    let site: Site
    let request: Request
    let context: SiteContext

    /// - Parameters:
    ///   - listeners: already checked against the environment's origins.
    ///   - environment: nil when the request named none; then nothing is stored for anybody.
    func end(
        _ result: ConnectResult, _ listeners: ConnectListeners, in environment: BrokerEnvironment?
    ) async throws -> Response {
        if let socket = listeners.socket {
            let message = result.socketMessage
            if environment != nil { try await site.store.leave(message, for: socket, at: site.now()) }
            site.sockets.deliver(message, to: socket)
        }
        if let url = listeners.returnURL, let environment {
            let key = try site.store.webhookKeys(of: environment.id, at: site.now()).first
            return Self.openToOpener(.sending(to: result.address(url, key: key, at: site.now())))
        }
        return try page(result, listeners)
    }

    private func page(_ result: ConnectResult, _ listeners: ConnectListeners) throws -> Response {
        var page = ConnectEndPage(requestID: context.requestID)
        page.openerOrigin = listeners.openerOrigin ?? ""
        page.openerMessage = listeners.openerOrigin == nil ? "" : result.openerMessage
        var status = HTTPResponse.Status.ok
        switch result.ending {
        case .connected: page.isConnected = true
        case .refused(let refusal):
            page.code = refusal.socketType
            page.sentence = refusal.sentence
            page.explanation = refusal.explanation
            status = HTTPResponse.Status(code: refusal.status)
        }
        return Self.openToOpener(try site.page(page, request, context, status: status))
    }

    /// A popup must be able to speak to the window that opened it, also after a redirect of ours.
    static func openToOpener(_ response: Response) -> Response {
        var response = response
        response.headers[.known("Cross-Origin-Opener-Policy")] = "unsafe-none"
        return response
    }

    /// Anything that was thrown, as a refusal; what is not one is ours to mend, and is logged without its text.
    func refusal(_ error: any Error) -> ConnectRefusal {
        switch error {
        case let refusal as ConnectRefusal: return refusal
        case let traced as ConnectStart.Traced: return traced.refusal
        case let problem as ConnectProblem: return ConnectRefusal(because: problem)
        case let failure as Failure where failure.status == .tooManyRequests: return ConnectRefusal(.tooMany)
        default:
            _ = Failure.noting(error, request, context)
            return ConnectRefusal(.unexpected)
        }
    }
}
