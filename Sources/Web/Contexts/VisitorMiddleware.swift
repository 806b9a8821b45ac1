import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1
import OAuth
import Portal
import Storage

/// Finds out who is browsing, and turns failures into answers that suit the reader.
struct VisitorMiddleware: RouterMiddleware {
    let site: Site

    func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        // No session, no cookies, no pages for machines: a cookie is no authentication there.
        guard Surface(path: request.uri.path) == .page else {
            do {
                return try await next(request, context)
            } catch let error as HTTPError {
                // The router's own words (nothing here, say) have no body; a machine reads why from one.
                return Failure(error).answer(to: request, context, at: site)
            }
        }
        let started = site.settings.showsTiming ? ContinuousClock.now : nil
        var context = context
        let cookies = Cookies(request)
        context.visitor = try visitor(with: cookies)
        site.proxyNotice.look(at: request, context, settings: site.settings)
        let renewal = CookieRenewal()
        context.visitor.renewal = renewal
        if cookies.isRepeated(site.cookieName(.session)) {
            context.logger.notice("a request brought two session cookies and was treated as nobody's")
        }
        let isNew = context.visitor.formSeed.isEmpty
        if isNew { context.visitor.formSeed = Secret<SessionCookie>.random().reveal() }
        var response: Response
        do {
            if !PostedCallbackController.takes(request) {
                try SameOrigin.check(request, hasSession: context.visitor.session != nil, base: site.settings.base)
            }
            response = try await next(request, context)
        } catch let parserError as HTTPParserError {
            throw parserError
        } catch {
            response = Failure.noting(error, request, context).answer(to: request, context, at: site)
        }
        if let cookie = renewal.take(), let session = context.visitor.session {
            site.renewCookie(of: session, to: cookie, on: &response)
        }
        if isNew, context.visitor.session == nil {
            site.setCookie(.visitor, context.visitor.formSeed, lifetime: nil, on: &response)
        }
        if context.visitor.notice != nil, response.status == .ok {
            site.setCookie(.notice, "", lifetime: 0, on: &response)
        }
        if let started { response.addTiming("page", since: started) }
        return response
    }

    private func visitor(with cookies: Cookies) throws -> Visitor {
        var visitor = Visitor()
        if let text = cookies[site.cookieName(.session)], let cookie = Secret<SessionCookie>(text) {
            visitor.session = try site.store.session(for: cookie, at: site.now())
        }
        if let session = visitor.session {
            visitor.formSeed = session.id.text
        } else if let seed = cookies[site.cookieName(.visitor)], Secret<SessionCookie>(seed) != nil {
            visitor.formSeed = seed
        }
        visitor.device = cookies[site.cookieName(.device)].flatMap(site.store.device)
        visitor.theme = cookies[site.cookieName(.theme)].flatMap(Theme.init(rawValue:)) ?? .auto
        visitor.notice = cookies[site.cookieName(.notice)].flatMap(NoticeText.init(rawValue:))?.notice
        return visitor
    }
}

/// Whether an unsafe request came from one of our own pages.
enum SameOrigin {
    static func check(_ request: Request, hasSession: Bool, base: BaseURL) throws {
        guard ![.get, .head, .options].contains(request.method) else { return }
        if let site = request.headers[.secFetchSite] {
            // `same-site` is another host below ours: not us.
            guard site == "same-origin" || site == "none" else { throw Failure.crossSite }
            return
        }
        if let origin = request.headers[.origin] {
            guard origin.utf8.elementsEqual(base.text.utf8) else { throw Failure.crossSite }
            return
        }
        // Neither header: not a browser of this decade. With a session at stake, fail closed.
        guard !hasSession else { throw Failure.crossSite }
    }
}
