import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/account/delete` and `/account/export`: leaving, and taking one's data along.
struct DepartureController {
    let site: Site

    func askToDelete(_ request: Request, _ context: PersonContext) async throws -> Response {
        try site.askToConfirm(context)
        let departure = try site.store.departure(of: context.person)
        return try site.page(DeleteAccountPage(departure, of: context.person), request, context)
    }

    func delete(_ request: Request, _ context: PersonContext) async throws -> Response {
        let typed = try await site.confirmedForm(request, context).text("confirm_name")
        let person = context.person
        let departure = try site.store.departure(of: person)
        var page = DeleteAccountPage(departure, of: person)
        page.confirmName = typed
        guard let email = EmailAddress(typed), email == EmailAddress(person.email) else {
            let problem = Problem("confirm_name", "Type your email address: \(person.email)")
            return try site.page(page, request, context, problems: [problem])
        }
        let done = try await site.store.delete(
            person, letter: .accountDeleted(to: person.email, name: person.name),
            from: site.clientAddress(of: request, context), at: site.now())
        guard done != nil else {
            let now = DeleteAccountPage(try site.store.departure(of: person), of: person)
            return try site.page(now, request, context, status: .unprocessableContent)
        }
        return site.signedOut(to: "/login", saying: .accountDeleted)
    }

    func export(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context)
        let (person, now) = (context.person, site.now())
        let export = try PersonExport(of: person, from: site.store, at: now)
        try await site.store.record(
            AuditEvent(
                .dataExported, by: .person(person), on: .person(person),
                from: site.clientAddress(of: request, context)),
            at: now)
        var response = Response.json(export)
        // A name of our own making: nothing that anybody typed is in it.
        let name = "gatewright-\(CivilDate(now).isoDay).json"
        response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return response
    }
}
