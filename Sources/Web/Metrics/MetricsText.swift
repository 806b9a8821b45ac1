/// Writes the text format that Prometheus reads (version 0.0.4).
///
/// Names and labels come from the source, never from a request, so nothing needs escaping.
struct MetricsText {
    enum Kind: String { case counter, gauge, histogram }

    private(set) var text = ""
    private var name = ""

    /// The samples that follow are this one's.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(
        _ value: some CustomStringConvertible, _ labels: [(name: String, value: String)] = [], suffix: String = ""
    ) {
        let inside = labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",")
        text += name + suffix + (labels.isEmpty ? "" : "{\(inside)}") + " \(value)\n"
    }

    mutating func gauge(_ name: String, _ value: some CustomStringConvertible, _ help: String) {
        begin(name, .gauge, help)
        sample(value)
    }
}
