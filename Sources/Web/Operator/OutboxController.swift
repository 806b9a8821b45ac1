import Hummingbird

/// `/operator/outbox`: what this installation wrote to people.
struct OutboxController {
    let site: Site

    func index(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let page = try site.outboxPage(at: "/operator/outbox", site.query(request), isDemoMail: false)
        return try site.page(page, request, context)
    }

    func show(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let page = try site.mailPage(context.parameters.get("mail"), listedAt: "/operator/outbox")
        return try site.page(page, request, context)
    }
}
