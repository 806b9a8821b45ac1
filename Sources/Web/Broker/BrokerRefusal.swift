import Broker
import HTTPTypes
import Hummingbird
import OAuth

/// Which error body a call gets: clients of 2023 read `error` as a sentence, today's as an object.
enum WireShape {
    case flat, nested
}

/// A call of the broker's wire format that may not go on. One refusal, two shapes:
/// `{"error": sentence, "type": code, "payload": {…}}` and `{"error": {"message": sentence, "code": code, …}}`.
struct BrokerRefusal: Error {
    var status: HTTPResponse.Status
    /// In the nested shape, where that differs.
    var nestedStatus: HTTPResponse.Status?
    var type: String
    var nestedType: String?
    var message: String
    var payload: [(name: String, value: JSONText)] = []
    /// The flat shape repeats the payload behind the sentence, as its clients print it.
    var showsPayload = false
    /// What is wrong with single members of a body, query or header.
    var problems: [Problem] = []
    var retryAfter: Int64?

    struct Problem {
        let code: String
        let message: String
        let path: [String]
    }

    func response(in shape: WireShape) -> Response {
        var response =
            switch shape {
            case .flat: Response.json(bytes: flat.bytes, status: status)
            case .nested: Response.json(bytes: nested.bytes, status: nestedStatus ?? status)
            }
        if let retryAfter { response.headers[.retryAfter] = "\(retryAfter)" }
        return response
    }

    private var flat: JSONText {
        let sentence = showsPayload ? message + "\n" + JSONText.object(payload).indented : message
        return .object([("error", .string(sentence)), ("type", .string(type)), ("payload", .object(payload))])
    }

    private var nested: JSONText {
        var members: [(name: String, value: JSONText)] = [
            ("message", .string(message)), ("code", .string(nestedType ?? type)),
        ]
        if !payload.isEmpty { members.append(("payload", .object(payload))) }
        if !problems.isEmpty {
            let list = problems.map { problem in
                JSONText.object([
                    ("code", .string(problem.code)), ("message", .string(problem.message)),
                    ("path", .strings(problem.path)),
                ])
            }
            members.append(("errors", .array(list)))
        }
        return .object([("error", .object(members))])
    }
}

extension BrokerRefusal {
    static let missingKey = BrokerRefusal(
        status: .unauthorized, type: "missing_auth_header",
        message: "Send the environment's secret key as Authorization: Bearer KEY.")
    static let malformedHeader = BrokerRefusal(
        status: .unauthorized, type: "malformed_auth_header",
        message: "The Authorization header must be Bearer and one secret key.")
    static let malformedKey = BrokerRefusal(
        status: .unauthorized, type: "invalid_secret_key_format",
        message: "The secret key is mistyped: it begins with gw_sk_ and its check digits do not match.")
    static let unknownKey = BrokerRefusal(
        status: .unauthorized, type: "unknown_account",
        message: "No environment has this secret key, or it was revoked.")
    static let badQuery = BrokerRefusal(
        status: .badRequest, type: "invalid_query", nestedType: "invalid_query_params",
        message: "The query cannot be read.")
    static let missingConnection = BrokerRefusal(
        status: .badRequest, type: "missing_connection", nestedType: "invalid_uri_params",
        message: "Missing param 'connection_id'.")
    static let missingIntegration = BrokerRefusal(
        status: .badRequest, type: "missing_provider_config", nestedType: "invalid_query_params",
        message: "Missing param 'provider_config_key'.")

    static func tooOften(_ seconds: Int64) -> BrokerRefusal {
        BrokerRefusal(
            status: .tooManyRequests, type: "rate_limited",
            message: "That were too many calls. Go on in \(seconds) seconds.", retryAfter: seconds)
    }

    static func forbidden(_ scope: BrokerScope) -> BrokerRefusal {
        BrokerRefusal(
            status: .forbidden, type: "forbidden",
            message: "This secret key may not do that: it lacks the scope environment:\(scope.rawValue).")
    }

    static func badRequest(_ type: String, _ message: String) -> BrokerRefusal {
        BrokerRefusal(status: .badRequest, type: type, message: message)
    }

    /// One member of a body that will not do.
    static func badBody(_ type: String, _ message: String, path: String...) -> BrokerRefusal {
        BrokerRefusal(
            status: .badRequest, type: type, nestedType: "invalid_body", message: message,
            problems: [Problem(code: type, message: message, path: path)])
    }

    static func unknownConnection(_ connectionID: String, _ key: String) -> BrokerRefusal {
        BrokerRefusal(
            status: .badRequest, nestedStatus: .notFound, type: "unknown_connection",
            message: "No connection matches this connection_id and provider_config_key in the key's environment.",
            payload: [("connectionId", .string(connectionID)), ("providerConfigKey", .string(key))], showsPayload: true)
    }

    static func unknownIntegration(_ key: String) -> BrokerRefusal {
        BrokerRefusal(
            status: .badRequest, nestedStatus: .notFound, type: "unknown_provider_config", nestedType: "not_found",
            message: "The key's environment has no integration of this provider_config_key.",
            payload: [("providerConfigKey", .string(key))], showsPayload: true)
    }

    /// The provider would not renew the credentials.
    static func refreshFailed(_ refusal: RefreshRefusal, of connection: BrokerConnection) -> BrokerRefusal {
        let isGone = if case .gone = refusal { true } else { false }
        let isFresh = if case .failed = refusal { true } else { false }
        return BrokerRefusal(
            status: .badRequest, nestedStatus: isFresh ? .badRequest : .init(code: 424),
            type: "refresh_token_external_error", nestedType: "invalid_credentials",
            message: isGone
                ? "The provider no longer accepts this connection (\(refusal.reason)). Its user must connect again."
                : "The provider could not renew the credentials (\(refusal.reason)). Try again in a moment.",
            payload: [
                ("external_message", .string(refusal.reason)), ("reconnect", .boolean(isGone)),
                ("advice", .string(TraceAdvice.sentence(for: refusal.reason))),
                (
                    "connection",
                    .object([
                        ("connection_id", .string(connection.connectionID)),
                        ("provider_config_key", .string(connection.integrationKey)),
                    ])
                ),
            ], showsPayload: true, retryAfter: isGone ? nil : refusal.retryAfter)
    }
}

extension JSONText {
    /// Over several lines, two spaces a level, as clients of 2023 print it.
    fileprivate var indented: String { indented(by: 0) }

    private func indented(by depth: Int) -> String {
        let inner = String(repeating: "  ", count: depth + 1)
        let outer = String(repeating: "  ", count: depth)
        switch self {
        case .object(let members) where !members.isEmpty:
            let lines = members.map { inner + JSONText.string($0.name).text + ": " + $0.value.indented(by: depth + 1) }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + outer + "}"
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { inner + $0.indented(by: depth + 1) }
            return "[\n" + lines.joined(separator: ",\n") + "\n" + outer + "]"
        default: return text
        }
    }

    private var text: String { String(decoding: bytes, as: UTF8.self) }
}
