/// How an entry says that a provider is told of what nobody uses any more.
extension ProviderEntry {
    /// `revocation_url` for RFC 7009 in the way of the token call, or `revocation` where something differs.
    static func revocation(
        _ part: inout YAMLMapping, _ client: OAuth2.Token.ClientPlace, _ body: OAuth2.Token.BodyFormat,
        _ renamed: [String: String], _ headers: [(name: String, value: String)]
    ) -> OAuth2.Revocation? {
        let plain = part.templates("revocation_url")
        if let own = revocation(&part) { return own }
        guard !plain.isEmpty else { return nil }
        return OAuth2.Revocation(
            method: .post, url: plain, which: .refresh, place: body == .json ? .json : .form, parameter: "token",
            client: OAuth2.Revocation.Client(rawValue: client.rawValue) ?? .basic, parameters: [], renamed: renamed,
            headers: headers.compactMap { header in URLTemplate(header.value).map { (header.name, $0) } })
    }

    /// `revocation: {method: delete, url: …}`.
    static func revocation(_ part: inout YAMLMapping) -> OAuth2.Revocation? {
        guard var own = part.mapping("revocation") else { return nil }
        defer { own.refuseUnknown() }
        let headers = templates("headers", of: &own)
        for (name, template) in headers where template.placeholders.contains(where: { $0 != "token" }) {
            own.refuse("headers", "\"\(name)\" may hold {token} and no other name")
        }
        let place = own.choice("place", default: OAuth2.Revocation.Place.form)
        let parameters = own.pairs("parameters")
        if place == .header, !parameters.isEmpty || !headers.contains(where: { $0.value.placeholders == ["token"] }) {
            own.refuse("place", "is header: one of headers must hold {token}, and no parameters are sent")
        }
        return OAuth2.Revocation(
            method: own.choice("method", default: .post), url: own.requiredTemplates("url"),
            which: own.choice("of", default: .refresh), place: place, parameter: own.text("parameter") ?? "token",
            client: own.choice("client", default: .none), parameters: parameters, renamed: renamed(&own),
            headers: headers)
    }
}
