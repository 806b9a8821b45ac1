import Hummingbird
import OAuth
import Portal
import Storage

/// What an operator asked a list for, and the parts of the answer that all lists share.
struct OperatorList {
    static let perPage = 50

    let path: String
    let query: String
    let show: String
    let after: ListPosition?

    init(at path: String, _ form: Form) {
        self.path = path
        query = String(((try? form.text("q")) ?? "").prefix(100))
        show = (try? form.text("show")) ?? ""
        after = ListPosition((try? form.text("after")) ?? "")
    }

    var filter: ListFilter {
        ListFilter(
            text: query, onlySuspended: show.utf8.elementsEqual("suspended".utf8),
            onlyUnreviewed: show.utf8.elementsEqual("unreviewed".utf8))
    }

    /// - Parameter shows: what can be chosen besides everything.
    func choices(_ shows: [(value: String, label: String)]) -> [Choice] {
        ([(value: "", label: "All")] + shows).map { choice in
            Choice(value: choice.value, label: choice.label, isChosen: choice.value.utf8.elementsEqual(show.utf8))
        }
    }

    /// The address of the next page; empty when `found` has no more than one page holds.
    func nextPath(_ found: Int, last: ListPosition?) -> String {
        guard found > Self.perPage, let last else { return "" }
        return "\(path)?q=\(FormEncoding.encode(query))&show=\(FormEncoding.encode(show))&after="
            + FormEncoding.encode(last.text)
    }

    var isFiltered: Bool { !query.utf8.isEmpty || !show.utf8.isEmpty }
}

extension Site {
    /// The reason of a suspension or of a withdrawn review, from a form's field.
    func operatorReason(_ typed: String, field: String) -> Result<String, Problem> {
        guard let reason = TypedText.line(typed, atMost: 300) else {
            return .failure(Problem(field, "Say why, in up to 300 characters. Those it concerns get it by mail."))
        }
        return .success(reason)
    }
}

extension SubjectPage {
    mutating func show(_ suspensions: [Suspension]) {
        for suspension in suspensions {
            if let end = suspension.reinstatedAt { history.append(Past(what: "Reinstated", at: .exact(end))) }
            history.append(Past(what: "Suspended", reason: suspension.reason, at: .exact(suspension.at)))
        }
        guard let last = suspensions.first, last.reinstatedAt == nil else { return }
        suspendedBecause = last.reason
    }
}
