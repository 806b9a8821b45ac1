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
        query = String(form.first("q").prefix(100))
        show = form.first("show")
        after = ListPosition(form.first("after"))
    }

    var filter: ListFilter {
        ListFilter(
            text: query, onlySuspended: show.utf8.elementsEqual("suspended".utf8),
            onlyUnreviewed: show.utf8.elementsEqual("unreviewed".utf8),
            onlyAsked: show.utf8.elementsEqual("asked".utf8))
    }

    private func choices(_ shows: [(value: String, label: String)]) -> [Choice] {
        ([(value: "", label: "All")] + shows).map { choice in
            Choice(value: choice.value, label: choice.label, isChosen: choice.value.utf8.elementsEqual(show.utf8))
        }
    }

    /// The page of what was found, of which there may be one more than a page holds.
    ///
    /// - Parameter shows: what can be chosen besides everything.
    func page<Item>(
        _ heading: String, _ sentence: String, shows: [(value: String, label: String)], of found: [Item],
        factsTitle: String, row: (Item) -> OperatorListPage.Row, position: (Item) -> ListPosition
    ) -> OperatorListPage {
        let shown = found.prefix(Self.perPage)
        return OperatorListPage(
            heading: heading, sentence: sentence, listPath: path, query: query, shows: choices(shows),
            rows: shown.map(row), factsTitle: factsTitle,
            nextPath: nextPath(found.count > Self.perPage ? shown.last.map(position) : nil), isFiltered: isFiltered)
    }

    private func nextPath(_ last: ListPosition?) -> String {
        guard let last else { return "" }
        return "\(path)?q=\(PercentEncoding.encode(query))&show=\(PercentEncoding.encode(show))&after="
            + PercentEncoding.encode(last.text)
    }

    private var isFiltered: Bool { !query.utf8.isEmpty || !show.utf8.isEmpty }
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

extension Site {
    /// Stops somebody or something, and tells those whom it concerns why.
    ///
    /// - Parameters:
    ///   - what: in the words of the mail, such as "your account".
    ///   - page: where it is shown, made again when the reason cannot be used.
    func suspend(
        _ subject: Suspendable, called what: String, telling people: [(email: String, name: String)],
        _ form: Form, _ request: Request, _ context: OperatorContext, on page: () throws -> SubjectPage
    ) async throws -> Response {
        let typed = try form.text("reason")
        switch operatorReason(typed, field: "reason") {
        case .failure(let problem):
            var page = try page()
            page.reason = typed
            return try self.page(page, request, context, problems: [problem])
        case .success(let reason):
            let letters = people.map { Letter.suspended(to: $0.email, name: $0.name, what: what, reason: reason) }
            _ = try await store.suspend(
                subject, because: reason, by: context.session.person, letters: letters,
                from: clientAddress(of: request, context), at: now())
            return redirect(to: subject.operatorPath, saying: .suspended)
        }
    }

    func reinstate(
        _ subject: Suspendable, called what: String, telling people: [(email: String, name: String)],
        _ request: Request, _ context: OperatorContext
    ) async throws -> Response {
        let letters = people.map { Letter.reinstated(to: $0.email, name: $0.name, what: what) }
        _ = try await store.reinstate(
            subject, by: context.session.person, letters: letters, from: clientAddress(of: request, context),
            at: now())
        return redirect(to: subject.operatorPath, saying: .reinstated)
    }
}

extension Suspendable {
    fileprivate var operatorPath: String {
        switch self {
        case .person(let person): person.operatorPath
        case .app(let app): app.operatorPath
        case .tenant(let tenant): tenant.operatorPath
        }
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
