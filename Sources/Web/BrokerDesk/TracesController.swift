import Broker
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/env/{environment}/activity`: what happened, and what to do about what went wrong.
struct TracesController {
    let site: Site
    private static let perPage = 50

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        // What was refused a second ago is what somebody comes for.
        try await site.store.flushTraces()
        let asked = TraceQuery(site.query(request))
        let list = "activity \(desk.environment.id.text)"
        let place = try site.place(site.query(request).first("after"), of: list)
        let found = try site.store.traces(
            of: desk.environment, asked.filter, before: place.map { ID($0) }, limit: Self.perPage + 1)
        let shown = found.prefix(Self.perPage)
        let path = desk.path + "/activity"
        let now = site.now()
        var page = TracesPage(
            top: site.top(of: desk, at: .activity),
            events: shown.map { TracesPage.Row($0, below: path, at: now) }, actions: asked.actions,
            outcomes: asked.outcomes, integrations: try site.integrationChoices(of: desk, chosen: asked.integration),
            connection: asked.connection, from: asked.from, until: asked.until,
            isNarrowed: place != nil || !asked.text.utf8.isEmpty, listPath: path,
            kept: "\(Store.traceRetention / 86_400) days")
        let retained = Store.traceRetention / 86_400
        let proxied = try site.store.proxiedCalls(of: desk.environment, since: now.day - retained + 1)
        if proxied.calls > 0 { page.proxied = counted(proxied.calls, "call") }
        if proxied.failures > 0 { page.proxiedFailed = counted(proxied.failures, "call") }
        if found.count > shown.count, let last = shown.last {
            page.nextPath = "\(path)?\(asked.text)after=\(site.cursor(last.id.text, of: list))"
        }
        return try site.page(page, request, context, problems: asked.problems)
    }

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        guard let id = context.parameters.get("trace"), let trace = try site.store.trace(ID(id), in: desk.environment)
        else { throw Failure.notFound }
        let path = desk.path + "/activity"
        let number = try site.store.connectionNumber(
            trace.connectionID, of: trace.integrationKey, in: desk.environment)
        let place = trace.integrationKey.utf8.isEmpty ? "" : " at \(trace.integrationKey)"
        var facts = [Fact(label: "Provider", value: trace.provider), Fact(label: "Took", value: trace.duration)]
        facts.append(Fact(label: "Number", value: trace.id.text))
        let page = TracePage(
            top: site.top(of: desk, at: .activity),
            headline: "\(trace.action.title)\(place) \(trace.outcome.ending)",
            outcome: trace.outcome.title, outcomeKind: trace.outcome.kind, isRunning: trace.outcome == .running,
            error: trace.error ?? "", advice: trace.error.map(TraceAdvice.sentence) ?? "",
            facts: facts.filter { !$0.value.utf8.isEmpty }, started: .exact(trace.startedAt),
            connectionID: trace.connectionID,
            connectionPath: number.map { "\(desk.path)/connections/\($0)" } ?? "",
            steps: trace.steps.map { step in
                TracePage.Step(
                    offset: (step.milliseconds > 0 ? "+" : "") + took(step.milliseconds), sentence: step.sentence,
                    isError: step.level == .error, isWarning: step.level == .warning,
                    details: step.detail.map { TracePage.Detail(name: $0.name, value: $0.value) })
            }, listPath: path, selfPath: "\(path)/\(trace.id.text)")
        return try site.page(page, request, context)
    }
}

/// What the list is narrowed to, as the address says it.
private struct TraceQuery {
    private(set) var filter = TraceFilter()
    let action: String
    let outcome: String
    let integration: String
    let connection: String
    let from: String
    let until: String
    private(set) var problems: [Problem] = []

    init(_ query: Form) {
        func text(_ values: [String], atMost length: Int = 255) -> String {
            String((values.first ?? "").prefix(length))
        }
        filter.action = Trace.Action(rawValue: text(query.all("action")))
        filter.outcome = Trace.Outcome(rawValue: text(query.all("outcome")))
        action = filter.action?.rawValue ?? ""
        outcome = filter.outcome?.rawValue ?? ""
        integration = text(query.all("integration"))
        connection = text(query.all("connection"))
        from = text(query.all("from"), atMost: 20)
        until = text(query.all("until"), atMost: 20)
        if !integration.utf8.isEmpty { filter.integrationKey = integration }
        if !connection.utf8.isEmpty { filter.connectionID = connection }
        filter.from = day(from, field: "from")?.startOfDay
        filter.until = day(until, field: "until").map { $0.startOfDay + 86_400 }
    }

    private mutating func day(_ typed: String, field: String) -> CalendarDate? {
        guard !typed.isEmpty else { return nil }
        guard let day = CalendarDate(typed) else {
            problems.append(Problem(field, "Enter a date as year, month and day, such as 2027-03-31."))
            return nil
        }
        return day
    }

    /// For an address, with a final `&`.
    var text: String {
        [
            ("action", action), ("outcome", outcome), ("integration", integration), ("connection", connection),
            ("from", from), ("until", until),
        ].filter { !$0.1.utf8.isEmpty }.map { "\($0.0)=\(PercentEncoding.encode($0.1))&" }.joined()
    }

    var actions: [Choice] {
        ([Choice(value: "", label: "Everything")]
            + Trace.Action.allCases.map { Choice(value: $0.rawValue, label: $0.title) }).map { $0.chosen(if: action) }
    }

    var outcomes: [Choice] {
        let all: [Trace.Outcome] = [.failure, .success, .running]
        return ([Choice(value: "", label: "Any")] + all.map { Choice(value: $0.rawValue, label: $0.title) })
            .map { $0.chosen(if: outcome) }
    }
}

extension TracesPage.Row {
    fileprivate init(_ trace: Trace, below path: String, at now: Instant) {
        self.init(
            title: trace.action.title, integration: trace.integrationKey, connection: trace.connectionID,
            outcome: trace.outcome.title, outcomeKind: trace.outcome.kind, error: trace.error ?? "",
            advice: trace.error.map(TraceAdvice.sentence) ?? "", at: .relative(trace.startedAt, at: now),
            duration: trace.duration, path: "\(path)/\(trace.id.text)")
    }
}

extension Trace {
    /// Empty while it runs.
    var duration: String { outcome == .running ? "" : took(milliseconds) }
}

extension TracePage.Detail {
    /// - Parameter name: as it is written down, for programs and for redaction.
    init(name: String, value: String) {
        let label =
            switch name {
            case "url": "Address"
            case "by": "Proof"
            case "why", "reason", "failed": "Why"
            case "status": "HTTP status"
            case "milliseconds": "Pause in ms"
            case "expires": "Good until"
            case "type": "Kind"
            default: name.prefix(1).uppercased() + name.dropFirst()
            }
        self.init(
            label: label, value: value, isProse: ["by", "why", "missing"].contains { $0.utf8.elementsEqual(name.utf8) })
    }
}

extension Trace.Outcome {
    /// Behind "Refresh at github".
    fileprivate var ending: String {
        switch self {
        case .running: "is under way"
        case .success: "went well"
        case .failure: "failed"
        }
    }
}
