package import OAuth

/// A tenant's space in the broker, `dev` or `prod`: its integrations, connections and keys are apart from every other's.
package struct BrokerEnvironment: Sendable {
    package let id: ID<Entity.Environment>
    package let tenant: ID<Entity.Tenant>
    package let name: String
    /// Names the environment in browsers; opens nothing by itself.
    package let publicKey: String
    package let requiresHMAC: Bool
    package let hasHMACKey: Bool
    /// What providers are told instead of our own callback, if the tenant put an address of its own in front.
    package let callbackURL: String?
    /// Where the tenant is told what happens to connections.
    package let webhookURL: String?
    package let createdAt: Instant

    package init(
        id: ID<Entity.Environment>, tenant: ID<Entity.Tenant>, name: String, publicKey: String, requiresHMAC: Bool,
        hasHMACKey: Bool, callbackURL: String?, webhookURL: String?, createdAt: Instant
    ) {
        self.id = id
        self.tenant = tenant
        self.name = name
        self.publicKey = publicKey
        self.requiresHMAC = requiresHMAC
        self.hasHMACKey = hasHMACKey
        self.callbackURL = callbackURL
        self.webhookURL = webhookURL
        self.createdAt = createdAt
    }

    /// What a tenant has to start with.
    package static let firstNames = ["dev", "prod"]

    /// The most that a tenant has.
    package static let most = 10
    /// The most secret keys that one has.
    package static let mostKeys = 20
    /// The most integrations that one has.
    package static let mostIntegrations = 500
    package static let longestName = 32

    /// Lower-case letters, digits and inner hyphens, at most ``longestName``: it stands in addresses and webhooks. Not
    /// "new", which is the address of the page that adds one.
    package static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return (1...longestName).contains(bytes.count) && bytes.first != 0x2D && bytes.last != 0x2D
            && bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
            && !bytes.elementsEqual("new".utf8)
    }
}
