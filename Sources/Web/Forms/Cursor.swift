import OAuth
import Storage

extension Site {
    /// Where the next page of a list begins, fit for an address: nobody can make one, or take it to another list.
    ///
    /// - Parameters:
    ///   - place: letters, digits, `_` and `-`.
    ///   - list: names the list and whose it is.
    func cursor(_ place: String, of list: String) -> String { place + "." + seal(place, list) }

    /// The place that a cursor names; nil when it is empty.
    ///
    /// - Throws: 400 when it is not one of ours for this list.
    func place(_ cursor: String, of list: String) throws -> String? {
        guard !cursor.isEmpty else { return nil }
        let parts = cursor.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, let place = String(parts[0]), let seal = String(parts[1]),
            ConstantTime.equal(seal.utf8, self.seal(place, list).utf8)
        else { throw Failure.badRequest("This page of the list does not exist. Begin at its first page.") }
        return place
    }

    private func seal(_ place: String, _ list: String) -> String {
        String(store.signature(of: "\(place) of \(list)", for: "cursor").prefix(32))
    }
}
