import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/operator/people/{person}/second-factor`: for somebody who lost their device and their recovery codes.
struct SecondFactorResetController {
    let site: Site

    func ask(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let person = try site.person(named: context)
        try site.askToConfirm(context)
        let page = ResetSecondFactorPage(
            name: person.name, email: person.email, isOn: person.hasSecondFactor, formPath: person.secondFactorPath)
        return try site.page(page, request, context)
    }

    func reset(_ request: Request, _ context: OperatorContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context)
        let person = try site.person(named: context)
        _ = try await site.store.endSecondFactor(
            of: person, by: context.session.person,
            letter: .secondFactorReset(
                to: person.email, name: person.name, account: site.url("/account/second-factor")),
            from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(to: person.operatorPath, saying: .secondFactorReset)
    }
}
