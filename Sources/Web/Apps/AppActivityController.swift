import Hummingbird
import OAuth
import Portal
import Storage

/// `/apps/{id}/activity`: why requests of an app were refused, what to do, and what changed.
struct AppActivityController {
    let site: Site
    static let pageSize = 50

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        let app = try site.app(named: context.parameters.get("app"), of: context.person)
        // What happened a second ago is what its owner comes for.
        try await site.store.flushActivity()
        let now = site.now()
        let query = site.query(request)
        let filter = ActivityFilter(query)
        let found = try site.store.activity(of: app.id, narrowedBy: filter, limit: Self.pageSize + 1)
        let shown = found.prefix(Self.pageSize)
        let counts = try site.store.counts(of: app.id, since: now.day - DayCharts.days + 1)
        let path = app.path + "/activity"
        let page = AppActivityPage(
            name: app.details.name, appPath: app.path, tabs: AppTab.row(below: app.path, current: "Activity"),
            charts: DayCharts(counts, at: now).all, kinds: filter.kinds, outcomes: filter.outcomes,
            errors: filter.errors, entries: shown.map { AppActivityPage.Entry($0, of: app, at: now) },
            olderPath: found.count > shown.count ? path + filter.query(before: shown.last?.id ?? "") : "",
            isFiltered: !filter.query(before: filter.before ?? "").utf8.isEmpty, path: path)
        return try site.page(page, request, context)
    }

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let app = try site.app(named: context.parameters.get("app"), of: context.person)
        guard let id = context.parameters.get("event"), let entry = try site.store.activityEntry(id, of: app.id)
        else { throw Failure.notFound }
        let facts = [
            ("Kind", entry.kind.title), ("Error", entry.error ?? ""), ("Workspace", entry.tenantName ?? ""),
            ("Parameters that came", entry.received), ("From", entry.addressHint),
            ("How often", entry.times == 1 ? "Once" : counted(entry.times, "time")),
        ].filter { !$0.1.isEmpty }.map { Fact(label: $0.0, value: $0.1) }
        let page = AppActivityEntryPage(
            name: app.details.name, appPath: app.path, listPath: app.path + "/activity", what: entry.what,
            advice: entry.advice, isRefused: entry.outcome == .refused, when: .exact(entry.at), facts: facts)
        return try site.page(page, request, context)
    }
}

extension AppActivityPage.Entry {
    fileprivate init(_ entry: AppEntry, of app: App, at now: Instant) {
        let place = [
            entry.tenantName.map { "at \($0)" }, entry.addressHint.isEmpty ? nil : "from \(entry.addressHint)",
        ]
        self.init(
            when: .relative(entry.at, at: now), kind: entry.kind.title,
            outcome: entry.outcome == .refused ? "Refused" : "Done", isRefused: entry.outcome == .refused,
            error: entry.error ?? "", what: entry.what, advice: entry.advice,
            place: place.compactMap { $0 }.joined(separator: ", "),
            times: entry.times == 1 ? "" : counted(entry.times, "time"), path: "\(app.path)/activity/\(entry.id)")
    }
}

extension AppEvent.Kind {
    /// For people.
    var title: String {
        switch self {
        case .authorize: "Authorization"
        case .token: "Token request"
        case .direct: "Direct flow"
        case .api: "API call"
        case .change: "Change"
        }
    }
}

extension ActivityFilter {
    /// `?kind=&outcome=&error=&before=`. What means nothing counts as not asked for.
    init(_ query: Form) {
        self.init()
        kind = AppEvent.Kind(rawValue: query.all("kind").first ?? "")
        outcome = AppEvent.Outcome(rawValue: query.all("outcome").first ?? "")
        error = query.all("error").first.flatMap { OAuthError.Code(rawValue: $0)?.rawValue }
        before = query.all("before").first.flatMap { $0.utf8.allSatisfy(Self.isOfID) && !$0.isEmpty ? $0 : nil }
    }

    private static func isOfID(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }

    /// The same filter, from an older entry on; "" when nothing is asked for.
    func query(before: String) -> String {
        let pairs =
            [("kind", kind?.rawValue ?? ""), ("outcome", outcome?.rawValue ?? ""), ("error", error ?? "")]
            .filter { !$0.1.isEmpty } + (before.isEmpty ? [] : [("before", before)])
        return pairs.isEmpty ? "" : "?" + pairs.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    var kinds: [Choice] {
        [Choice(value: "", label: "Everything", isChosen: kind == nil)]
            + AppEvent.Kind.allCases.map { Choice(value: $0.rawValue, label: $0.title, isChosen: $0 == kind) }
    }

    var outcomes: [Choice] {
        [
            Choice(value: "", label: "Refused and done", isChosen: outcome == nil),
            Choice(value: "refused", label: "Refused", isChosen: outcome == .refused),
            Choice(value: "done", label: "Done", isChosen: outcome == .done),
        ]
    }

    var errors: [Choice] {
        let offered: [OAuthError.Code] = [
            .invalidRequest, .invalidClient, .invalidGrant, .invalidScope, .unauthorizedClient, .accessDenied,
            .unsupportedGrantType, .unsupportedResponseType, .loginRequired, .consentRequired, .invalidToken,
            .insufficientScope,
        ]
        return [Choice(value: "", label: "Any", isChosen: error == nil)]
            + offered.map { Choice(value: $0.rawValue, label: $0.rawValue, isChosen: $0.rawValue == error) }
    }
}
