package import OAuth

/// A row of the scope catalogue: what consent pages, token forms and the API's errors say of a scope.
package struct ScopeDescription: Sendable {
    /// Whose API asks for it.
    package enum Enforcement: String, Sendable { case gatewright, `operator` }
    package enum Sensitivity: String, Sendable { case low, normal, high }

    package let scope: Scope
    package let title: String
    package let sentence: String
    package let group: String
    package let sensitivity: Sensitivity
    package let enforcement: Enforcement

    package init(
        scope: Scope, title: String, sentence: String, group: String, sensitivity: Sensitivity,
        enforcement: Enforcement = .gatewright
    ) {
        self.scope = scope
        self.title = title
        self.sentence = sentence
        self.group = group
        self.sensitivity = sensitivity
        self.enforcement = enforcement
    }
}
