/// What the tenant's own rules say to one person who would allow one client there. Who makes the rules and how is not
/// the protocol's business; it has to keep to the answer.
package struct Permission: Equatable, Sendable {
    package enum Verdict: Hashable, Sendable {
        case may
        /// Only an admin, or somebody whom an admin told that they may.
        case needsAdmin
        /// Nobody: the tenant does not let this client in.
        case clientNotAdmitted
    }

    package let verdict: Verdict
    /// What an admin said yes to, for a person who needs one.
    package let settled: ScopeSet
    /// The most that the client may hold here; nil limits nothing.
    package let ceiling: ScopeSet?

    package init(_ verdict: Verdict, settled: ScopeSet = ScopeSet(), ceiling: ScopeSet? = nil) {
        self.verdict = verdict
        self.settled = settled
        self.ceiling = ceiling
    }

    /// Whether this person may allow the client these scopes, which the ceiling has narrowed already.
    package func covers(_ scopes: ScopeSet) -> Bool {
        switch verdict {
        case .may: !scopes.isEmpty
        case .needsAdmin: !scopes.isEmpty && scopes.isSubset(of: settled)
        case .clientNotAdmitted: false
        }
    }
}

extension ScopeSet {
    /// No more than a ceiling lets through (RFC 6749 §3.3: a server may grant less than was asked for, and says what).
    ///
    /// `default`, the one scope that older apps ask for, stands for all of them: what remains of it is the ceiling itself.
    package func narrowed(to ceiling: ScopeSet?) -> ScopeSet {
        guard let ceiling, !ceiling.standsForAll else { return self }
        return standsForAll ? ceiling : intersection(ceiling)
    }

    private var standsForAll: Bool { sorted.contains { $0.text.utf8.elementsEqual("default".utf8) } }
}
