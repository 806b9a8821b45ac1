/// Every provider there is, by key.
package struct ProviderCatalogue: Sendable {
    /// By title, for pickers.
    package let providers: [Provider]
    private let byKey: [String: Provider]

    /// The first of two entries with one key counts: an operator's own file is given before the one that came with us.
    package init(_ providers: [Provider]) {
        byKey = Dictionary(providers.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        self.providers = byKey.values.sorted { $0.title.utf8.lexicographicallyPrecedes($1.title.utf8) }
    }

    package subscript(_ key: String) -> Provider? { byKey[key] }
}
