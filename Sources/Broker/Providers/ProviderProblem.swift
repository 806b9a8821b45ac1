/// One thing that is wrong with a provider file, said so that whoever wrote it can mend it.
package struct ProviderProblem: Hashable, Sendable, CustomStringConvertible {
    /// From 1; nil where the file as a whole is meant.
    package let line: Int?
    /// `github.token.url`, empty for the whole file.
    package let path: String
    package let explanation: String

    package var description: String {
        let place = line.map { "line \($0): " } ?? ""
        return place + (path.utf8.isEmpty ? "" : path + ": ") + explanation
    }
}
