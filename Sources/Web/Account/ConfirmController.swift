import HTTPTypes
import Hummingbird
import OAuth
import Portal

/// `/account/confirm`: the password again, on the way to a page whose form does something dangerous.
struct ConfirmController {
    let site: Site

    func ask(_ request: Request, _ context: PersonContext) async throws -> Response {
        let next = InternalPath(site.query(request).first("next"))
        guard !context.session.isConfirmed(at: site.now()) else { return site.redirect(to: next?.text ?? "/account") }
        let page = ConfirmPage(
            formPath: "/account/confirm", email: context.person.email,
            needsCode: context.person.hasSecondFactor, next: next?.text ?? "")
        return try site.page(page, request, context)
    }

    func answer(_ request: Request, _ context: PersonContext) async throws -> Response {
        let form = try await site.form(request, context)
        let next = InternalPath(try form.text("next"))
        if let refusal = try await site.refusal(of: try Proof(form), request, context) {
            let confirmation = Confirmation(
                formPath: "/account/confirm", kept: [], next: next?.text ?? "", refusal: refusal)
            throw Failure.confirmFirst(confirmation)
        }
        return site.redirect(to: next?.text ?? "/account")
    }
}
