/// RFC 6749 §3.3: a set of scopes. Order and repetition mean nothing; the text form is sorted.
package struct ScopeSet: Hashable, Sendable {
    private let scopes: Set<Scope>

    package init(_ scopes: some Sequence<Scope> = []) {
        self.scopes = Set(scopes)
    }

    /// Reads `scope-token *( SP scope-token )`: split at the byte 0x20 and nowhere else (Swift does not split a
    /// String before a combining mark). Nil for a character outside the grammar, for empty tokens (two spaces,
    /// a leading or trailing one), for nothing at all, and for more than 100 tokens.
    package init?(parsing text: String) {
        guard text.utf8.contains(0x20) else {
            guard let scope = Scope(text) else { return nil }
            scopes = [scope]
            return
        }
        var scopes: Set<Scope> = []
        let tokens = text.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
        guard tokens.count <= ScopeSet.most else { return nil }
        for token in tokens {
            guard let scope = Scope(String(Substring(token))) else { return nil }
            scopes.insert(scope)
        }
        self.scopes = scopes
    }

    /// The most tokens one scope parameter may have.
    package static let most = 100

    /// Sorted, separated by single spaces; empty for the empty set.
    package var text: String {
        guard scopes.count > 1 else { return scopes.first?.text ?? "" }
        return sorted.map(\.text).joined(separator: " ")
    }
    package var sorted: [Scope] { scopes.sorted() }
    package var isEmpty: Bool { scopes.isEmpty }
    package var count: Int { scopes.count }

    package func contains(_ scope: Scope) -> Bool { scopes.contains(scope) }
    package func allSatisfy(_ condition: (Scope) -> Bool) -> Bool { scopes.allSatisfy(condition) }
    package func isSubset(of other: ScopeSet) -> Bool { scopes.isSubset(of: other.scopes) }
    package func union(_ other: ScopeSet) -> ScopeSet { ScopeSet(scopes.union(other.scopes)) }
    package func subtracting(_ other: ScopeSet) -> ScopeSet { ScopeSet(scopes.subtracting(other.scopes)) }
    package func intersection(_ other: ScopeSet) -> ScopeSet { ScopeSet(scopes.intersection(other.scopes)) }
}

extension ScopeSet: CustomStringConvertible {
    package var description: String { text }
}
