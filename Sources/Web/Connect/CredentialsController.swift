import Broker
import HTTPTypes
import Hummingbird
import Logging
import OAuth
import Storage

/// Connections that need no provider's page: the person's key or password comes with the request, and the answer is
/// JSON that a page of another origin may read.
struct CredentialsController {
    let site: Site

    func apiKey(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await connect(request, context, takes: ["API_KEY"])
    }

    func basic(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await connect(request, context, takes: ["BASIC"])
    }

    /// A provider that needs no credentials at all.
    func unauthenticated(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await connect(request, context, takes: ["NONE"])
    }

    /// The same at the current API's address, whose errors have another shape.
    func currentUnauthenticated(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await connect(request, context, takes: ["NONE"], isCurrent: true)
    }

    /// RFC 6749 §4.4, with the person's own client at the provider.
    func clientCredentials(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await connect(request, context, takes: ["OAUTH2_CC"], isCurrent: true)
    }

    /// Apple's App Store Connect at the address of the first clients; today's take it for any other signed token.
    func appStore(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await connect(request, context, takes: ["APP_STORE", "JWT"])
    }

    /// A key with which tokens are signed here (RFC 7519).
    func jwt(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await connect(request, context, takes: ["JWT", "APP_STORE"], isCurrent: true)
    }

    /// OAuth 1.0a with a token that the person made at the provider.
    func tba(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await connect(request, context, takes: ["TBA"], isCurrent: true)
    }

    /// Fields that the provider gives a token for.
    func twoStep(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await connect(request, context, takes: ["TWO_STEP"], isCurrent: true)
    }

    /// Browsers ask first, because the body is JSON. Which page may read the answer, the answer itself says.
    func preflight(_ request: Request, _ context: SiteContext) async throws -> Response {
        var response = Response(status: .noContent)
        guard request.headers[.origin] != nil else { return response }
        CrossOrigin.allow(request, nil, on: &response)
        response.headers[.known("Access-Control-Allow-Methods")] = "GET, POST, DELETE"
        response.headers[.known("Access-Control-Allow-Headers")] = "authorization, content-type"
        response.headers[.known("Access-Control-Max-Age")] = "600"
        return response
    }

    private func connect(
        _ request: Request, _ context: SiteContext, takes modes: Set<String>, isCurrent: Bool = false
    ) async throws -> Response {
        let key = context.text("integration")
        let budget = site.countConnect(request, context)
        var account: ConnectAccount?
        var ask: ConnectAsk?
        var response: Response
        do {
            try budget.check()
            let asked = try ConnectAsk(query: request.uri.query ?? "")
            ask = asked
            let found = try site.account(of: asked)
            account = found
            try CrossOrigin.check(request, found.origins)
            let entry = try await site.admit(asked, found, integration: key, isFinal: true)
            guard modes.contains(entry.provider.method.wireName) else {
                throw ConnectRefusal(.wrongMode(entry.provider.method.wireName))
            }
            let typed = try await ConnectBody(request).typed(entry.provider.method.typed)
            try await site.connect(entry, with: typed)
            response = .json(bytes: Self.answer(entry).bytes)
        } catch {
            let refusal = ConnectAnswer(site: site, request: request, context: context).refusal(error)
            context.logger.notice("connect refused", metadata: ["why": "\(refusal.machineCode)"])
            if let account, !(error is ConnectStart.Traced) {
                site.note(refusal, of: key, ask, in: account.environment)
            }
            response = site.refusal(refusal, isNested: ask?.sessionToken != nil || (isCurrent && ask?.publicKey == nil))
        }
        budget.write(to: &response.headers)
        CrossOrigin.allow(request, account?.origins, on: &response)
        return response
    }

    private static func answer(_ entry: ConnectEntry) -> JSONText {
        .object([
            ("providerConfigKey", .string(entry.integration.details.key)),
            ("connectionId", .string(entry.connectionID)),
        ])
    }
}

extension Site {
    /// Makes a connection of what a person typed, fetching a token first where the provider gives one for it.
    ///
    /// - Parameter typed: by the names that the wire format has for them.
    func connect(_ entry: ConnectEntry, with typed: [String: String]) async throws {
        var trace = connectTrace(
            of: entry.integration.details.key, provider: entry.provider.key, connectionID: entry.connectionID,
            in: entry.environment)
        trace.add("The request was accepted.", [("by", entry.proofInWords)], at: now())
        do {
            let credentials = try await credentials(typed, for: entry, &trace)
            let test = await test(
                credentials, values: entry.allValues, client: try store.registration(of: entry.integration),
                at: entry.provider, for: entry.environment.tenant)
            trace.add(test, at: now())
            if case .refused(let problem) = test?.outcome { throw ConnectRefusal(.credentialsRefused(problem)) }
            try await save(
                credentials, entry.connectionID, of: entry.integration, in: entry.environment, values: entry.values,
                session: entry.session?.id, isProven: entry.isProven, trace)
        } catch let refusal as ConnectRefusal {
            trace.fail(refusal, at: now())
            try await store.record(trace)
            throw ConnectStart.Traced(refusal)
        }
    }

    private func credentials(
        _ typed: [String: String], for entry: ConnectEntry, _ trace: inout Trace
    ) async throws -> Credentials {
        let step = try entry.provider.credentials(
            from: typed, values: entry.allValues, scopes: entry.scopes,
            client: try store.registration(of: entry.integration), at: now())
        switch step {
        case .ready(let credentials): return credentials
        case .ask(let call):
            let answer = await outside.call(call.made(for: entry.environment.tenant))
            trace.add("Asked the provider for a token.", answer.detail(of: call.url), at: now())
            switch entry.provider.credentials(from: typed, answer: answer, at: now()) {
            case .success(let credentials): return credentials
            case .failure(.gone(let why)): throw ConnectRefusal(.credentialsRefused(why))
            case .failure(let trouble): throw ConnectRefusal(.noToken(trouble.reason))
            }
        }
    }
}

/// The JSON that a page posts with somebody's credentials.
struct ConnectBody {
    private let value: JSONValue

    init(_ request: Request) async throws {
        let bytes = try await request.body.collect(upTo: 64 * 1024)
        guard bytes.readableBytes > 0 else {
            value = .object([])
            return
        }
        guard let value = JSONValue(Array(bytes.readableBytesView)), case .object = value else {
            throw ConnectRefusal(.unreadableBody)
        }
        self.value = value
    }

    /// What it has of these, by their names.
    func typed(_ fields: [CredentialField]) throws -> [String: String] {
        var typed: [String: String] = [:]
        for field in fields {
            guard let text = field.text(value[field.name]) else { throw ConnectRefusal(.missingCredential(field.name)) }
            typed[field.name] = text
        }
        return typed
    }
}

/// Which pages of other origins may call and read (the Fetch standard's CORS).
enum CrossOrigin {
    /// Refuses a page that the environment does not list, before anything is done for it.
    static func check(_ request: Request, _ origins: OriginPolicy) throws {
        guard let header = request.headers[.origin] else { return }
        guard let origin = WebOrigin(header) else {
            // A sandboxed frame says `null`; where nobody is listed that is as good as any other.
            guard origins.mayReadAny else { throw ConnectRefusal(.originNotAllowed) }
            return
        }
        guard origins.mayRead(origin) else { throw ConnectRefusal(.originNotAllowed) }
    }

    /// - Parameter origins: nil while nothing is known of the environment: then what is said is nobody's secret.
    static func allow(_ request: Request, _ origins: OriginPolicy?, on response: inout Response) {
        guard let header = request.headers[.origin] else { return }
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        let mayRead = origins.map { policy in WebOrigin(header).map(policy.mayRead) ?? policy.mayReadAny } ?? true
        // A refused page is told why: the refusal holds nothing else.
        guard mayRead || response.status.kind == .clientError else { return }
        response.headers[.accessControlAllowOrigin] = origins.map(\.mayReadAny) ?? true ? "*" : header
        response.headers[.known("Access-Control-Expose-Headers")] =
            "Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
    }
}
