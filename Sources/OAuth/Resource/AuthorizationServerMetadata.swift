/// RFC 8414: what a client library reads instead of our documentation. It says only what is true here.
package struct AuthorizationServerMetadata: Sendable {
    package let issuer: String
    package let scopes: ScopeSet
    package let documentation: String

    /// - Parameters:
    ///   - issuer: a tenant's address without a trailing slash; its endpoints are below it.
    ///   - documentation: the address of a page for developers.
    package init(issuer: String, scopes: ScopeSet, documentation: String) {
        self.issuer = issuer
        self.scopes = scopes
        self.documentation = documentation
    }

    package func json() -> [UInt8] {
        let methods = ClientAuthenticationMethod.allCases.map(\.rawValue)
        // Who asks about tokens must have a secret (RFC 7662 §2.1, "to prevent token scanning attacks").
        let secret = ClientAuthenticationMethod.allCases.filter { $0 != .none }.map(\.rawValue)
        return JSONText.object([
            ("issuer", .string(issuer)),
            ("authorization_endpoint", .string(issuer + "/oauth/authorize")),
            ("token_endpoint", .string(issuer + "/oauth/token")),
            ("scopes_supported", .strings(scopes.sorted.map(\.text))),
            ("response_types_supported", .strings(["code"])),
            ("response_modes_supported", .strings(["query"])),
            ("grant_types_supported", .strings(GrantType.allCases.map(\.rawValue))),
            ("token_endpoint_auth_methods_supported", .strings(methods)),
            ("revocation_endpoint", .string(issuer + "/oauth/revoke")),
            ("revocation_endpoint_auth_methods_supported", .strings(methods)),
            ("introspection_endpoint", .string(issuer + "/oauth/introspect")),
            ("introspection_endpoint_auth_methods_supported", .strings(secret)),
            ("code_challenge_methods_supported", .strings(["S256"])),
            ("authorization_response_iss_parameter_supported", .boolean(true)),
            ("service_documentation", .string(documentation)),
        ]).bytes
    }
}

/// RFC 9728 §2: a tenant's API, for clients that begin with it and look for its authorization server.
package struct ProtectedResourceMetadata: Sendable {
    package let issuer: String
    package let scopes: ScopeSet
    package let documentation: String

    package init(issuer: String, scopes: ScopeSet, documentation: String) {
        self.issuer = issuer
        self.scopes = scopes
        self.documentation = documentation
    }

    package func json() -> [UInt8] {
        JSONText.object([
            ("resource", .string(issuer + "/api/v1")),
            ("authorization_servers", .strings([issuer])),
            ("scopes_supported", .strings(scopes.sorted.map(\.text))),
            ("bearer_methods_supported", .strings(["header"])),
            ("resource_documentation", .string(documentation)),
        ]).bytes
    }
}
