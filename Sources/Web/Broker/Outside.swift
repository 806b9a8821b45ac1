package import Broker

/// The world beyond this server, as the broker needs it: which providers there are, and a way to call them.
package struct Outside: Sendable {
    package let providers: ProviderCatalogue
    package let call: @Sendable (ProviderCall) async -> ProviderAnswer

    package init(providers: ProviderCatalogue, call: @escaping @Sendable (ProviderCall) async -> ProviderAnswer) {
        self.providers = providers
        self.call = call
    }

    /// Nobody out there.
    package static let none = Outside(providers: ProviderCatalogue([])) { _ in .failed(.unreachable) }
}
