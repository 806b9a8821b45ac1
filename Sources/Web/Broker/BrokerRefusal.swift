import HTTPTypes
import Hummingbird
import OAuth

/// A call of the broker's wire format that may not go on, in the flat shape that its first clients read:
/// `{"error": sentence, "type": code, "payload": {…}}`.
struct BrokerRefusal: Error {
    let status: HTTPResponse.Status
    let type: String
    let message: String
    var payload: [(name: String, value: JSONText)] = []

    var response: Response {
        let body = JSONText.object([
            ("error", .string(message)), ("type", .string(type)), ("payload", .object(payload)),
        ])
        return .json(bytes: body.bytes, status: status)
    }

    static let missingKey = BrokerRefusal(
        status: .unauthorized, type: "missing_auth_header",
        message: "Send the environment's secret key as Authorization: Bearer KEY.")
    static let malformedKey = BrokerRefusal(
        status: .unauthorized, type: "invalid_secret_key_format",
        message: "The secret key is mistyped: it begins with gw_ek_ and its check digits do not match.")
    static let unknownKey = BrokerRefusal(
        status: .unauthorized, type: "unknown_account", message: "No environment has this secret key, or it was revoked.")
    static let missingConnection = BrokerRefusal(
        status: .badRequest, type: "missing_connection", message: "Missing param 'connection_id'.")
    static let missingIntegration = BrokerRefusal(
        status: .badRequest, type: "missing_provider_config", message: "Missing param 'provider_config_key'.")

    static func unknownConnection(_ connectionID: String, _ key: String) -> BrokerRefusal {
        BrokerRefusal(
            status: .badRequest, type: "unknown_connection",
            message: "No connection matches this connection_id and provider_config_key in the key's environment.",
            payload: [("connectionId", .string(connectionID)), ("providerConfigKey", .string(key))])
    }

    /// The provider would not renew the credentials.
    static func refreshFailed(_ trouble: String, isGone: Bool) -> BrokerRefusal {
        BrokerRefusal(
            status: .badRequest, type: "refresh_token_external_error",
            message: isGone
                ? "The provider no longer accepts this connection (\(trouble)). Its user must connect again."
                : "The provider could not renew the credentials (\(trouble)). Try again in a moment.",
            payload: [("external_message", .string(trouble)), ("reconnect", .boolean(isGone))])
    }
}
