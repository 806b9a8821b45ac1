import OAuth
import Storage

extension Site {
    /// Where the next page of a list begins, fit for an address: nobody can make one, or take it to another list.
    ///
    /// - Parameters:
    ///   - place: letters, digits, `_` and `-`.
    ///   - list: names the list and whose it is.
    func cursor(_ place: String, of list: String) -> String { place + "." + seal(place, list) }

    /// The place that a cursor names; nil when there is none.
    ///
    /// - Throws: 400 when it is not one of ours for this list.
    func place(_ cursor: String?, of list: String) throws -> String? {
        guard let cursor, !cursor.isEmpty else { return nil }
        let parts = cursor.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, let place = String(parts[0]), let seal = String(parts[1]),
            seal.utf8.elementsEqual(self.seal(place, list).utf8)
        else { throw Failure.badRequest("This page of the list does not exist. Begin at its first page.") }
        return place
    }

    private func seal(_ place: String, _ list: String) -> String {
        String(store.formToken(for: "cursor of \(list) at \(place)").prefix(32))
    }
}

/// A place in a list that is ordered by time and ID.
struct TimedPlace {
    let at: Instant
    let id: String

    var text: String { "\(at.seconds)-\(id)" }

    init(at: Instant, id: String) {
        self.at = at
        self.id = id
    }

    /// Of a cursor that was checked.
    init?(_ text: String?) {
        guard let text, let dash = text.utf8.firstIndex(of: UInt8(ascii: "-")),
            let seconds = Int64(String(text.utf8[..<dash]) ?? "")
        else { return nil }
        at = Instant(seconds: seconds)
        id = String(text.utf8[text.utf8.index(after: dash)...]) ?? ""
    }
}
