import OAuth

/// Reads one entry of a provider file. Each part asks for its keys and leaves what is wrong in the log.
struct ProviderEntry {
    private enum Auth: String, CaseIterable {
        case oauth2, oauth1, apiKey = "api_key", basic, app, jwt, tba
        case appStore = "app_store"
        case twoStep = "two_step"
        case clientCredentials = "client_credentials"
        case unauthenticated = "none"
    }

    private(set) var provider: Provider?

    init(_ key: String, _ entry: YAMLMapping, log: ProblemLog) {
        var entry = entry
        if !Self.isKey(key) {
            log.add(entry.line, key, "a provider's key has lower-case letters, digits and hyphens, at most 64")
        }
        let fields = Self.fields(&entry)
        let title = entry.requiredText("title")
        let documentation = entry.requiredText("docs")
        let categories = entry.texts("categories")
        let guide = entry.text("guide")
        if entry.text("auth") == nil { entry.refuse("auth", "is missing") }
        let method = Self.method(&entry)
        let api = Self.api(&entry)
        entry.refuseUnknown()
        guard let method else { return }
        let provider = Provider(
            key: key, title: title, categories: categories, documentation: documentation, guide: guide,
            method: method, api: api, fields: fields)
        Self.checkPlaceholders(of: provider, entry)
        self.provider = provider
    }

    private static func isKey(_ key: String) -> Bool {
        (1...64).contains(key.utf8.count)
            && key.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    private static func method(_ entry: inout YAMLMapping) -> Provider.Method? {
        switch entry.choice("auth", default: Auth.oauth2) {
        case .oauth2: oauth2(&entry).map(Provider.Method.oauth2)
        case .oauth1: oauth1(&entry).map(Provider.Method.oauth1)
        case .clientCredentials: token(&entry).map(Provider.Method.clientCredentials)
        case .apiKey: .apiKey
        case .basic: .basic(basic(&entry))
        case .app: app(&entry).map(Provider.Method.app)
        case .jwt: jwt(&entry, isAppStore: false).map(Provider.Method.jwt)
        case .appStore: jwt(&entry, isAppStore: true).map(Provider.Method.jwt)
        case .twoStep: twoStep(&entry).map(Provider.Method.twoStep)
        case .tba: .tba(tba(&entry))
        case .unauthenticated: .unauthenticated
        }
    }

    private static func oauth2(_ entry: inout YAMLMapping) -> OAuth2? {
        let authorize = authorize(&entry)
        let token = token(&entry)
        var kept = entry.mapping("keep")
        let fromToken = kept?.texts("from_token") ?? []
        let fromCallback = kept?.texts("from_callback") ?? []
        kept?.refuseUnknown()
        guard let authorize, let token else { return nil }
        return OAuth2(authorize: authorize, token: token, keptFromToken: fromToken, keptFromCallback: fromCallback)
    }

    private static func authorize(_ entry: inout YAMLMapping) -> OAuth2.Authorize? {
        guard var part = entry.requiredMapping("authorize") else { return nil }
        defer { part.refuseUnknown() }
        let scopes = part.texts("default_scopes")
        for scope in scopes where Scope(scope) == nil {
            part.refuse("default_scopes", "\"\(scope)\" is not a scope (RFC 6749 §3.3)")
        }
        return OAuth2.Authorize(
            url: part.requiredTemplates("url"),
            parameters: part.pairs("parameters"),
            renamed: renamed(&part),
            omitted: Set(part.texts("omit")),
            scopeSeparator: part.text("scope_separator") ?? " ",
            defaultScopes: scopes,
            sendsPKCE: part.flag("pkce", default: true),
            codeName: part.text("code_name") ?? "code",
            issuer: part.text("issuer"))
    }

    static func token(_ entry: inout YAMLMapping) -> OAuth2.Token? {
        guard var part = entry.requiredMapping("token") else { return nil }
        defer { part.refuseUnknown() }
        let url = part.requiredTemplates("url")
        let refreshURL = part.templates("refresh_url")
        let parameters = part.pairs("parameters")
        let client = part.choice("client", default: OAuth2.Token.ClientPlace.body)
        let body = part.choice("body", default: OAuth2.Token.BodyFormat.form)
        let renamed = renamed(&part)
        let headers = part.pairs("headers")
        return OAuth2.Token(
            url: url,
            refreshURL: refreshURL.isEmpty ? url : refreshURL,
            parameters: parameters,
            refreshParameters: part.pairs("refresh_parameters"),
            renamed: renamed,
            headers: headers,
            client: client,
            body: body,
            expiryUnit: part.choice("expires_in", default: .seconds),
            nestedUnder: part.text("nested_under"),
            refreshesBefore: part.seconds("refresh_before") ?? 900,
            assumedLifetime: part.seconds("assumed_lifetime"),
            revocation: revocation(&part, client, body, renamed, headers))
    }

    static func renamed(_ part: inout YAMLMapping) -> [String: String] {
        Dictionary(part.pairs("rename").map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    private static func oauth1(_ entry: inout YAMLMapping) -> OAuth1? {
        var request = entry.requiredMapping("request_token")
        var authorize = entry.requiredMapping("authorize")
        var token = entry.requiredMapping("token")
        let requestURL = request?.requiredTemplates("url").first
        let authorizeURL = authorize?.requiredTemplates("url").first
        let tokenURL = token?.requiredTemplates("url").first
        let requestParameters = request?.pairs("parameters") ?? []
        let authorizeParameters = authorize?.pairs("parameters") ?? []
        let signature = entry.choice("signature", default: OAuth1.SignatureMethod.hmacSHA1)
        request?.refuseUnknown()
        authorize?.refuseUnknown()
        token?.refuseUnknown()
        guard let requestURL, let authorizeURL, let tokenURL else { return nil }
        return OAuth1(
            requestURL: requestURL, requestParameters: requestParameters, authorizeURL: authorizeURL,
            authorizeParameters: authorizeParameters, tokenURL: tokenURL, signature: signature)
    }

    private static func app(_ entry: inout YAMLMapping) -> AppInstallation? {
        var install = entry.requiredMapping("install")
        var token = entry.requiredMapping("token")
        let installURL = install?.requiredTemplates("url").first
        let tokenURL = token?.requiredTemplates("url").first
        install?.refuseUnknown()
        token?.refuseUnknown()
        let owner = installationOwner(&entry)
        guard let installURL, let tokenURL else { return nil }
        return AppInstallation(installURL: installURL, tokenURL: tokenURL, owner: owner)
    }

    private static func api(_ entry: inout YAMLMapping) -> Provider.API? {
        guard var part = entry.mapping("api") else { return nil }
        defer { part.refuseUnknown() }
        return Provider.API(
            base: part.requiredTemplates("base"), headers: templates("headers", of: &part),
            query: templates("query", of: &part), proof: proof(of: &part), pauses: pauses(of: &part))
    }

    private static func pauses(of part: inout YAMLMapping) -> Provider.Pauses {
        var retry = part.mapping("retry")
        defer { retry?.refuseUnknown() }
        func names(_ key: String) -> [String] { (retry?.texts(key) ?? []).map(Provider.lowercased) }
        return Provider.Pauses(after: names("after"), at: names("at"), remaining: names("remaining"))
    }

    /// `verify: /v1/models`, and `verify_refused: [401, 403]` where more than 401 means that the credentials are wrong.
    private static func proof(of part: inout YAMLMapping) -> Provider.Proof? {
        let path = part.text("verify")
        let texts = part.texts("verify_refused")
        let statuses = texts.compactMap { Int($0) }.filter { (400...499).contains($0) }
        if statuses.count != texts.count || (path == nil && !texts.isEmpty) {
            part.refuse("verify_refused", "must be statuses from 400 to 499, beside verify")
        }
        guard let path else { return nil }
        if !path.utf8.starts(with: "/".utf8) || !path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            part.refuse("verify", "must be a path behind the base, which begins with /")
        }
        return Provider.Proof(path: path, refusing: statuses.isEmpty ? [401] : Set(statuses))
    }

    static func templates(_ key: String, of part: inout YAMLMapping) -> [(name: String, value: URLTemplate)] {
        part.pairs(key).compactMap { pair in
            guard let template = URLTemplate(pair.value) else {
                part.refuse(key, "\"\(pair.name)\" has a brace that is not part of a {name}")
                return nil
            }
            return (pair.name, template)
        }
    }

    private static func fields(_ entry: inout YAMLMapping) -> [ConnectionField] {
        guard var part = entry.mapping("fields") else { return [] }
        return part.members().map { name, mapping in
            var field = mapping
            defer { field.refuseUnknown() }
            return ConnectionField(
                name: name, title: field.requiredText("title"), explanation: field.text("explanation"),
                example: field.text("example"), prefix: field.text("prefix"), suffix: field.text("suffix"),
                format: field.choice("format", default: .label), choices: field.texts("choices"),
                hosts: field.texts("hosts"), isOptional: field.flag("optional", default: false),
                isSecret: field.flag("secret", default: false), source: field.choice("from", default: .person))
        }
    }

    /// Every placeholder must have a field that fits where it stands, and a value in a host must be held by the
    /// provider's own domain behind it.
    private static func checkPlaceholders(of provider: Provider, _ entry: YAMLMapping) {
        let own = provider.method.typed.flatMap(\.placeholderNames)
        for name in own where provider.field(name) != nil {
            entry.refuse("fields", "has \"\(name)\", which is a credential of the entry already")
        }
        let known = provider.credentialNames + provider.fields.map(\.name)
        for (name, template) in (provider.api?.headers ?? []) + (provider.api?.query ?? []) {
            for placeholder in template.placeholders where !known.contains(placeholder) {
                entry.refuse(
                    "api",
                    "\"\(name)\" asks for \"\(placeholder)\", which is no field and none of accessToken, apiKey, username, password"
                )
            }
        }
        for template in provider.addresses {
            let ownNames = provider.method.ownNames(in: template)
            for name in template.placeholders where !ownNames.holds(name) {
                guard let field = provider.field(name) else {
                    entry.refuse("fields", "has no \"\(name)\", which \(template.text) asks for")
                    continue
                }
                if !field.format.fitsAddress {
                    entry.refuse("fields", "\"\(name)\" is free text and cannot stand in \(template.text)")
                }
            }
            guard let name = template.placeholderEndingHost, let field = provider.field(name) else { continue }
            if field.choices.isEmpty, field.hosts.isEmpty {
                entry.refuse("fields", "\"\(name)\" ends the host of \(template.text): it needs choices or hosts")
            }
        }
    }
}

extension Provider {
    package func field(_ name: String) -> ConnectionField? {
        fields.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    /// What templates may name of credentials, of whatever kind.
    var credentialNames: [String] {
        ["accessToken", "apiKey", "username", "password"] + method.typed.flatMap(\.placeholderNames)
    }

    /// Every address of the entry that a call or a browser is sent to.
    package var addresses: [URLTemplate] {
        let method: [URLTemplate] =
            switch self.method {
            case .oauth2(let oauth2): oauth2.authorize.url + oauth2.token.addresses
            case .oauth1(let oauth1): [oauth1.requestURL, oauth1.authorizeURL, oauth1.tokenURL]
            case .clientCredentials(let token): token.addresses
            case .twoStep(let twoStep): twoStep.url + (twoStep.revocation?.url ?? [])
            case .apiKey, .basic, .jwt, .tba, .unauthenticated: []
            case .app(let app):
                [app.installURL, app.tokenURL] + (app.owner?.addresses ?? [])
            }
        return method + (api?.base ?? [])
    }
}

extension Provider.Method {
    /// Names in an address that no field stands behind.
    fileprivate func ownNames(in address: URLTemplate) -> [String] {
        if case .app(let app) = self { app.owner?.ownNames(in: address) ?? [] } else { [] }
    }
}

extension OAuth2.Token {
    /// Every address that is called with it.
    var addresses: [URLTemplate] { url + refreshURL + (revocation?.url ?? []) }
}
