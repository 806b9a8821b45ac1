import OAuth

/// The kinds whose credentials are named by the entry itself.
extension ProviderEntry {
    /// - Parameter isAppStore: the credentials are those of the wire's own address for it.
    static func jwt(_ entry: inout YAMLMapping, isAppStore: Bool) -> JWTSigning? {
        let credentials = isAppStore ? JWTSigning.appStoreCredentials : credentials(&entry)
        guard var part = entry.requiredMapping("jwt") else { return nil }
        defer { part.refuseUnknown() }
        let algorithm = part.choice("algorithm", default: JWTSigning.Algorithm.es256)
        let encoding = part.choice("key_encoding", default: JWTSigning.KeyEncoding.text)
        if algorithm != .hs256, encoding != .text {
            part.refuse("key_encoding", "is for HS256 alone: the other algorithms take a key in PEM")
        }
        let header = templates("header", of: &part)
        let claims = templates("claims", of: &part)
        let lifetime = part.seconds("lifetime")
        if lifetime == nil { part.refuse("lifetime", "is missing: how many seconds a token may live") }
        guard let key = URLTemplate(part.requiredText("key")), key.placeholders.count == 1 else {
            part.refuse("key", "must name the credential that signs, such as \"{privateKey}\"")
            return nil
        }
        check([("key", key)] + header + claims, credentials, in: part, entry)
        return JWTSigning(
            credentials: credentials, algorithm: algorithm, key: key, keyEncoding: encoding, header: header,
            claims: claims, lifetime: lifetime ?? 60, kind: isAppStore ? .appStore : .jwt)
    }

    static func twoStep(_ entry: inout YAMLMapping) -> TwoStep? {
        let credentials = credentials(&entry)
        guard var part = entry.requiredMapping("token") else { return nil }
        defer { part.refuseUnknown() }
        let parameters = templates("parameters", of: &part)
        let headers = templates("headers", of: &part)
        check(parameters + headers, credentials, in: part, entry)
        return TwoStep(
            credentials: credentials, url: part.requiredTemplates("url"), parameters: parameters, headers: headers,
            body: part.choice("body", default: .json), token: part.requiredText("token_at"),
            expiresIn: part.text("expires_in_at"), expiresAt: part.text("expires_at_at"),
            expiryUnit: part.choice("expires_in", default: .seconds),
            assumedLifetime: part.seconds("assumed_lifetime"), refreshesBefore: part.seconds("refresh_before") ?? 300,
            revocation: revocation(&part))
    }

    static func tba(_ entry: inout YAMLMapping) -> TokenBased {
        let realm = entry.text("realm")
        let template = realm.flatMap { URLTemplate($0) }
        if realm != nil, template == nil { entry.refuse("realm", "has a brace that is not part of a {name}") }
        check([("realm", template)].compactMap { name, value in value.map { (name, $0) } }, [], in: entry, entry)
        let signature = entry.choice("signature", default: OAuth1.SignatureMethod.hmacSHA256)
        return TokenBased(
            signature: signature, realm: template, realmStyle: entry.choice("realm_style", default: .plain))
    }

    /// Many providers take a key where HTTP Basic has a user name. What the entry does not name, no page asks for.
    static func basic(_ entry: inout YAMLMapping) -> [CredentialField] {
        let plain = CredentialField.userNameAndPassword
        guard var part = entry.mapping("credentials") else { return plain }
        let named = credentials(in: &part, of: entry)
        for field in named where !plain.contains(where: { $0.name.isSame(as: field.name) }) {
            entry.refuse("credentials", "has \"\(field.name)\"; with auth: basic there are username and password")
        }
        if !named.contains(where: { $0.name.isSame(as: "username") }) {
            entry.refuse("credentials", "must say what username is")
        }
        return plain.map { field in
            named.first { $0.name.isSame(as: field.name) }
                ?? CredentialField(
                    field.name, field.title, isSecret: field.isSecret, isOptional: true, isForPrograms: true)
        }
    }

    /// `credentials: {apiKey: {title: API key, secret: true}}`.
    private static func credentials(_ entry: inout YAMLMapping) -> [CredentialField] {
        guard var part = entry.requiredMapping("credentials") else { return [] }
        return credentials(in: &part, of: entry)
    }

    private static func credentials(in part: inout YAMLMapping, of entry: YAMLMapping) -> [CredentialField] {
        let fields = part.members().map { name, mapping in
            var field = mapping
            defer { field.refuseUnknown() }
            return CredentialField(
                name, field.requiredText("title"), explanation: field.text("explanation"),
                example: field.text("example"), shape: field.choice("shape", default: .line),
                isSecret: field.flag("secret", default: false), isOptional: field.flag("optional", default: false))
        }
        if !fields.contains(where: \.isSecret) {
            entry.refuse("credentials", "has nothing with secret: true, so anybody could connect")
        }
        return fields
    }

    private static func check(
        _ pairs: [(name: String, value: URLTemplate)], _ credentials: [CredentialField], in part: YAMLMapping,
        _ entry: YAMLMapping
    ) {
        let known = credentials.flatMap(\.placeholderNames) + entry.names(in: "fields")
        for (name, template) in pairs {
            for placeholder in template.placeholders where !known.contains(placeholder) {
                part.refuse(name, "asks for \"\(placeholder)\", which is no credential and no field of the entry")
            }
        }
    }
}
