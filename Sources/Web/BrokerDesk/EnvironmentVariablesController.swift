import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/env/{environment}/settings/variables`: what the environment keeps for a company's scripts.
struct EnvironmentVariablesController {
    let site: Site

    /// Names alone; where there is none, the form for the first ones.
    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        return try site.page(try page(desk), request, context)
    }

    /// The values, once: the page is the answer to the form, so no address shows them.
    func reveal(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context, part: "field-variables")
        let desk = try await site.desk(context)
        let subject = AuditSubject(.environment, id: desk.environment.id.text, name: desk.environment.name)
        let event = AuditEvent(
            .environmentVariablesRevealed, by: desk.actor, on: subject, in: desk.admin.tenant.id,
            from: site.clientAddress(of: request, context))
        try await site.store.record(event, at: site.now())
        let variables = try site.store.variables(of: desk.environment)
        var page = try page(desk)
        page.isOpen = true
        page.text = EnvironmentVariable.text(of: variables.all)
        page.version = String(variables.version)
        return try site.page(page, request, context)
    }

    /// Replaces all, when nobody else changed them since they were shown.
    func save(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.confirmedForm(request, context)
        let desk = try await site.desk(context)
        let typed = try sent.text("variables")
        let version = Int64(try sent.text("version")) ?? -1
        let read = EnvironmentVariable.read(typed)
        guard read.mistakes.isEmpty else {
            return try again(typed, version, Self.problems(of: read.mistakes), desk, request, context)
        }
        let outcome = try await site.store.setVariables(
            read.variables, replacing: version, of: desk.environment, by: desk.actor,
            from: site.clientAddress(of: request, context), at: site.now())
        switch outcome {
        case .stored: return site.redirect(to: desk.path + "/settings/variables", saying: .environmentSaved)
        case .tooMany:
            let problem = Problem("variables", "There are too many. Keep them to \(EnvironmentVariable.most).")
            return try again(typed, version, [problem], desk, request, context)
        case .changedMeanwhile:
            let problem = Problem(
                "variables",
                "Somebody changed them since you opened this page, and nothing was saved. Copy what you typed, show the "
                    + "variables anew, and change them there.")
            return try again(typed, version, [problem], desk, request, context)
        }
    }

    private func page(_ desk: Desk) throws -> EnvironmentVariablesPage {
        let path = desk.path + "/settings/variables"
        let (names, version) = try site.store.variableNames(of: desk.environment)
        var page = EnvironmentVariablesPage(
            top: site.top(of: desk, at: .settings), names: names, fetchCode: Self.code(base: site.settings.base.text),
            formPath: path, revealPath: path + "/reveal", settingsPath: desk.path + "/settings")
        guard names.isEmpty else { return page }
        page.isOpen = true
        page.version = String(version)
        return page
    }

    /// The form as it was sent, with what is wrong with it.
    private func again(
        _ typed: String, _ version: Int64, _ problems: [Problem], _ desk: Desk, _ request: Request,
        _ context: PersonContext
    ) throws -> Response {
        var page = try page(desk)
        page.isOpen = true
        page.text = typed
        page.version = String(version)
        page.lineProblems = problems.map(\.message)
        return try site.page(page, request, context, problems: problems)
    }

    /// The first ten: whoever pasted something else does not want to read a hundred.
    private static func problems(of mistakes: [LineMistake]) -> [Problem] {
        let shown = mistakes.prefix(10).map { mistake in
            Problem("variables", (mistake.line.map { "Line \($0): " } ?? "") + mistake.sentence)
        }
        let rest = mistakes.count - shown.count
        return rest == 0 ? shown : shown + [Problem("variables", "And \(counted(Int64(rest), "mistake")) more.")]
    }

    private static func code(base: String) -> String {
        """
        : "${GATEWRIGHT_SECRET_KEY:?first: export GATEWRIGHT_SECRET_KEY=…}"
        curl -H "Authorization: Bearer $GATEWRIGHT_SECRET_KEY" \\
          "\(base)/environment-variables"
        """
    }
}
