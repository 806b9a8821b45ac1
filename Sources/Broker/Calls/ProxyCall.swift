import OAuth

/// What a company's backend wants of a provider's API, in the connection's name.
package struct ProxyAsk: Sendable {
    package let method: ProviderCall.Method
    /// Behind `/proxy/`, as it was sent, with its query.
    package let path: String
    /// Names in lower case; those of the caller that are meant for the provider.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// In place of the provider's own; nil for that.
    package let base: String?

    package init(
        method: ProviderCall.Method, path: String, headers: [(name: String, value: String)], body: [UInt8],
        base: String?
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.base = base
    }

    /// The pairs of a body that is a form (RFC 5849 §3.4.1.3.1).
    fileprivate var form: [(name: String, value: String)] {
        let type = headers.last { $0.name.utf8.elementsEqual("content-type".utf8) }?.value ?? ""
        let word = type.utf8.prefix { $0 != 0x3B && $0 != 0x20 }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        guard word.elementsEqual("application/x-www-form-urlencoded".utf8) else { return [] }
        return (try? ParameterList(form: body))?.pairs ?? []
    }
}

/// Why a proxy call cannot be made. The raw values are the wire's codes.
package enum ProxyProblem: String, Error, Sendable {
    case noBase = "missing_base_api_url"
    case badBase = "base_url_override_not_allowed"
    case missingValue = "url_param_err"
}

extension Provider {
    /// The call to make: the address filled, the credentials where this provider wants them, and nothing of the caller's
    /// that belongs to the hop between the two of us.
    package func proxy(
        _ ask: ProxyAsk, with credentials: Credentials, values: [String: String], client: ClientRegistration?,
        once: OAuth1.Once
    ) throws(ProxyProblem) -> ProviderCall {
        let values = values.merging(placeholders(of: credentials)) { _, own in own }
        let base = try base(ask.base, values)
        var path = ask.path
        for start in [base + "/", base] where path.utf8.starts(with: start.utf8) {
            path = String(decoding: path.utf8.dropFirst(start.utf8.count), as: UTF8.self)
        }
        var url = base + "/" + path
        url = FormText.url(url, try filled(api?.query ?? [], values))
        var headers = [(name: "user-agent", value: "Gatewright")]
        headers += credentials.headers
        if let signed = try signature(of: ask, url, credentials, values, client, once) {
            headers.append(("authorization", signed))
        }
        headers = Self.merged(
            headers,
            try filled(api?.headers ?? [], values).map { (Self.lowercased($0.name), $0.value) })
        headers = Self.merged(headers, ask.headers.filter { !Self.isOfTheHop($0.name) })
        return ProviderCall(method: ask.method, url: url, headers: headers, body: ask.body)
    }

    /// The `Authorization` header of a provider whose calls are signed one by one; nil for all others.
    private func signature(
        of ask: ProxyAsk, _ url: String, _ credentials: Credentials, _ values: [String: String],
        _ client: ClientRegistration?, _ once: OAuth1.Once
    ) throws(ProxyProblem) -> String? {
        switch (method, credentials) {
        case (.oauth1(let oauth1), .oauth1(let token, _)):
            return client.map { oauth1.authorization(ask.method, url, body: ask.form, token: token, client: $0, once) }
        case (.tba(let tba), .tba(let token, let consumer)):
            guard let client = consumer ?? client else { return nil }
            let realm = tba.realm(values)
            guard realm != nil || tba.realm == nil else { throw .missingValue }
            return tba.signature.header(
                ask.method, url, [], ask.form, client, token: token, realm: realm, once)
        default: return nil
        }
    }

    /// The call that proves credentials nobody has used yet; nil where the entry names none.
    package func proof(
        of credentials: Credentials, values: [String: String], client: ClientRegistration?, once: OAuth1.Once
    ) -> ProviderCall? {
        guard let path = api?.proof?.path else { return nil }
        let ask = ProxyAsk(
            method: .get, path: String(path.dropFirst()), headers: [("accept", "application/json")], body: [], base: nil
        )
        return try? proxy(ask, with: credentials, values: values, client: client, once: once)
    }

    /// What headers and queries of the entry may name.
    private func placeholders(of credentials: Credentials) -> [String: String] {
        guard case .made(let made) = credentials else { return credentials.placeholders }
        return method.typed.placeholders(made.typed).merging(credentials.placeholders) { _, token in token }
    }

    /// Those whose values are all there. One that lacks only what is optional, or credentials of another kind, stays
    /// out; without a value that the provider must have, the call would fail there, and not say why.
    private func filled(
        _ pairs: [(name: String, value: URLTemplate)], _ values: [String: String]
    ) throws(ProxyProblem) -> [(name: String, value: String)] {
        var all: [(name: String, value: String)] = []
        for pair in pairs {
            if let value = pair.value.filled(values) {
                all.append((pair.name, value))
            } else if pair.value.placeholders.contains(where: { values[$0] == nil && field($0)?.isOptional == false }) {
                throw .missingValue
            }
        }
        return all
    }

    private func base(_ override: String?, _ values: [String: String]) throws(ProxyProblem) -> String {
        var base: String
        if let override {
            guard let template = URLTemplate(override), AddressProblem(of: template) == nil,
                !override.utf8.starts(with: "{".utf8)
            else { throw .badBase }
            // Only what was checked to stay in its place: other values are any text, which could name another host, and
            // credentials have no business in a name that is looked up.
            let fitting = values.filter { field($0.key)?.format.fitsAddress == true }
            guard let filled = template.filled(fitting) else { throw .missingValue }
            base = filled
        } else {
            guard let api else { throw .noBase }
            guard let filled = api.base.filled(values) else { throw .missingValue }
            base = filled
        }
        while base.utf8.last == 0x2F { base.removeLast() }
        return base
    }

    /// The later ones in the place of earlier ones of the same name.
    private static func merged(
        _ first: [(name: String, value: String)], _ second: [(name: String, value: String)]
    ) -> [(name: String, value: String)] {
        first.filter { header in !second.contains { $0.name.utf8.elementsEqual(header.name.utf8) } } + second
    }

    static func lowercased(_ name: String) -> String {
        String(decoding: name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// RFC 9110 §7.6.1, and what libcurl sets itself.
    package static func isOfTheHop(_ name: String) -> Bool {
        [
            "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
            "trailer",
            "transfer-encoding", "upgrade", "host", "content-length", "expect",
        ].contains(lowercased(name))
    }
}

extension Credentials {
    fileprivate var placeholders: [String: String] {
        switch self {
        case .apiKey(let key): ["apiKey": key]
        case .basic(let username, let password): ["username": username, "password": password]
        case .oauth1, .tba, .none: [:]
        case .oauth2, .clientCredentials, .app, .made: ["accessToken": accessToken ?? ""]
        }
    }

    /// Where they stand unless the provider's entry says otherwise.
    var headers: [(name: String, value: String)] {
        switch self {
        case .basic(let username, let password):
            [("authorization", "Basic " + Base64.encoded((username + ":" + password).utf8))]
        case .oauth2, .clientCredentials, .app, .made: [("authorization", "Bearer " + (accessToken ?? ""))]
        case .oauth1, .apiKey, .tba, .none: []
        }
    }
}
