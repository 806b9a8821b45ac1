import Hummingbird
import OAuth
import Portal
import Storage

/// `/account/name`: what a person is called.
struct NameController {
    let site: Site

    func edit(_ request: Request, _ context: PersonContext) async throws -> Response {
        try site.page(ChangeNamePage(name: context.person.name), request, context)
    }

    func change(_ request: Request, _ context: PersonContext) async throws -> Response {
        let typed = try await site.form(request, context).text("name")
        switch SignUp.checkedName(typed) {
        case .invalid(let problems):
            return try site.page(ChangeNamePage(name: typed), request, context, problems: problems)
        case .valid(let name):
            try await site.store.rename(
                context.person, to: name, from: site.clientAddress(of: request, context), at: site.now())
            return site.redirect(to: "/account", saying: .nameChanged)
        }
    }
}
