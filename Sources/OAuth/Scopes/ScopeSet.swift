/// RFC 6749 §3.3: a set of scopes. Order and repetition mean nothing; the text form is sorted.
package struct ScopeSet: Hashable, Sendable {
    /// In order of their bytes, each once. A list and no `Set`: a token has a handful of scopes, and comparing a
    /// handful of short texts costs less than hashing one.
    package let sorted: [Scope]

    package init(_ scopes: some Sequence<Scope>) {
        self.init(Array(scopes))
    }

    /// The same for a list, which other targets' code reaches without a detour through `Sequence`.
    package init(_ scopes: [Scope] = []) {
        guard scopes.count > 1 else {
            sorted = scopes
            return
        }
        // What was stored is in order already.
        guard !zip(scopes, scopes.dropFirst()).allSatisfy({ $0 < $1 }) else {
            sorted = scopes
            return
        }
        var sorted: [Scope] = []
        sorted.reserveCapacity(scopes.count)
        for scope in scopes.sorted() where sorted.last != scope { sorted.append(scope) }
        self.sorted = sorted
    }

    private init(inOrder sorted: [Scope]) { self.sorted = sorted }

    /// Reads `scope-token *( SP scope-token )`: split at the byte 0x20 and nowhere else (Swift does not split a
    /// String before a combining mark). Nil for a character outside the grammar, for empty tokens (two spaces,
    /// a leading or trailing one), for nothing at all, and for more than 100 tokens.
    package init?(parsing text: String) {
        var text = text
        let scopes = text.withUTF8 { bytes -> [Scope]? in
            var scopes: [Scope] = []
            var start = 0
            for end in 0...bytes.count where end == bytes.count || bytes[end] == 0x20 {
                let token = UnsafeBufferPointer(rebasing: bytes[start..<end])
                guard scopes.count < ScopeSet.most, let scope = Scope(token) else { return nil }
                scopes.append(scope)
                start = end + 1
            }
            return scopes
        }
        guard let scopes else { return nil }
        self.init(scopes)
    }

    /// The most tokens one scope parameter may have.
    package static let most = 100

    /// Sorted, separated by single spaces; empty for the empty set.
    package var text: String {
        guard sorted.count > 1 else { return sorted.first?.text ?? "" }
        return sorted.map(\.text).joined(separator: " ")
    }
    package var isEmpty: Bool { sorted.isEmpty }
    package var count: Int { sorted.count }

    package func contains(_ scope: Scope) -> Bool { sorted.contains(scope) }
    package func allSatisfy(_ condition: (Scope) -> Bool) -> Bool { sorted.allSatisfy(condition) }
    package func isSubset(of other: ScopeSet) -> Bool { sorted.allSatisfy(other.contains) }
    package func union(_ other: ScopeSet) -> ScopeSet { ScopeSet(sorted + other.sorted) }
    package func subtracting(_ other: ScopeSet) -> ScopeSet {
        ScopeSet(inOrder: sorted.filter { !other.contains($0) })
    }
    package func intersection(_ other: ScopeSet) -> ScopeSet { ScopeSet(inOrder: sorted.filter(other.contains)) }
}

extension ScopeSet: CustomStringConvertible {
    package var description: String { text }
}
