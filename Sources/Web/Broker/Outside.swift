package import Broker
import Synchronization

/// The world beyond this server, as the broker needs it: which providers there are, and ways to call them.
package struct Outside: Sendable {
    package let providers: ProviderCatalogue
    /// Token endpoints and webhooks: small answers, short patience.
    package let call: @Sendable (ProviderCall) async -> ProviderAnswer
    /// Other people's APIs, through the proxy; `unpacks` asks for a compressed answer and takes it apart.
    package let proxy: @Sendable (ProviderCall, _ unpacks: Bool) async -> ProxyAnswer
    private let own = OwnProviders()

    package init(
        providers: ProviderCatalogue, call: @escaping @Sendable (ProviderCall) async -> ProviderAnswer,
        proxy: @escaping @Sendable (ProviderCall, _ unpacks: Bool) async -> ProxyAnswer
    ) {
        self.providers = providers
        self.call = call
        self.proxy = proxy
    }

    /// Nobody out there.
    package static let none = Outside(
        providers: ProviderCatalogue([]), call: { _ in .failed(.unreachable) }, proxy: { _, _ in .failed(.unreachable) }
    )

    package func provider(of integration: Integration) -> Provider? {
        provider(integration.details.provider, definition: integration.details.definition)
    }

    package func provider(of connection: BrokerConnection) -> Provider? {
        provider(connection.provider, definition: connection.definition)
    }

    /// - Parameter definition: of an integration that has a provider of its own.
    package func provider(_ key: String, definition: String?) -> Provider? {
        definition.map { own.provider($0) } ?? providers[key]
    }
}

/// What a proxied call came back with.
package enum ProxyAnswer: Sendable {
    /// Header names in lower case.
    case response(status: Int, headers: [(name: String, value: String)], body: ProxyBody)
    case failed(ProviderAnswer.Failure)
}

/// A body that is fetched no faster than it is asked for. Letting go of it ends the call.
package struct ProxyBody: Sendable {
    /// The provider stopped in the middle.
    package struct Cut: Error {
        let failure: ProviderAnswer.Failure

        package init(failure: ProviderAnswer.Failure) { self.failure = failure }
    }

    /// Nil at the end.
    let next: @Sendable () async throws -> [UInt8]?

    package init(next: @escaping @Sendable () async throws -> [UInt8]?) { self.next = next }
}

/// Integrations' own provider entries, read once: YAML takes longer than a fetch may.
private final class OwnProviders: Sendable {
    /// By bytes: two texts that compare as equal may still be two.
    private let read = Mutex<[[UInt8]: Provider?]>([:])

    func provider(_ definition: String) -> Provider? {
        let key = Array(definition.utf8)
        if let found = read.withLock({ $0[key] }) { return found }
        let provider = ProviderFile(definition).providers.first
        read.withLock { read in
            if read.count >= 1000 { read.removeAll() }
            read[key] = .some(provider)
        }
        return provider
    }
}
