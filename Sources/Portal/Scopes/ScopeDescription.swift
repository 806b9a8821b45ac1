package import OAuth

/// A row of the scope catalogue: what consent pages, token forms and the API's errors say of a scope.
package struct ScopeDescription: Sendable {
    package enum Sensitivity: String, Sendable { case low, normal, high }

    package let scope: Scope
    package let title: String
    package let sentence: String
    package let group: String
    package let sensitivity: Sensitivity

    package init(scope: Scope, title: String, sentence: String, group: String, sensitivity: Sensitivity) {
        self.scope = scope
        self.title = title
        self.sentence = sentence
        self.group = group
        self.sensitivity = sensitivity
    }
}
