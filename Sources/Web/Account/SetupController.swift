import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/setup`: the first operator. Once there is one, the address does not exist.
struct SetupController {
    let site: Site

    func new(_ request: Request, _ context: SiteContext) async throws -> Response {
        try refuseWhenDone()
        return try site.page(SetupPage(), request, context)
    }

    func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        try refuseWhenDone()
        let form = try await site.form(request, context)
        try await site.count(.setup, site.network(of: request, context))
        let page = SetupPage(
            code: try form.text("code"), name: try form.text("name"), email: try form.text("email"))
        let code = Secret<SetupCode>(withoutSpaces(page.code))
        var problems = code == nil ? [Problem.wrongSetupCode] : []
        let checked = SignUp.check(
            name: page.name, email: page.email, password: try form.text("password"), policy: site.passwordPolicy)
        if case .invalid(let more) = checked { problems += more }
        guard let code, case .valid(let signUp) = checked else {
            return try site.page(page, request, context, problems: problems)
        }
        let hash = try await site.passwords.hash(signUp.password)
        do {
            let claimed = try await site.store.claimSetup(
                with: code, signUp, passwordHash: hash, from: site.clientAddress(of: request, context),
                at: site.now())
            if let claimed { return try await site.signIn(claimed, to: "/operator", request, context) }
        } catch let error as StorageError where error.isUniqueViolation {
            // Only with the right code does anybody get here, so this tells no stranger anything.
            problems = [Problem("email", "This address already has an account. Use another one.")]
            return try site.page(page, request, context, problems: problems)
        }
        try refuseWhenDone()
        return try site.page(page, request, context, problems: [.wrongSetupCode])
    }

    private func refuseWhenDone() throws {
        guard try !site.store.hasOperator() else { throw Failure.notFound }
    }

    /// A code copied from a console often brings spaces along.
    private func withoutSpaces(_ text: String) -> String {
        String(decoding: text.utf8.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self)
    }
}

extension Problem {
    fileprivate static let wrongSetupCode =
        Problem("code", "This is not the code the server printed when it started.")
}
