import HTTPTypes
import Hummingbird
import Logging
import OAuth
import Portal
import Storage

extension Site {
    /// A page as an answer.
    ///
    /// - Parameters:
    ///   - problems: what is wrong with the form that is shown again; any makes the status 422.
    ///   - fieldProblems: the same, of fields whose names come from data.
    func page<P: Page>(
        _ page: P, _ request: Request, _ context: some Browsing, status: HTTPResponse.Status = .ok,
        problems: [Problem] = [], fieldProblems: [FieldProblem] = []
    ) throws -> Response {
        var layout = layout(for: request, context.siteContext)
        if let session = context.siteContext.visitor.session, !P.formsLeadAway {
            layout.workspaces = Self.workspaces(of: try memberships(of: session.person, context), at: layout.address)
        }
        layout.problems = problems.map(FieldProblem.init) + fieldProblems
        let html = try renderer.render(page, in: layout)
        var response = Response.html(html, status: problems.isEmpty ? status : .unprocessableContent)
        if P.formsLeadAway {
            response.headers[.contentSecurityPolicy] = SecurityHeaders.policyOfFormsThatLeadAway
        }
        return response
    }

    /// A redirect that leaves a word for the page it leads to.
    func redirect(to path: String, saying notice: NoticeText? = nil) -> Response {
        var response = Response.sending(to: path)
        if let notice { setCookie(.notice, notice.rawValue, lifetime: 60, on: &response) }
        return response
    }

    /// The value of every form's hidden `csrf` field: derived, so nothing needs to be stored.
    func formToken(_ context: some Browsing) -> String {
        store.formToken(for: context.siteContext.visitor.formSeed)
    }

    func layout(for request: Request, _ context: SiteContext) -> Layout {
        var layout = Layout()
        if let person = context.visitor.session?.person {
            layout.personName = person.name
            layout.personEmail = person.email
            layout.isOperator = person.isOperator
        }
        layout.isDemo = settings.isDemo
        layout.theme = context.visitor.theme
        layout.csrf = formToken(context)
        layout.address = InternalPath(request.head.path ?? "/")?.text ?? "/"
        layout.path = request.method == .get ? layout.address : "/dashboard"
        layout.notice = context.visitor.notice
        layout.support = settings.support
        layout.assetVersion = settings.assetVersion
        return layout
    }

    /// The workspaces of whoever asks for this page, in their order, as they are at its beginning.
    func memberships(of person: Person, _ context: some Browsing) throws -> [Member] {
        try context.siteContext.visitor.memberships { try store.memberships(of: person.id) }
    }

    /// The first few; the dashboard has all.
    private static func workspaces(of memberships: [Member], at path: String) -> [Layout.Workspace] {
        memberships.prefix(6).map { member in
            let home = member.tenant.path
            let rest = path.utf8.dropFirst(home.utf8.count).first
            let isWithin = path.utf8.starts(with: home.utf8) && (rest == nil || rest == 0x2F || rest == 0x3F)
            return Layout.Workspace(name: member.tenant.name, path: home, isCurrent: isWithin)
        }
    }

    /// The page for a failure. If even that cannot be rendered, plain words.
    func errorPage(_ failure: Failure, _ request: Request, _ context: SiteContext) -> Response {
        var page = ErrorPage(failure, requestID: context.requestID)
        if failure.mayFitAnotherAccount, request.method == .get {
            page.personEmail = context.visitor.session?.person.email ?? ""
        }
        do {
            return .html(try renderer.render(page, in: layout(for: request, context)), status: failure.status)
        } catch {
            // It names templates and what they ask for, and holds no value of the request.
            context.logger.error("the error page cannot be rendered", metadata: ["cause": "\(error)"])
            return .text(failure.sentence, status: failure.status)
        }
    }
}

extension Failure {
    /// A page that is there for others, and one that is there for nobody: they look the same.
    fileprivate var mayFitAnotherAccount: Bool {
        switch self {
        case .notFound, .forbidden: true
        default: false
        }
    }
}

extension SiteContext {
    /// What people quote when they report a problem; the log has the same word.
    var requestID: String { logger[metadataKey: "hb.request.id"].map { "\($0)" } ?? "none" }
}

extension ErrorPage {
    init(_ failure: Failure, requestID: String) {
        var retry = ""
        if case .tooManyRequests(let seconds) = failure { retry = Self.waiting(seconds) }
        if case .unavailable = failure { retry = Self.waiting(5) }
        self = .of(Int(failure.status.code), requestID: requestID, retryText: retry)
        switch failure {
        case .formExpired: self = .expiredForm(requestID: requestID, nextPath: "/dashboard")
        case .badRequest, .forbidden, .crossSite, .misdirected: sentence = failure.sentence
        default: break
        }
    }

    /// "in 2 minutes"
    static func waiting(_ seconds: Int64) -> String {
        switch seconds {
        case ..<2: "in a second"
        case ..<90: "in \(seconds) seconds"
        default: "in \((seconds + 59) / 60) minutes"
        }
    }
}
