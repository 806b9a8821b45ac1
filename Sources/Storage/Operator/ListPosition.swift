package import OAuth

/// Where a list ordered by age goes on: the moment and the ID of the last row that was shown.
package struct ListPosition: Sendable {
    package let at: Instant
    package let id: String

    package init(at: Instant, id: String) {
        self.at = at
        self.id = id
    }

    /// `1795252442-per_…`, as addresses carry it.
    package var text: String { "\(at.seconds)-\(id)" }

    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let seconds = Int64(String(decoding: parts[0], as: UTF8.self)), !parts[1].isEmpty
        else { return nil }
        self.init(at: Instant(seconds: seconds), id: String(decoding: parts[1], as: UTF8.self))
    }
}
