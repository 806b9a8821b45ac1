import HTTPTypes

/// The words that our API's errors begin with, and what they mean: the list that refusals are made from and that the
/// error reference shows.
enum APIErrorWord: String, CaseIterable {
    case unauthorized
    case invalidToken = "invalid_token"
    case tokenExpired = "token_expired"
    case insufficientScope = "insufficient_scope"
    case badRequest = "bad_request"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case notAcceptable = "not_acceptable"
    case contentTooLarge = "content_too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case invalid
    case rateLimited = "rate_limited"
    case serverError = "server_error"
    case temporarilyUnavailable = "temporarily_unavailable"

    var status: HTTPResponse.Status {
        switch self {
        case .unauthorized, .invalidToken, .tokenExpired: .unauthorized
        case .insufficientScope: .forbidden
        case .badRequest: .badRequest
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .notAcceptable: .notAcceptable
        case .contentTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .invalid: .unprocessableContent
        case .rateLimited: .tooManyRequests
        case .serverError: .internalServerError
        case .temporarilyUnavailable: .serviceUnavailable
        }
    }

    /// What it means and what to do, for whoever wrote the client.
    var advice: String {
        switch self {
        case .unauthorized: "No token came. Send it as Authorization: Bearer TOKEN."
        case .invalidToken:
            "The token is unknown, revoked, mistyped, or meant for another workspace. Make or ask for a new one."
        case .tokenExpired: "It was good once and has run out. Refresh it, or make a new developer token."
        case .insufficientScope: "The token lacks the scope that the message names. Ask for it."
        case .badRequest: "A parameter is wrong; the message says which."
        case .notFound: "There is nothing at this address, or nothing that this token may see."
        case .methodNotAllowed: "The address exists, but not for this method. The Allow header lists those it takes."
        case .notAcceptable: "The Accept header leaves out JSON, the only thing this API speaks."
        case .contentTooLarge: "The body is larger than this address takes."
        case .unsupportedMediaType: "Say what the body is: Content-Type: application/json."
        case .invalid: "The JSON was read, but a value in it cannot be used; the message says which."
        case .rateLimited: "Too many calls with this token. Wait as many seconds as Retry-After says."
        case .serverError: "Our fault, and logged. Try again."
        case .temporarilyUnavailable: "It cannot be written just now. Nothing was changed; try again shortly."
        }
    }
}

extension APIRefusal {
    init(_ word: APIErrorWord, _ message: String, challenge: String? = nil) {
        self.init(status: word.status, code: word.rawValue, message: message, challenge: challenge)
    }
}
