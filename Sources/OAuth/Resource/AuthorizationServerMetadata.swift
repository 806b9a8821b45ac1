/// RFC 8414: what a client library reads instead of our documentation. It says only what is true here.
package struct AuthorizationServerMetadata: Sendable {
    package let issuer: String
    package let scopes: ScopeSet

    /// `issuer` is a tenant's address without a trailing slash; its endpoints are below it.
    package init(issuer: String, scopes: ScopeSet) {
        self.issuer = issuer
        self.scopes = scopes
    }

    package func json() -> [UInt8] {
        JSONText.object([
            ("issuer", .string(issuer)),
            ("authorization_endpoint", .string(issuer + "/oauth/authorize")),
            ("token_endpoint", .string(issuer + "/oauth/token")),
            ("scopes_supported", .strings(scopes.sorted.map(\.text))),
            ("response_types_supported", .strings(["code"])),
            ("response_modes_supported", .strings(["query"])),
            ("grant_types_supported", .strings(["authorization_code", "refresh_token"])),
            (
                "token_endpoint_auth_methods_supported",
                .strings(["client_secret_basic", "client_secret_post", "none"])
            ),
            ("code_challenge_methods_supported", .strings(["S256"])),
            ("authorization_response_iss_parameter_supported", .boolean(true)),
        ]).bytes
    }
}
