import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/operator/people/{person}/second-factor`: for somebody who lost their device and their recovery codes.
struct SecondFactorReset {
    let site: Site

    func ask(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let person = try person(context)
        try site.askToConfirm(context)
        let page = ResetSecondFactorPage(
            name: person.name, email: person.email, isOn: person.hasSecondFactor, formPath: person.resetPath)
        return try site.page(page, request, context)
    }

    func reset(_ request: Request, _ context: OperatorContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context)
        let person = try person(context)
        _ = try await site.store.endSecondFactor(
            of: person, by: context.session.person,
            letter: .secondFactorReset(
                to: person.email, name: person.name, account: site.url("/account/second-factor")),
            from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(to: "/operator", saying: .secondFactorReset)
    }

    private func person(_ context: OperatorContext) throws -> Person {
        guard let text = context.parameters.get("person"), let person = try site.store.person(ID(text)) else {
            throw Failure.notFound
        }
        return person
    }
}

extension Person {
    /// Where an operator takes two-step sign-in away from them.
    var resetPath: String { "/operator/people/\(id.text)/second-factor" }
}
