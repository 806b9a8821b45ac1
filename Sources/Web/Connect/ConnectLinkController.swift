import Broker
import HTTPTypes
import Hummingbird
import Logging
import OAuth
import Storage

/// `/connect`: the hosted page of a connect session, for companies that build none of their own.
struct ConnectLinkController {
    let site: Site

    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let answer = ConnectAnswer(site: site, request: request, context: context)
        let query = site.query(request)
        do {
            let visit = try visit(query, referrer: ConnectController.referrer(of: request))
            return try show(visit, integration: query.value("integration"), request, context)
        } catch {
            return try await end(answer.refusal(error), .nobody, nil, answer)
        }
    }

    func connect(_ request: Request, _ context: SiteContext) async throws -> Response {
        let form = try await site.form(request, context)
        let answer = ConnectAnswer(site: site, request: request, context: context)
        let key = form.value("integration")
        var visit: Visit?
        do {
            try site.countConnect(request, context).check()
            let found = try self.visit(form, referrer: nil)
            visit = found
            let offer = try offer(found, key)
            let typed = offer.typed(in: form)
            let problems = offer.problems(with: typed)
            guard problems.isEmpty else {
                let page = try page(found, offer, typed, problems)
                return ConnectAnswer.openToOpener(
                    try site.page(page, request, context, status: .unprocessableContent, fieldProblems: problems))
            }
            let entry = try await site.admit(
                ConnectAsk(values: typed.values), found.account, integration: key, isFinal: true)
            if offer.leadsAway {
                let start = ConnectStart(site: site, request: request, context: context)
                return try await start.begin(entry, found.listeners)
            }
            do {
                try await site.connect(entry, with: typed.credentials)
            } catch let traced as ConnectStart.Traced where traced.refusal.isOfCredentials {
                return try typeAgain(found, offer, typed, traced.refusal, request, context)
            }
            return try await answer.end(
                ConnectResult(integration: key, connectionID: entry.connectionID, ending: .connected), found.listeners,
                in: found.account.environment)
        } catch {
            let refusal = answer.refusal(error)
            if let visit, !(error is ConnectStart.Traced) {
                site.note(refusal, of: key, nil, in: visit.account.environment)
            }
            return try await end(refusal, visit?.listeners ?? .nobody, visit?.account.environment, answer, of: key)
        }
    }

    /// The provider did not take what was typed: the same page once more. The session is not spent.
    private func typeAgain(
        _ visit: Visit, _ offer: ConnectOffer, _ typed: ConnectOffer.Typed, _ refusal: ConnectRefusal,
        _ request: Request, _ context: SiteContext
    ) throws -> Response {
        let problems = offer.problems(because: refusal)
        let page = try page(visit, offer, typed, problems)
        return ConnectAnswer.openToOpener(
            try site.page(page, request, context, status: .unprocessableContent, fieldProblems: problems))
    }

    private struct Visit {
        let session: ConnectSession
        let account: ConnectAccount
        let listeners: ConnectListeners
        let token: String
        let company: String
    }

    /// - Parameter form: the page's query, or its own form, which carries the same on.
    private func visit(_ form: Form, referrer: WebOrigin?) throws -> Visit {
        guard let text = self.text("session_token", form), let token = Secret<ConnectToken>(text) else {
            throw ConnectRefusal(.invalidSession)
        }
        guard let session = try site.store.connectSession(token, at: site.now()), !session.isUsed else {
            throw ConnectRefusal(.unknownSession)
        }
        let account = try site.account(session)
        let listeners = try account.listeners(
            socket: self.text("ws_client_id", form),
            origin: self.text("origin", form).flatMap(WebOrigin.init) ?? referrer,
            returnURL: self.text("return_url", form))
        return Visit(
            session: session, account: account, listeners: listeners, token: token.reveal(),
            company: try site.store.companyName(of: session.environment))
    }

    private func text(_ name: String, _ form: Form) -> String? {
        let value = form.value(name)
        return value.utf8.isEmpty ? nil : value
    }

    private func end(
        _ refusal: ConnectRefusal, _ listeners: ConnectListeners, _ environment: BrokerEnvironment?,
        _ answer: ConnectAnswer, of key: String = ""
    ) async throws -> Response {
        let result = ConnectResult(integration: key, connectionID: "", ending: .refused(refusal))
        return try await answer.end(result, listeners, in: environment)
    }

    private func show(
        _ visit: Visit, integration key: String, _ request: Request, _ context: SiteContext
    ) throws -> Response {
        let offers = try offers(visit)
        let only = visit.session.ask.reconnects?.integration ?? (offers.count == 1 ? offers[0].key : nil)
        let page: ConnectLinkPage
        if key.utf8.isEmpty, only == nil {
            var choosing = ConnectLinkPage(companyName: visit.company, label: visit.session.ask.label ?? "")
            choosing.choices = offers.map { offer in
                ConnectLinkPage.Choice(
                    name: offer.title, path: path(visit) + "&integration=" + PercentEncoding.encode(offer.key),
                    initials: initials(of: offer.title))
            }
            if offers.isEmpty { choosing.nothing = try nothing(visit) }
            page = choosing
        } else {
            page = try self.page(visit, offer(visit, key.utf8.isEmpty ? only ?? "" : key), .init(), [])
        }
        return ConnectAnswer.openToOpener(try site.page(page, request, context))
    }

    private func path(_ visit: Visit) -> String {
        let carried = [
            ("ws_client_id", visit.listeners.socket), ("origin", visit.listeners.openerOrigin),
            ("return_url", visit.listeners.returnURL),
        ]
        return carried.reduce("/connect?session_token=" + PercentEncoding.encode(visit.token)) { path, pair in
            pair.1.map { path + "&" + pair.0 + "=" + PercentEncoding.encode($0) } ?? path
        }
    }

    private func page(
        _ visit: Visit, _ offer: ConnectOffer, _ typed: ConnectOffer.Typed, _ problems: [FieldProblem]
    ) throws -> ConnectLinkPage {
        var page = ConnectLinkPage(companyName: visit.company, label: visit.session.ask.label ?? "")
        page.providerName = offer.title
        page.isReconnection = visit.session.ask.reconnects != nil
        page.fields = offer.fields(typed, problems)
        page.leadsAway = offer.leadsAway
        page.documentationURL = offer.documentationURL
        page.token = visit.token
        page.integration = offer.key
        page.socket = visit.listeners.socket ?? ""
        page.openerOrigin = visit.listeners.openerOrigin ?? ""
        page.returnURL = visit.listeners.returnURL ?? ""
        if visit.session.ask.reconnects == nil, try offers(visit).count > 1 { page.backPath = path(visit) }
        return page
    }

    /// What the session may connect, and this server can.
    private func offers(_ visit: Visit) throws -> [ConnectOffer] {
        try site.store.integrations(of: visit.session.environment)
            .filter { visit.session.ask.allows($0.details.key) }
            .compactMap { try offer(of: $0, visit) }
    }

    /// Without names: whoever has the link is no developer, and may not know of all that is being set up.
    private func nothing(_ visit: Visit) throws -> String {
        let allowed = try site.store.integrations(of: visit.session.environment)
            .filter { visit.session.ask.allows($0.details.key) }
        let why =
            switch allowed.count {
            case 0: "This environment has no integration yet."
            case 1: "The integration that this session allows is not finished."
            default: "None of the \(allowed.count) integrations that this session allows is finished."
            }
        return why + " The environment’s activity names what is missing."
    }

    private func offer(_ visit: Visit, _ key: String) throws -> ConnectOffer {
        guard visit.session.ask.allows(key) else { throw ConnectRefusal(.integrationNotAllowed) }
        guard let integration = try site.store.integration(key, in: visit.session.environment) else {
            throw ConnectRefusal(.unknownIntegration)
        }
        guard let offer = try offer(of: integration, visit) else { throw ConnectRefusal(.notConfigured) }
        return offer
    }

    private func offer(of integration: Integration, _ visit: Visit) throws -> ConnectOffer? {
        guard let provider = site.outside.provider(of: integration), integration.state(with: provider) != .incomplete
        else { return nil }
        let pinned = visit.session.ask.defaults[integration.details.key]?.values ?? [:]
        return ConnectOffer(
            integration: integration, provider: provider,
            pinned: try site.known(visit.session, at: provider).merging(pinned) { _, pinned in pinned })
    }
}
