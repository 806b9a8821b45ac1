import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/env/{environment}/settings`: who may connect, and from where.
struct EnvironmentSettingsController {
    let site: Site

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        return try site.page(try site.settingsPage(desk), request, context)
    }

    /// The first key, or another in its place.
    func rotateHMAC(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.confirmedForm(request, context, part: "hmac-title")
        let desk = try await site.desk(context)
        // There is nothing to overlap with a first key.
        guard let overlap = try desk.environment.hasHMACKey ? SecretOverlap(rawValue: sent.text("overlap")) : .now
        else { throw Failure.badRequest("Choose how long the old key works on.") }
        let now = site.now()
        let key = try await site.store.rotateHMACKey(
            of: desk.environment, overlap: overlap.seconds, by: desk.actor,
            from: site.clientAddress(of: request, context), at: now)
        guard let key else { return site.redirect(to: desk.path + "/settings#main", saying: .signingKeysOverlap) }
        var page = try site.settingsPage(try await site.desk(context))
        page.hmacKey = key
        if desk.environment.hasHMACKey { page.keyNote = overlap.wordsOfNewKey(at: now) }
        return try site.page(page, request, context)
    }

    /// The key, once: the page is the answer to the form, so no address shows it.
    func revealHMAC(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context, part: "hmac-title")
        let desk = try await site.desk(context)
        guard let key = try site.store.hmacKeys(of: desk.environment.id, at: site.now()).first else {
            throw Failure.notFound
        }
        try await site.noteReveal(of: "HMAC key", in: desk, from: site.clientAddress(of: request, context))
        var page = try site.settingsPage(desk)
        page.hmacKey = key
        return try site.page(page, request, context)
    }

    /// On only by somebody who was told how many requests would have been refused.
    func require(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let isRequired = try sent.text("required").utf8.elementsEqual("yes".utf8)
        let isUnderstood = try sent.text("understood").utf8.elementsEqual("yes".utf8)
        try await site.confirm(sent, request, context, part: isRequired && !isUnderstood ? "hmac-title" : nil)
        let desk = try await site.desk(context)
        guard !isRequired || isUnderstood else {
            var page = try site.settingsPage(desk)
            page.isTurningOn = page.hasHMACKey && !page.requiresHMAC
            return try site.page(page, request, context)
        }
        let isDone = try await site.store.requireHMAC(
            isRequired, in: desk.environment, by: desk.actor, from: site.clientAddress(of: request, context),
            at: site.now())
        guard isDone else { return site.redirect(to: desk.path + "/settings", saying: .hmacKeyMissing) }
        return site.redirect(to: desk.path + "/settings", saying: isRequired ? .hmacRequired : .hmacNotRequired)
    }

    func setOrigins(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.confirmedForm(request, context)
        let desk = try await site.desk(context)
        let typed = try sent.text("origins")
        let lines = typed.utf8.split { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 || $0 == 0x2C }
            .map { String(decoding: $0, as: UTF8.self) }
        let wrong = lines.first { !Self.isOrigin($0) }
        guard wrong == nil, lines.count <= 50 else {
            var page = try site.settingsPage(desk)
            page.origins = typed
            let problem = Problem(
                "origins",
                wrong.map {
                    "“\($0.prefix(100))” is no origin. Enter scheme and host, and the port if there is one: "
                        + "https://app.example.com (http:// only for localhost)."
                } ?? "Enter at most 50 origins.")
            return try site.page(page, request, context, problems: [problem])
        }
        try await site.store.setAllowedOrigins(
            lines, of: desk.environment, by: desk.actor, from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(to: desk.path + "/settings", saying: .environmentSaved)
    }

    func setCallback(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.confirmedForm(request, context)
        let desk = try await site.desk(context)
        let typed = try sent.text("callback")
        guard typed.utf8.isEmpty || CallbackAddress.isSound(typed) else {
            var page = try site.settingsPage(desk)
            page.callback = typed
            let problem = Problem(
                "callback",
                "Enter an address that begins with https://, without # (http:// only for 127.0.0.1 and localhost).")
            return try site.page(page, request, context, problems: [problem])
        }
        try await site.store.setCallback(
            typed.utf8.isEmpty ? nil : typed, of: desk.environment, by: desk.actor,
            from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(to: desk.path + "/settings", saying: .environmentSaved)
    }

    /// Scheme, host and perhaps a port, as browsers write it.
    private static func isOrigin(_ text: String) -> Bool {
        WebOrigin(text)?.text.utf8.elementsEqual(text.utf8) ?? false && CallbackAddress.isSound(text + "/")
    }
}

extension SecretOverlap {
    /// What a new key means for the one before it.
    func wordsOfNewKey(at now: Instant) -> String {
        let end = self == .now ? "no longer" : "until \(CivilDate(now + seconds).dayAndClock)"
        return "This is the new key. The one before it works \(end)."
    }
}

extension Site {
    /// That somebody looked at a key that signs.
    func noteReveal(of key: String, in desk: Desk, from address: String) async throws {
        let subject = AuditSubject(.environment, id: desk.environment.id.text, name: desk.environment.name)
        let event = AuditEvent(
            .environmentKeyRevealed, by: desk.actor, on: subject, in: desk.admin.tenant.id, detail: ["key": key],
            from: address)
        try await store.record(event, at: now())
    }

    func settingsPage(_ desk: Desk) throws -> EnvironmentSettingsPage {
        let now = now()
        let (environment, path) = (desk.environment, desk.path + "/settings")
        let keys = try store.keys(of: environment, at: now)
        let own = url("/oauth/callback")
        var page = EnvironmentSettingsPage(
            top: top(of: desk, at: .settings), publicKey: environment.publicKey,
            keys: keys.map { EnvironmentSettingsPage.Key($0, below: path + "/keys", at: now) },
            canAddKey: keys.count < BrokerEnvironment.mostKeys,
            scopes: BrokerScope.allCases.map { Choice(value: $0.rawValue, label: $0.title) },
            variablesPath: path + "/variables", hasHMACKey: environment.hasHMACKey,
            requiresHMAC: environment.requiresHMAC,
            hmacCode: "printf %s 'github:user-42' | openssl dgst -sha256 -hmac \"$GATEWRIGHT_HMAC_KEY\"",
            origins: try store.allowedOrigins(of: environment.id).joined(separator: "\n"),
            callback: environment.callbackURL ?? "", ownCallback: own,
            nginx: Self.nginx(environment.callbackURL, to: own), keysPath: path + "/keys", hmacPath: path + "/hmac",
            requirePath: path + "/hmac/require", revealPath: path + "/hmac/reveal", originsPath: path + "/origins",
            callbackPath: path + "/callback", deletePath: desk.path + "/delete")
        page.isMakingKey = keys.isEmpty
        let variables = try store.variableNames(of: environment).names.count
        if variables > 0 { page.variables = counted(Int64(variables), "variable") }
        let week: Int64 = 7
        let (calls, signed) = try store.connectCalls(of: environment, since: now.day - week + 1)
        page.signedCalls =
            calls == 0
            ? "Nobody began a connection in the last \(week) days."
            : "\(signed) of the \(calls) requests of the last \(week) days had a valid digest, signature or session."
        return page
    }

    /// The lines for whoever puts an address of their own in front.
    private static func nginx(_ callback: String?, to own: String) -> String {
        let path = (callback ?? "https://example.com/oauth/callback").utf8.split(
            separator: 0x2F, maxSplits: 3, omittingEmptySubsequences: false)
        let place = path.count > 3 ? "/" + String(decoding: path[3].prefix { $0 != 0x3F }, as: UTF8.self) : "/"
        return """
            location = \(place) {
                return 308 \(own)$is_args$args;
            }
            """
    }
}

extension EnvironmentSettingsPage.Key {
    fileprivate init(_ key: EnvironmentKeySummary, below path: String, at now: Instant) {
        let own = "\(path)/\(key.id.text)"
        self.init(
            name: key.name, hint: key.hint, scopes: key.scopes.isEmpty ? ["Everything"] : key.scopes.map(\.title),
            signsWebhooks: key.signsWebhooks, created: .day(key.createdAt), createdBy: key.createdBy,
            hasMakerLeft: key.hasMakerLeft,
            lastUsed: key.lastUsedAt.map { .relative($0, at: now) }, ends: key.expiresAt.map { .exact($0) },
            id: key.id.text,
            rotatePath: key.expiresAt == nil ? own + "/rotate" : "", revokePath: own + "/revoke")
    }
}
