import Broker

/// Providers that stand ready in a demo, without a network: this very server, at Northwind's address.
enum DemoProvider {
    static let key = "northwind-demo"
    static let keyProvider = "northwind-demo-key"
    /// Whoever tries the demo is Ada, and she can allow this one herself.
    static let ownKey = "acme-demo"

    /// Entries as they would stand in a file, for the demo's own address.
    static func entries(base: String) -> [Provider] { ProviderFile(text(base: base)).providers }

    static func text(base: String) -> String {
        """
        \(ownKey):
          title: Acme directory (demo)
          docs: \(base)/docs/quickstart
          categories: [demo]
          guide: >-
            This provider is this very server, as Acme, and the demo has registered an app with it already. Ada is an admin
            there, so Connect to test asks her, and works at once.
          auth: oauth2
          authorize:
            url: \(base)/t/acme/oauth/authorize
            default_scopes: ["people:read"]
          token:
            url: \(base)/t/acme/oauth/token
            revocation_url: \(base)/t/acme/oauth/revoke
          api:
            base: \(base)/t/acme/api/v1
        \(key):
          title: Northwind (demo)
          docs: \(base)/docs/quickstart
          categories: [demo]
          guide: >-
            This provider is this very server, as Northwind; the demo has registered an app with it for Acme already. Only
            Lin, Northwind’s admin, can allow it: whoever else presses Connect to test ends at “You are not part of
            Northwind”. Connect the Acme directory as Ada, or this one as Lin, with examples/connect in a window of Lin’s own.
          auth: oauth2
          authorize:
            url: \(base)/t/northwind/oauth/authorize
            default_scopes: ["people:read"]
          token:
            url: \(base)/t/northwind/oauth/token
            revocation_url: \(base)/t/northwind/oauth/revoke
          api:
            base: \(base)/t/northwind/api/v1
        \(keyProvider):
          title: Northwind with a token (demo)
          docs: \(base)/docs/authentication
          categories: [demo]
          guide: Make a developer token at Northwind and give it as the API key.
          auth: api_key
          api:
            base: \(base)/t/northwind/api/v1
            headers: {authorization: "Bearer {apiKey}"}
        """
    }
}
