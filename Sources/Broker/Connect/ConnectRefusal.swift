/// Why a connect request ends. One reason, said to each reader in the words that reader knows: the socket's
/// `error_type`, the flat code of the first API, the nested code of the current one, and a sentence for people.
package struct ConnectRefusal: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        case missingPublicKey, invalidPublicKey, unknownAccount
        case invalidSession, unknownSession, connectionIDInSession, integrationNotAllowed, otherBrowser
        case missingConnectionID, invalidConnectionID, missingIntegration, connectionExists
        case installationHeld, tooManyConnections
        /// Nobody showed whose the installation is; it is not that of whoever came back.
        case installationUnproven, installationOfOthers
        /// They see it, but the account that it is on is not theirs; it is of a kind that nobody can be asked about.
        case installationNotOwned, installationAccountUnknown
        /// The provider did not say whose the account is. By what the app must be allowed there; may be empty.
        case installationOwnerUnknown(String)
        case missingDigest, invalidDigest, ambiguousDigest, expiredSignature, replayedSignature
        case unknownIntegration, unknownProvider, notConfigured
        /// By the field's name.
        case missingValue(String), invalidValue(String)
        /// The integration's provider authorizes in another way than this address.
        case wrongMode(String)
        case unreadable, repeated(String)
        case originNotAllowed, returnNotAllowed
        /// By the body's member.
        case missingCredential(String), invalidCredential(String)
        case unreadableBody
        case badState, stateOfOtherBrowser, stateOfOtherAddress, wrongIssuer
        case missingCode
        /// The provider's error code and its own text.
        case refusedByProvider(String, String)
        /// The provider did not let a typed key or password in; in our words.
        case credentialsRefused(String)
        /// The provider gave no usable token; in our words.
        case noToken(String)
        case tooMany, unexpected
    }

    package let reason: Reason

    package init(_ reason: Reason) { self.reason = reason }

    package init(because problem: ConnectProblem) {
        switch problem {
        case .missingValue: self.init(Reason.missingValue(""))
        case .notConfigured: self.init(Reason.notConfigured)
        }
    }
}

extension ConnectRefusal {
    /// The socket's `error_type`, and the `type` of the older `postMessage`.
    package var socketType: String {
        switch reason {
        case .missingPublicKey: "missing_public_key"
        case .invalidPublicKey: "invalid_public_key"
        case .unknownAccount: "unknown_account"
        case .invalidSession: "invalid_connect_session_token_format"
        case .unknownSession: "unknown_connect_session_token"
        case .connectionIDInSession, .repeated, .unreadable: "invalid_query_params"
        case .integrationNotAllowed: "integration_not_allowed"
        case .missingConnectionID: "missing_connection_id"
        case .invalidConnectionID: "invalid_connection_id"
        case .connectionExists: "connection_already_exists"
        case .installationHeld: "installation_already_connected"
        case .installationUnproven: "installation_unproven"
        case .installationOfOthers: "installation_of_others"
        case .installationNotOwned: "installation_not_owned"
        case .installationAccountUnknown: "installation_account_unknown"
        case .installationOwnerUnknown: "installation_owner_unknown"
        case .tooManyConnections: "resource_capped"
        case .missingIntegration: "no_provider_config_key"
        case .missingDigest: "missing_hmac"
        case .invalidDigest, .ambiguousDigest, .expiredSignature, .replayedSignature: "invalid_hmac"
        case .unknownIntegration, .notConfigured: "provider_config_err"
        case .unknownProvider: "unknown_config_key"
        case .missingValue, .invalidValue: "url_param_err"
        case .wrongMode: "auth_mode_err"
        case .originNotAllowed: "origin_not_allowed"
        case .returnNotAllowed: "return_url_not_allowed"
        case .missingCredential(let name): Self.missing(name)
        case .invalidCredential: "invalid_credentials"
        case .unreadableBody: "missing_body"
        case .badState: "state_err"
        case .stateOfOtherBrowser, .otherBrowser: "state_cookie_err"
        case .stateOfOtherAddress, .wrongIssuer: "state_err"
        case .missingCode, .refusedByProvider: "callback_err"
        case .credentialsRefused: "connection_test_failed"
        case .noToken: "token_err"
        case .tooMany: "rate_limited"
        case .unexpected: "unknown_err"
        }
    }

    /// The `type` of the flat shape and the `code` of the nested one.
    package var machineCode: String {
        switch reason {
        case .missingConnectionID: "missing_connection"
        case .missingIntegration: "missing_provider_config"
        case .unknownIntegration: "unknown_provider_config"
        case .unknownProvider: "unknown_provider_template"
        case .notConfigured: "missing_client_id"
        case .wrongMode: "invalid_auth_mode"
        case .missingValue, .invalidValue: "invalid_connection_config"
        case .tooMany: "rate_limited"
        case .unexpected: "generic_error_support"
        case .noToken: "connection_validation_failed"
        case .invalidCredential: "invalid_body"
        default: socketType
        }
    }

    /// Whether it is about a key or a password, which whoever typed it can mend.
    package var isOfCredentials: Bool {
        switch reason {
        case .credentialsRefused, .noToken, .invalidCredential: true
        default: false
        }
    }

    private static func missing(_ name: String) -> String {
        switch name {
        case "apiKey": "missing_api_key"
        case "username": "missing_basic_username"
        case "password": "missing_basic_password"
        case "client_id": "missing_client_id"
        case "client_secret": "missing_client_secret"
        case "privateKeyId": "missing_private_key_id"
        case "issuerId": "missing_issuer_id"
        case "privateKey": "missing_private_key"
        default: "invalid_body"
        }
    }

    package var status: Int {
        switch reason {
        case .missingPublicKey, .invalidPublicKey, .unknownAccount, .invalidSession, .unknownSession: 401
        case .originNotAllowed, .otherBrowser, .stateOfOtherBrowser, .installationOfOthers, .installationNotOwned: 403
        case .installationAccountUnknown, .installationOwnerUnknown: 403
        case .connectionExists, .installationHeld: 409
        case .tooMany: 429
        case .unexpected: 500
        default: 400
        }
    }
}
