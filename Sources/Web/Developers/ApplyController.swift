import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/developer/apply`: becoming a developer, from the first word to the answer.
struct ApplyController {
    let site: Site

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        guard context.person.verifiedAt != nil else { return site.redirect(to: "/dashboard") }
        return try site.page(try page(context), request, context)
    }

    func send(_ request: Request, _ context: PersonContext) async throws -> Response {
        let form = try await site.form(request, context)
        let person = context.person
        guard person.verifiedAt != nil else { return site.redirect(to: "/dashboard") }
        var typed = ApplicationAnswers()
        typed.organization = try form.text("organization")
        typed.website = try form.text("website")
        typed.about = try form.text("about")
        typed.building = try form.text("building")
        guard try form.text("action").utf8.elementsEqual("submit".utf8) else {
            guard try await site.store.saveDraft(typed.clipped, of: person, at: site.now()) else {
                return site.redirect(to: "/developer/apply")
            }
            return site.redirect(to: "/developer/apply", saying: .draftSaved)
        }
        switch typed.check() {
        case .invalid(let problems):
            var page = try page(context)
            guard page.canEdit else { return site.redirect(to: "/developer/apply") }
            page.show(typed)
            return try site.page(page, request, context, problems: problems)
        case .valid(let answers):
            let (mine, queue) = (site.url("/developer/apply"), site.url("/operator/applications"))
            let isSent = try await site.store.submit(
                answers, of: person, letter: .applicationReceived(to: person, page: mine),
                toOperators: { .applicationWaiting(to: $0, page: queue) },
                from: site.clientAddress(of: request, context), at: site.now())
            return site.redirect(to: "/developer/apply", saying: isSent ? .applicationSent : nil)
        }
    }

    private func page(_ context: PersonContext) throws -> ApplyPage {
        let application = try site.store.application(of: context.person.id)
        var page = ApplyPage(application)
        if let application {
            page.decisions = try site.store.decisions(on: application.id).map { ApplyPage.Decision($0) }
        }
        if page.isApproved {
            let own = try site.store.memberships(of: context.person.id)
            page.sandboxPath = own.first { $0.tenant.kind == .sandbox && $0.role == .admin }?.tenant.path ?? ""
        }
        if case .plan(let tenant) = try site.developerAccess(of: context.person) {
            page.planNote = "The plan of \(tenant) includes the developer tools, so you need no application for them."
        }
        return page
    }
}

extension Site {
    /// Whether this person may register apps, and if not, why.
    ///
    /// - Parameter memberships: nil to have them read.
    func developerAccess(of person: Person, in memberships: [Member]? = nil) throws -> DeveloperAccess {
        Portal.developerAccess(
            of: person, application: try store.application(of: person.id)?.state,
            memberships: try memberships ?? store.memberships(of: person.id), plans: try store.rules().developerPlans)
    }
}

extension DeveloperAccess.Obstacle {
    /// For the person who would like to register an app.
    var sentence: String {
        switch self {
        case .emailNotConfirmed: "Confirm your email address first: the link is in your mail."
        case .notApplied:
            "Registering apps is for approved developers. Apply first: filling it in takes two minutes, and an operator answers by mail."
        case .draft: "Your application to be a developer is not sent yet."
        case .waiting: "Your application to be a developer waits for an operator. You get a mail when it is decided."
        case .changesRequested: "An operator asked you to change your application to be a developer."
        case .rejected: "Your application to be a developer was rejected. You may change it and apply again."
        }
    }

    /// Where to go on; empty when that is elsewhere.
    var path: String { self == .emailNotConfirmed ? "" : "/developer/apply" }

    var action: String {
        switch self {
        case .emailNotConfirmed: ""
        case .notApplied: "Apply to be a developer"
        case .draft: "Go on with your application"
        case .waiting: "See your application"
        case .changesRequested, .rejected: "Change your application"
        }
    }
}

extension ApplyPage {
    init(_ application: DeveloperApplication?) {
        self.init(
            sentence:
                "Tell us who you are and what you want to build. An operator reads it, and you get a mail at every step."
        )
        guard let application else { return }
        (status, statusKind) = application.state.tag
        canEdit = application.maySubmit
        isApproved = application.state == .approved
        switch application.state {
        case .draft: break
        case .submitted: sentence = "An operator will read what you sent. You get a mail when it is decided."
        case .changesRequested: sentence = "Change what the operator asked for, and send it again."
        case .rejected:
            sentence =
                canEdit
                ? "If what was wrong can be put right, change it and send it again."
                : "You have applied as often as one can. Write to the operators if something has changed."
        case .approved: sentence = "You are a developer: you can register apps, and have a sandbox to try them in."
        }
        show(application.answers)
    }

    mutating func show(_ answers: ApplicationAnswers) {
        organization = answers.organization
        website = answers.website
        about = answers.about
        building = answers.building
    }
}

extension DeveloperApplication.State {
    /// In words, and the kind of tag that shows it.
    var tag: (text: String, kind: String) {
        switch self {
        case .draft: ("Not sent yet", "mute")
        case .submitted: ("Waiting for an operator", "warn")
        case .changesRequested: ("Changes asked for", "warn")
        case .approved: ("Approved", "ok")
        case .rejected: ("Rejected", "bad")
        }
    }
}

extension ApplyPage.Decision {
    init(_ decision: ApplicationDecision) {
        let (text, kind) = decision.verdict.tag
        self.init(verdict: text, verdictKind: kind, reason: decision.reason, decided: .exact(decision.decidedAt))
    }
}

extension ApplicationDecision.Verdict {
    var tag: (text: String, kind: String) {
        switch self {
        case .approved: ("Approved", "ok")
        case .rejected: ("Rejected", "bad")
        case .changesRequested: ("Changes asked for", "warn")
        }
    }
}
