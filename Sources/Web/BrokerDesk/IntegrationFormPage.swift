import Broker
import OAuth
import Portal
import Storage

extension IntegrationPage {
    /// - Parameters:
    ///   - integration: nil for a new one.
    ///   - provider: nil for one of the developer's own that was not saved yet, and where the catalogue lost it.
    init(
        _ form: IntegrationForm, of integration: Integration?, _ provider: Provider?, _ desk: Desk, at site: Site,
        problems: [FieldProblem], _ warning: String
    ) throws {
        let method = provider?.method
        let list = desk.path + "/integrations"
        let name = integration?.title(with: provider) ?? provider?.title ?? CustomProvider.title
        self.init(
            top: site.top(of: desk, at: .integrations), name: name, isNew: integration == nil,
            provider: integration?.details.provider ?? provider?.key ?? CustomProvider.key, key: form.key,
            needsRegistration: method?.needsRegistration ?? true, takesScopes: method?.takesScopes ?? true,
            formPath: list,
            cancelPath: list)
        let shared = desk.environment.callbackURL ?? site.url("/oauth/callback")
        if method?.leadsAway ?? true {
            // One's own provider always gets an address of its own, which there is once it is saved.
            if form.custom == nil { callbackURL = shared } else { callbackComesLater = true }
        }
        if case .app(let app)? = method {
            // Who has to say who they are comes back to the callback URL; there is no set-up URL then.
            if app.owner == nil {
                setupURL = site.url("/app-auth/connect")
            } else {
                callbackURL = site.url("/app-auth/connect")
            }
            isSecretLong = true
        }
        guide = provider?.guide ?? ""
        documentationURL = form.custom == nil ? provider?.documentation ?? "" : ""
        if let custom = form.custom {
            isCustom = true
            customFields = custom.fields(problems)
            sendsPKCE = custom.sendsPKCE
        }
        displayName = form.displayName
        clientID = form.clientID
        (clientIDLabel, secretLabel) = (method?.idLabel ?? clientIDLabel, method?.secretLabel ?? secretLabel)
        scopes = form.scopes
        suggestedScopes = (method?.suggestedScopes ?? []).joined(separator: ", ")
        fields = form.fields(of: provider, problems, stored: integration?.details.values ?? [:])
        asked =
            (method?.enteredByPeople ?? [])
            + (provider?.fields ?? []).filter { $0.source == .person }.map {
                Fact(label: $0.title, value: $0.hint.utf8.isEmpty ? "Everybody enters their own." : $0.hint)
            }
        self.warning = warning
        guard let integration else { return }
        try extend(with: integration, form, provider, desk, at: site, shared: shared)
    }

    /// What there is only once it is saved.
    private mutating func extend(
        with integration: Integration, _ form: IntegrationForm, _ provider: Provider?, _ desk: Desk, at site: Site,
        shared: String
    ) throws {
        let path = IntegrationSetUpController.path(integration, desk)
        let number = try site.store.connectionCounts(of: desk.environment)[integration.id] ?? 0
        let current = integration.state(with: provider)
        let query = "?integration=" + PercentEncoding.encode(integration.details.key)
        (state, stateKind, advice) = (current.title, current.kind, integration.advice(with: provider))
        hasSecret = integration.hasSecret
        formPath = path
        connections = number == 0 ? "" : counted(number, "connection")
        if !warning.utf8.isEmpty { understood = String(number) }
        if callbackComesLater || !callbackURL.utf8.isEmpty {
            callbackComesLater = false
            let own = site.url("/oauth/callback/") + integration.id.text
            if integration.details.usesOwnCallback { callbackURL = own }
            ownCallback =
                integration.details.definition != nil
                ? []
                : [
                    Choice(
                        value: "shared", label: "The same for all integrations", hint: shared,
                        isChosen: !form.hasOwnCallback),
                    Choice(value: "own", label: "One of its own", hint: own, isChosen: form.hasOwnCallback),
                ]
        }
        connectionsPath = desk.path + "/connections" + query
        activityPath = desk.path + "/activity" + query
        deletePath = path + "/delete"
        guard current != .incomplete else { return }
        connectPath = path + "/connect"
        if let provider, provider.method.leadsAway {
            connectHint =
                "You go to \(provider.title) and allow it with an account of your own there, as your users will."
            // The demo's providers say who can allow them.
            if provider.categories.contains("demo"), !guide.utf8.isEmpty { (connectHint, guide) = (guide, "") }
        }
        let call = literal(integration.details.key) + ", \"user-1\"" + (provider?.codeOfOptions ?? "")
        pageCode = """
            <button id="connect">Connect</button>
            <script type="module">
            import Gatewright from \(literal(site.url("/sdk/gatewright.js")));
            const gatewright = new Gatewright({ publicKey: \(literal(desk.environment.publicKey)) });
            document.getElementById("connect").onclick = () => gatewright.auth(\(call));
            </script>
            """
    }
}
