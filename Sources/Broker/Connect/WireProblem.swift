/// What is wrong with a body, by the wire's word for it and the member where it stands.
package struct WireProblem: Error, Hashable, Sendable {
    package let type: String
    package let message: String
    package let path: [String]

    package init(_ type: String, _ message: String, path: String...) {
        self.type = type
        self.message = message
        self.path = path
    }
}
