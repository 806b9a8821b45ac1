import Hummingbird
import OAuth
import Portal
import Storage

/// Demo mode's own pages. None of these routes exists in any other mode.
struct DemoController {
    let site: Site

    func mails(_ request: Request, _ context: SiteContext) async throws -> Response {
        let page = try site.outboxPage(at: "/demo/mail", site.query(request), isDemoMail: true)
        return try site.page(page, request, context)
    }

    func mail(_ request: Request, _ context: SiteContext) async throws -> Response {
        try site.page(try site.mailPage(context.parameters.get("mail"), listedAt: "/demo/mail"), request, context)
    }

    /// Roster Sync's side of an authorization: what came back, and the call that redeems it.
    func callback(_ request: Request, _ context: SiteContext) async throws -> Response {
        let answer = AuthorizationAnswer(site.query(request))
        return try site.page(try page(for: answer), request, context)
    }

    func gallery(_ request: Request, _ context: SiteContext) async throws -> Response {
        try site.page(Exhibit.gallery, request, context)
    }

    func exhibit(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let name = context.parameters.get("exhibit"), let exhibit = Exhibit.named(name) else {
            throw Failure.notFound
        }
        return .html(try exhibit.html(site.renderer, site.layout(for: request, context), nil))
    }

    private func page(for answer: AuthorizationAnswer) throws -> DemoCallbackPage {
        var page = DemoCallbackPage(
            code: answer.code, state: answer.state, error: answer.error, isBare: answer.isBare,
            errorDescription: answer.errorDescription, againPath: site.settings.demo?.authorizePath ?? "")
        guard let tenant = try tenant(calling: answer.issuer) else { return page }
        page.issuer = site.issuer(of: tenant)
        guard !answer.code.isEmpty else { return page }
        let app = try Secret<AuthorizationCode>(answer.code).flatMap { try site.store.app(of: $0) }
        if let app { page.appName = app.details.name }
        // Only the demo's own app has a secret that is nobody's; anybody else's stays with its owner.
        let offer = site.settings.demo.flatMap { $0.clientID == app?.clientID ? $0 : nil }
        page.curl = """
            curl -u "\(app?.clientID ?? "$CLIENT_ID"):\(offer?.clientSecret ?? "$CLIENT_SECRET")" \\
              -d grant_type=authorization_code \\
              -d code=\(answer.code) \\
              -d redirect_uri=\(PercentEncoding.encode(site.url("/demo/callback"))) \\
              -d "code_verifier=\(offer?.codeVerifier ?? "$CODE_VERIFIER")" \\
              \(page.issuer)/oauth/token
            """
        page.nextCurl = ExampleCall.people.curl(page.issuer + ExampleCall.people.path, bearer: "$ACCESS_TOKEN")
        return page
    }

    /// The tenant whose issuer this is (RFC 9207 §2.4), compared byte for byte.
    private func tenant(calling issuer: String) throws -> Tenant? {
        try site.settings.tenants.slug(ofIssuer: issuer).flatMap { try site.store.tenant($0) }
    }
}

/// What an authorization server sent to a callback, read as if anybody could have sent it: because anybody can.
/// The page offers it for pasting into a shell, so a code has to look like one of ours.
private struct AuthorizationAnswer {
    var code = ""
    var state = ""
    var issuer = ""
    var error = ""
    var errorDescription = ""

    init(_ query: Form) {
        let value = { (name: StaticString) in TypedText.line(query.first(name), atMost: 500) ?? "" }
        code = Secret<AuthorizationCode>(value("code"))?.reveal() ?? ""
        state = value("state")
        issuer = value("iss")
        guard code.isEmpty else { return }
        error = value("error")
        errorDescription = value("error_description")
    }

    var isBare: Bool { code.isEmpty && error.isEmpty }
}
