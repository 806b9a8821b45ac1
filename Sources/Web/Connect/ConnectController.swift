import Broker
import HTTPTypes
import Hummingbird
import Logging
import OAuth
import Storage

/// `/oauth/connect/{integration}`: where a popup begins.
struct ConnectController {
    let site: Site

    func start(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await begin(request, context, isConfirmed: false)
    }

    /// The person pressed Continue on our own page.
    func confirm(_ request: Request, _ context: SiteContext) async throws -> Response {
        _ = try await site.form(request, context)
        return try await begin(request, context, isConfirmed: true)
    }

    private func begin(_ request: Request, _ context: SiteContext, isConfirmed: Bool) async throws -> Response {
        let budget = site.countConnect(request, context)
        var response = try await begin(request, context, isConfirmed: isConfirmed, budget)
        budget.write(to: &response.headers)
        return response
    }

    private func begin(
        _ request: Request, _ context: SiteContext, isConfirmed: Bool, _ budget: RateLimiter.Budget
    ) async throws -> Response {
        let answer = ConnectAnswer(site: site, request: request, context: context)
        let key = context.text("integration")
        var listeners = ConnectListeners.nobody
        var account: ConnectAccount?
        var ask: ConnectAsk?
        do {
            try budget.check()
            let asked = try ConnectAsk(query: request.uri.query ?? "")
            ask = asked
            listeners = ConnectListeners(socket: ConnectAsk.socket(asked.socket), openerOrigin: nil, returnURL: nil)
            let found = try site.account(of: asked)
            account = found
            listeners = try found.listeners(
                socket: asked.socket, origin: asked.openerOrigin.flatMap(WebOrigin.init) ?? Self.referrer(of: request),
                returnURL: asked.returnURL)
            let isDirect = isConfirmed || isBegunByApp(request, found)
            let entry = try await site.admit(asked, found, integration: key, isFinal: isDirect)
            guard isDirect else { return try confirmation(of: entry, request, context) }
            return try await ConnectStart(site: site, request: request, context: context).begin(entry, listeners)
        } catch {
            let refusal = answer.refusal(error)
            context.logger.notice("connect refused", metadata: ["why": "\(refusal.socketType)"])
            if let account, !(error is ConnectStart.Traced) {
                site.note(refusal, of: key, ask, in: account.environment)
            }
            if account == nil, !Self.isNavigation(request) {
                return site.refusal(refusal, isNested: ask?.sessionToken != nil)
            }
            let result = ConnectResult(
                integration: key ?? "", connectionID: ask?.connectionID ?? "", ending: .refused(refusal))
            return try await answer.end(result, listeners, in: account?.environment)
        }
    }

    /// Whether the app's own page sent the browser here. A link in somebody's mail must not connect the reader's
    /// account to the sender's connection without a word: then a page asks first.
    ///
    /// Programs do not navigate, and nobody can be lured into them.
    private func isBegunByApp(_ request: Request, _ account: ConnectAccount) -> Bool {
        // Whoever asks for the head only looks.
        guard request.method != .head else { return false }
        // Of browsers' requests those of a page's script say what they are, too; a program has no need to.
        let isByBrowser = Self.isNavigation(request) || request.headers[.known("Sec-Fetch-Mode")] != nil
        guard isByBrowser else { return true }
        guard let origin = Self.referrer(of: request) else { return false }
        return account.origins.admits(origin)
    }

    static func referrer(of request: Request) -> WebOrigin? {
        request.headers[.known("Referer")].flatMap(WebOrigin.init)
    }

    /// Every browser says so when it opens a page, and no page can make it say otherwise.
    private static func isNavigation(_ request: Request) -> Bool {
        request.headers[values: .accept].contains { $0.contains("text/html") }
    }

    /// "Connect GitHub to Acme?"
    ///
    /// Nobody is asked for what would end in a refusal.
    private func confirmation(of entry: ConnectEntry, _ request: Request, _ context: SiteContext) throws -> Response {
        let method = entry.provider.method
        guard method.leadsAway else { throw ConnectRefusal(.wrongMode(method.wireName)) }
        guard entry.integration.state(with: entry.provider) != .incomplete else { throw ConnectRefusal(.notConfigured) }
        let page = ConnectAskPage(
            providerName: entry.integration.title(with: entry.provider),
            companyName: try site.store.companyName(of: entry.environment),
            label: entry.session?.ask.label ?? entry.connectionID, formPath: request.head.path ?? "/")
        return ConnectAnswer.openToOpener(try site.page(page, request, context))
    }
}

extension ConnectAccount {
    /// Who may hear the result. A `postMessage` goes to an origin that the environment knows, and to no other; a
    /// browser is sent to none other either.
    func listeners(socket: String?, origin: WebOrigin?, returnURL: String?) throws -> ConnectListeners {
        if let returnURL {
            guard let place = WebOrigin(returnURL), place == portal || origins.admits(place),
                returnURL.utf8.count <= 2_000,
                returnURL.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C })
            else { throw ConnectRefusal(.returnNotAllowed) }
        }
        return ConnectListeners(
            socket: ConnectAsk.socket(socket), openerOrigin: origin.flatMap { origins.admits($0) ? $0.text : nil },
            returnURL: returnURL)
    }
}

extension Site {
    /// Counts one attempt to connect.
    func countConnect(_ request: Request, _ context: SiteContext) -> RateLimiter.Budget {
        limiter.budget(.connect, context.network(of: request, settings: settings), at: now())
    }

    /// A refusal for a program, in the shape that it reads.
    func refusal(_ refusal: ConnectRefusal, isNested: Bool) -> Response {
        BrokerRefusal(
            status: HTTPResponse.Status(code: refusal.status), type: refusal.machineCode,
            message: refusal.machineSentence
        ).response(in: isNested ? .nested : .flat)
    }
}
