import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/operator/people`: everybody who has an account.
struct PeopleDeskController {
    let site: Site

    func index(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let list = OperatorList(at: "/operator/people", site.query(request))
        let people = try site.store.people(list.filter, after: list.after, limit: OperatorList.perPage + 1)
        let page = list.page(
            "People", "Everybody who has an account, newest first.",
            shows: [(value: "suspended", label: "Suspended")], of: people, factsTitle: "Email",
            row: { OperatorListPage.Row($0) }, position: { ListPosition(at: $0.createdAt, id: $0.id.text) })
        return try site.page(page, request, context)
    }

    func show(_ request: Request, _ context: OperatorContext) async throws -> Response {
        try site.page(try page(for: try site.person(named: context), seenBy: context), request, context)
    }

    func suspend(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let form = try await site.confirmedForm(request, context)
        let person = try site.person(named: context)
        guard person.id != context.session.person.id else { throw Failure.forbidden("You cannot suspend yourself.") }
        return try await site.suspend(
            .person(person), called: "your account", telling: [(person.email, person.name)], form, request, context
        ) { try page(for: person, seenBy: context) }
    }

    func reinstate(_ request: Request, _ context: OperatorContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context)
        let person = try site.person(named: context)
        return try await site.reinstate(
            .person(person), called: "your account", telling: [(person.email, person.name)], request, context)
    }

    private func page(for person: Person, seenBy context: OperatorContext) throws -> SubjectPage {
        let memberships = try site.store.memberships(of: person.id)
        let apps = try site.store.apps(of: person.id)
        let application = try site.store.application(of: person.id)
        var page = SubjectPage(
            name: person.name, kind: "a person", status: person.operatorStatus.text,
            statusKind: person.operatorStatus.kind,
            facts: [
                Fact(label: "Email", value: person.email), Fact(label: "ID", value: person.id.text),
                Fact(label: "Signed up", value: Moment.exact(person.createdAt).text),
                Fact(label: "Address confirmed", value: person.verifiedAt.map { Moment.exact($0).text } ?? "not yet"),
                Fact(label: "Developer", value: application?.state.tag.text ?? "Has not applied"),
                Fact(
                    label: "Tokens", value: counted(Int64(try site.store.developerTokens(of: person.id).count), "token")
                ),
            ],
            ways: memberships.map {
                SubjectPage.Way(path: $0.tenant.operatorPath, text: "\($0.role.title) of \($0.tenant.name)")
            } + apps.map { SubjectPage.Way(path: $0.operatorPath, text: "The app \($0.details.name)") }
                + (person.hasSecondFactor
                    ? [SubjectPage.Way(path: person.secondFactorPath, text: "Turn off their two-step sign-in")] : [])
                + [
                    SubjectPage.Way(path: "/operator/audit?actor=\(person.id.text)", text: "What they did"),
                    SubjectPage.Way(path: "/operator/audit?subject=\(person.id.text)", text: "What was done to them"),
                ],
            history: [],
            effect: "They are signed out, their tokens are refused and their apps stop, from the next request on. "
                + "Nothing is deleted.")
        if let application {
            page.ways.insert(SubjectPage.Way(path: application.path, text: "Their application"), at: 0)
        }
        page.show(try site.store.suspensions(of: .person(person)))
        if person.isSuspended {
            page.reinstatePath = person.operatorPath + "/reinstate"
        } else if person.id != context.session.person.id {
            page.suspendPath = person.operatorPath + "/suspend"
        }
        return page
    }
}

extension Site {
    /// The person that an address of the operator's desk names.
    func person(named context: OperatorContext) throws -> Person {
        guard let id = context.parameters.get("person"), let person = try store.person(ID<Entity.Person>(id)) else {
            throw Failure.notFound
        }
        return person
    }
}

extension Person {
    /// The person's page at the operator's desk.
    var operatorPath: String { "/operator/people/\(id.text)" }

    /// Where an operator takes two-step sign-in away from them.
    var secondFactorPath: String { operatorPath + "/second-factor" }

    var operatorStatus: (text: String, kind: String) {
        if isSuspended { return ("Suspended", "bad") }
        if isOperator { return ("Operator", "ok") }
        return verifiedAt == nil ? ("Not confirmed", "mute") : ("Active", "ok")
    }
}

extension OperatorListPage.Row {
    fileprivate init(_ person: Person) {
        self.init(
            path: person.operatorPath, name: person.name, facts: person.email, since: .day(person.createdAt),
            status: person.operatorStatus.text, statusKind: person.operatorStatus.kind)
    }
}
