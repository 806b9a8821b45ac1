import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/operator/applications`: reading and deciding who becomes a developer.
struct ApplicationsController {
    let site: Site
    private static let perPage = 25

    func index(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let query = site.query(request)
        let asked = DeveloperApplication.State(rawValue: query.first("state"))
        let state = asked.flatMap { $0 == .draft ? nil : $0 } ?? .submitted
        let after = ListPosition(query.first("after"))
        let found = try site.store.applications(state, after: after, limit: Self.perPage + 1)
        let now = site.now()
        // Once for the whole page: there may be thousands.
        let known = try site.store.knownNames()
        let rows = found.prefix(Self.perPage).map { application in
            ApplicationsPage.Application(application, risks: application.risks(known: known, at: now), at: now)
        }
        var page = ApplicationsPage(
            applications: rows,
            states: DeveloperApplication.State.allCases.filter { $0 != .draft }.map {
                Choice(value: $0.rawValue, label: $0.tag.text, isChosen: $0 == state)
            }, stateTitle: state.tag.text)
        if found.count > Self.perPage, let last = found.dropLast().last, let sent = last.submittedAt {
            let position = ListPosition(at: sent, id: last.id.text)
            page.nextPath = "/operator/applications?state=\(state.rawValue)&after=\(position.text)"
        }
        return try site.page(page, request, context)
    }

    func show(_ request: Request, _ context: OperatorContext) async throws -> Response {
        try site.page(try page(for: try application(context)), request, context)
    }

    func decide(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let form = try await site.confirmedForm(request, context)
        let application = try application(context)
        let checked = ApplicationDecision.check(
            verdict: try form.text("decision"), reason: try form.text("reason"))
        guard case .valid(let decision) = checked, let version = Int64(try form.text("version")),
            let sandbox = TenantDraft.sandbox(of: application.person)
        else {
            var problems = [Problem("reason", "This form is incomplete. Reload the page and try again.")]
            if case .invalid(let found) = checked { problems = found }
            var page = try page(for: application)
            page.reason = try form.text("reason")
            return try site.page(page, request, context, problems: problems)
        }
        let next = decision.verdict == .approved ? "/apps/new" : "/developer/apply"
        let refusal = try await site.store.decide(
            application.id, version: version, decision.verdict, reason: decision.reason, by: context.session.person,
            sandbox: sandbox,
            letter: .applicationDecided(
                to: application.person, decision.verdict, reason: decision.reason, page: site.url(next)),
            from: site.clientAddress(of: request, context), at: site.now())
        switch refusal {
        case .unknown: throw Failure.notFound
        case .decidedMeanwhile: return site.redirect(to: application.path, saying: .decidedMeanwhile)
        case nil: return site.redirect(to: "/operator/applications", saying: .applicationDecided)
        }
    }

    private func application(_ context: OperatorContext) throws -> DeveloperApplication {
        guard let id = context.parameters.get("application"), let found = try site.store.application(ID(id)),
            found.state != .draft || found.version > 0
        else { throw Failure.notFound }
        return found
    }

    /// What was sent last, also while its writer works on the next version.
    private func page(for application: DeveloperApplication) throws -> ApplicationPage {
        let now = site.now()
        let versions = try site.store.versions(of: application.id)
        let decisions = try site.store.decisions(on: application.id)
        let sent = versions.first?.answers ?? application.answers
        let (status, kind) = application.state.tag
        var history = versions.map {
            (
                at: $0.submittedAt,
                event: ApplicationPage.Event(what: "Sent (version \($0.number))", at: .exact($0.submittedAt))
            )
        }
        history += decisions.map { (at: $0.decidedAt, event: ApplicationPage.Event($0)) }
        return ApplicationPage(
            name: application.person.name, email: application.person.email, personPath: application.person.operatorPath,
            status: status, statusKind: kind, accountAge: .relative(application.person.createdAt, at: now),
            organization: sent.organization, websiteURL: sent.website, about: sent.about, building: sent.building,
            hints: application.risks(known: try site.store.knownNames(), at: now).map { ApplicationPage.Hint($0) },
            differences: versions.dropFirst().first.map { previous in
                sent.differences(since: previous.answers).map {
                    ApplicationPage.Difference(field: $0.field, before: $0.before, after: $0.after)
                }
            } ?? [],
            history: history.sorted { $0.at > $1.at }.map(\.event), canDecide: application.state == .submitted,
            version: "\(application.version)", formPath: application.path)
    }
}

extension DeveloperApplication {
    var path: String { "/operator/applications/\(id.text)" }
}

extension ApplicationPage.Event {
    fileprivate init(_ decision: ApplicationDecision) {
        self.init(
            what: "\(decision.verdict.tag.text) by \(decision.decidedBy)", reason: decision.reason,
            at: .exact(decision.decidedAt))
    }
}

extension ApplicationPage.Hint {
    init(_ hint: RiskHint) {
        self.init(sentence: hint.sentence, isStrong: hint.isStrong)
    }
}

extension ApplicationsPage.Application {
    fileprivate init(_ application: DeveloperApplication, risks: [RiskHint], at now: Instant) {
        let strong = risks.count { $0.isStrong }
        self.init(
            path: application.path, name: application.person.name, email: application.person.email,
            organization: application.answers.organization,
            round: application.version > 1 ? "submission \(application.version)" : "",
            sent: .relative(application.submittedAt ?? application.updatedAt, at: now))
        guard !risks.isEmpty else { return }
        hints = strong > 0 ? "\(strong) to look at closely" : "\(risks.count) worth knowing"
        hintsKind = strong > 0 ? "warn" : "mute"
    }
}
