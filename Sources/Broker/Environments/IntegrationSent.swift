package import OAuth

/// An integration as a body of either shape describes it.
package struct IntegrationSent: Sendable {
    package private(set) var details: IntegrationDetails
    /// nil keeps what there is.
    package private(set) var secret: String?
    /// Taken once, by the rules of then: looked at again when the body changes them.
    private let kept: [String: String]

    package init(flat body: JSONValue, key: String, keeping old: Integration?) throws(WireProblem) {
        kept = old?.details.values ?? [:]
        guard let provider = body["provider"]?.string ?? old?.details.provider else {
            throw WireProblem("missing_provider_template", "Missing param 'provider'.", path: "provider")
        }
        if case .array? = body["oauth_scopes"] {
            throw WireProblem(
                "invalid_oauth_scopes", "oauth_scopes must be one text, separated by commas or spaces.",
                path: "oauth_scopes")
        }
        details =
            old?.details ?? IntegrationDetails(key: key, provider: provider, clientID: "", scopes: [])
        if let id = body["oauth_client_id"]?.string { details.clientID = id }
        if let scopes = body["oauth_scopes"]?.string { details.scopes = IntegrationDetails.scopes(of: scopes) }
        if let link = body["app_link"]?.string { details.values["appPublicLink"] = link }
        secret = body["oauth_client_secret"]?.string.flatMap { $0.utf8.isEmpty ? nil : $0 }
    }

    package init(nested body: JSONValue, keeping old: Integration?) throws(WireProblem) {
        kept = old?.details.values ?? [:]
        guard let key = body["unique_key"]?.string ?? old?.details.key else {
            throw WireProblem("missing_unique_key", "unique_key must be text.", path: "unique_key")
        }
        guard let provider = old?.details.provider ?? body["provider"]?.string else {
            throw WireProblem("missing_provider_template", "provider must be text.", path: "provider")
        }
        details = old?.details ?? IntegrationDetails(key: key, provider: provider, clientID: "", scopes: [])
        details.key = key
        if let name = body["display_name"]?.string { details.displayName = name }
        if let config = body["integration_config"], config != .null {
            guard case .object(let members) = config, members.count <= 20 else {
                throw WireProblem(
                    "invalid_body", "integration_config must be an object of texts.", path: "integration_config")
            }
            // null takes a value away, whatever it is called: older versions stored what is refused today.
            for member in members {
                details.values[member.name] = member.value == .null ? nil : member.value.string ?? ""
            }
        }
        guard let credentials = body["credentials"], credentials != .null else { return }
        guard case .object = credentials else {
            throw WireProblem("invalid_body", "credentials must be an object.", path: "credentials")
        }
        if let id = credentials["client_id"]?.string ?? credentials["app_id"]?.string { details.clientID = id }
        if let scopes = credentials["scopes"]?.string { details.scopes = IntegrationDetails.scopes(of: scopes) }
        if let link = credentials["app_link"]?.string { details.values["appPublicLink"] = link }
        let given = credentials["client_secret"]?.string ?? credentials["private_key"]?.string
        secret = given.flatMap { $0.utf8.isEmpty ? nil : $0 }
    }

    /// Refuses what could not be stored or would break its addresses.
    ///
    /// - Parameter provider: that of ``details``; nil when nobody has it.
    package func check(with provider: Provider?) throws(WireProblem) {
        guard WireName.isIntegrationKey(details.key) else {
            throw WireProblem(
                "invalid_provider_config_key", "A key has ASCII letters, digits, space and ~ : . @ _ -, at most 255.",
                path: "unique_key")
        }
        guard let provider else {
            throw WireProblem(
                "unknown_provider_template", "The catalogue has no provider of this name.", path: "provider")
        }
        guard details.clientID.utf8.count <= 1000, (secret ?? "").utf8.count <= 16_384, details.scopes.count <= 200,
            details.displayName.utf8.count <= 200
        else { throw WireProblem("invalid_body", "A member is too long.", path: "credentials") }
        for (name, value) in details.values where !(kept[name]?.isSame(as: value) ?? false) {
            guard provider.accepts(value, under: name) else {
                throw WireProblem(
                    "invalid_body", "\(name) is not what the provider wants there.", path: "integration_config", name)
            }
        }
    }
}
