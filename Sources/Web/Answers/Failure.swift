import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import OAuth
import Portal
import Storage

/// Why a request got no ordinary answer. Every case says what its reader can do.
enum Failure: Error {
    case notFound
    case badRequest(String)
    case forbidden(String)
    case signInFirst
    /// Nil for a page that will be gone back to; else what was sent, kept until its sender proved who they are.
    case confirmFirst(Confirmation?)
    case crossSite
    case formExpired
    case methodNotAllowed(String)
    case misdirected
    case tooLarge
    case addressTooLong
    case headersTooLarge
    case unsupportedMediaType
    case tooManyRequests(retryAfter: Int64)
    case unavailable
    case unexpected

    /// Anything thrown. What is not ours becomes ``unexpected``: its text may hold what nobody should read.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as HTTPError where error.status == .notFound: self = .notFound
        case let error as HTTPError where error.status == .contentTooLarge: self = .tooLarge
        case let error as HTTPError where error.status.kind == .clientError:
            self = .badRequest("The request could not be read.")
        case is NIOTooManyBytesError: self = .tooLarge
        case PasswordHasher.Failure.busy: self = .tooManyRequests(retryAfter: 2)
        case let error as StorageError where error.isUnavailable: self = .unavailable
        default: self = .unexpected
        }
    }

    /// The failure, with its cause in the log when it is ours to mend. Only errors known to hold no value of the
    /// request are written out; of others, the type.
    static func noting(_ error: any Error, _ request: Request, _ context: SiteContext) -> Failure {
        let failure = Failure(error)
        guard failure.status.kind == .serverError else { return failure }
        let cause = error is StorageError || error is RenderingError ? "\(error)" : "\(type(of: error))"
        context.logger.error(
            "request failed",
            metadata: [
                "method": "\(request.method.rawValue)", "route": "\(context.endpointPath ?? "unmatched")",
                "cause": "\(cause)",
            ])
        return failure
    }

    var status: HTTPResponse.Status {
        switch self {
        case .notFound: .notFound
        case .badRequest: .badRequest
        case .forbidden, .crossSite, .formExpired: .forbidden
        case .signInFirst: .unauthorized
        case .confirmFirst(let confirmation): confirmation?.status ?? .forbidden
        case .methodNotAllowed: .methodNotAllowed
        case .misdirected: .misdirectedRequest
        case .tooLarge: .contentTooLarge
        case .addressTooLong: .uriTooLong
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .tooManyRequests: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .unexpected: .internalServerError
        }
    }

    /// A whole sentence; never anything of the request or of an inner error.
    var sentence: String {
        switch self {
        case .notFound: "There is nothing at this address, or it is not yours to see."
        case .badRequest(let sentence), .forbidden(let sentence): sentence
        case .signInFirst: "Sign in first."
        case .confirmFirst: "Confirm first that it is you."
        case .crossSite: "This form was not sent from one of our own pages, so nothing was changed."
        case .formExpired: "This form is too old, so nothing was changed. Go back, reload the page and try again."
        case .methodNotAllowed: "This address does not answer that kind of request."
        case .misdirected: "This server does not answer under that host name."
        case .tooLarge: "The request is larger than this address accepts."
        case .addressTooLong: "The address is longer than this server reads, which is 8 KB."
        case .headersTooLarge:
            "The headers, cookies among them, are larger than this server reads: 8 KB each, 32 KB together."
        case .unsupportedMediaType: "Send a form (application/x-www-form-urlencoded) or JSON (application/json)."
        case .tooManyRequests: "That was too often. Wait a little and try again."
        case .unavailable: "The service cannot write at the moment. Nothing was changed; try again shortly."
        case .unexpected: "Something went wrong on our side. It is logged; try again shortly."
        }
    }

    /// The word that API clients read.
    var code: String {
        switch self {
        case .notFound: "not_found"
        case .badRequest: "bad_request"
        case .forbidden, .crossSite, .formExpired: "forbidden"
        case .signInFirst: "unauthorized"
        case .confirmFirst: "confirmation_required"
        case .methodNotAllowed: "method_not_allowed"
        case .misdirected: "misdirected_request"
        case .tooLarge: "content_too_large"
        case .addressTooLong: "uri_too_long"
        case .headersTooLarge: "headers_too_large"
        case .unsupportedMediaType: "unsupported_media_type"
        case .tooManyRequests: "rate_limited"
        case .unavailable: "temporarily_unavailable"
        case .unexpected: "server_error"
        }
    }

    /// The answer for whoever asked: a page for browsers, JSON for machines.
    func answer(to request: Request, _ context: SiteContext, at site: Site) -> Response {
        var response: Response
        if Surface(path: request.uri.path) == .machine {
            response = .json(APIError(code: code, message: sentence), status: status)
        } else if case .signInFirst = self {
            // Whoever sent a form was signed in when it was opened.
            let notice: NoticeText? = [.get, .head].contains(request.method) ? nil : .signedOutMeanwhile
            return site.redirect(to: address("/login", backTo: request), saying: notice)
        } else if case .confirmFirst(nil) = self {
            return .sending(to: address("/account/confirm", backTo: request))
        } else if case .confirmFirst(let confirmation?) = self {
            return site.confirmPage(confirmation, request, context)
        } else {
            response = site.errorPage(self, request, context)
        }
        switch self {
        case .tooManyRequests(let seconds): response.headers[.retryAfter] = "\(seconds)"
        case .unavailable: response.headers[.retryAfter] = "5"
        case .methodNotAllowed(let allowed): response.headers[.allow] = allowed
        default: break
        }
        return response
    }

    /// A page that sends people back to where they wanted to go; only a GET can be gone back to.
    private func address(_ page: String, backTo request: Request) -> String {
        guard request.method == .get, let path = request.head.path, let next = InternalPath(path) else { return page }
        return page + "?next=" + PercentEncoding.encode(next.text)
    }
}
