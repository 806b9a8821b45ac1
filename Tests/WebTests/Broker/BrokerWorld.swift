import Broker
import Foundation
import HTTPTypes
import OAuth
import Outbound
import Portal
import Storage
import Testing
import Web

/// Acme's `dev` environment with a secret key, at a site that calls real addresses, and a provider on this machine.
final class BrokerWorld: Sendable {
    let site: TestSite
    let provider: LoopbackProvider
    let environment: BrokerEnvironment
    let key: String
    var store: Store { site.store }

    /// - Parameters:
    ///   - allows: whether calls may go to this machine.
    ///   - patience: in milliseconds, for a call; long, since many tests share the machine.
    init(
        _ behaviour: LoopbackProvider.Behaviour = .rotates(), allows: Bool = true, patience: Int = 300_000,
        rate: Int64? = nil
    ) async throws {
        provider = try await LoopbackProvider(behaviour)
        let caller = OutboundCaller(
            limits: OutboundLimits(connect: patience, total: patience, idle: patience, wait: patience),
            allowsPlainHTTP: true,
            allows: { bytes, _ in allows || NetworkAddress(bytes)?.isPublic == true })
        let file = ProviderFile(Self.catalogue(provider.url))
        #expect(file.problems.isEmpty, "\(file.problems)")
        let outside = Outside(
            providers: ProviderCatalogue(file.providers),
            call: { call in
                switch await caller.call(Self.request(call)) {
                case .response(let status, _, let body): .response(status: status, body: body)
                case .failed(let failure): .failed(ProviderAnswer.Failure(rawValue: failure.rawValue) ?? .broken)
                }
            },
            proxy: { call, unpacks in
                switch await caller.open(Self.request(call, unpacks: unpacks)) {
                case .response(let status, let headers, let body):
                    .response(status: status, headers: headers, body: ProxyBody { try await Self.next(of: body) })
                case .failed(let failure): .failed(ProviderAnswer.Failure(rawValue: failure.rawValue) ?? .broken)
                }
            })
        site = try await TestSite(metricsReaders: ["127.0.0.1"], outside: outside, brokerRate: rate)
        let acme = try site.cast.acme
        _ = try await site.store.environments(of: acme.id, at: site.clock.now)
        environment = try #require(try site.store.environment("dev", of: acme.id))
        let secret = Secret<EnvironmentKey>.random()
        _ = try await site.store.addKey(
            secret, EnvironmentKeyDraft(name: "Backend", signsWebhooks: true), to: environment, by: .system,
            at: site.clock.now)
        key = secret.reveal()
    }

    private static func request(_ call: ProviderCall, unpacks: Bool = false) -> OutboundRequest {
        OutboundRequest(
            method: call.method.rawValue, url: call.url, headers: call.headers, body: call.body, unpacks: unpacks,
            owner: call.owner)
    }

    private static func next(of body: OutboundBody) async throws -> [UInt8]? {
        do {
            return try await body.next()
        } catch let failure as OutboundAnswer.Failure {
            throw ProxyBody.Cut(failure: ProviderAnswer.Failure(rawValue: failure.rawValue) ?? .broken)
        }
    }

    private static func catalogue(_ url: String) -> String {
        """
        photos:
          title: Photos
          docs: https://photos.example/docs
          auth: oauth2
          authorize: {url: "\(url)/authorize"}
          token: {url: "\(url)/token", revocation_url: "\(url)/revoke"}
          api: {base: "\(url)/api"}
        zen:
          title: Zen
          docs: https://zen.example/docs
          auth: oauth2
          authorize: {url: "https://{subdomain}.zen.example/authorize"}
          token: {url: "\(url)/token"}
          api: {base: "https://{subdomain}.zen.example"}
          fields: {subdomain: {title: Subdomain, format: label}}
        machine:
          title: Machine
          docs: https://machine.example/docs
          auth: client_credentials
          token: {url: "\(url)/token", client: basic}
          api: {base: "\(url)/api"}
        proven:
          title: Proven
          docs: https://proven.example/docs
          auth: api_key
          api: {base: "\(url)/api", headers: {x-api-key: "{apiKey}"}, verify: /me}
        keyed:
          title: Keyed
          docs: https://keyed.example/docs
          auth: api_key
          api: {base: "\(url)/api", headers: {x-api-key: "{apiKey}", x-developer: "{developer}"}}
          fields: {developer: {title: Developer key, format: word, from: integration, secret: true}}
        mail:
          title: Mail
          docs: https://mail.example/docs
          auth: api_key
          api:
            base: "\(url)/api"
            headers: {x-api-key: "{apiKey}"}
            retry: {after: X-Come-Back-In, at: x-come-back-at, remaining: x-left}
        metrics:
          title: Metrics
          docs: https://metrics.example/docs
          auth: api_key
          api: {base: "\(url)/api", headers: {x-api-key: "{apiKey}", x-app-key: "{app_key}"}}
          fields: {app_key: {title: Application key, format: text, secret: true}}
        shop:
          title: Shop
          docs: https://shop.example/docs
          auth: basic
          credentials: {username: {title: API key, secret: true}}
          api: {base: "\(url)/api"}
        store:
          title: Store
          docs: https://store.example/docs
          auth: app_store
          jwt:
            key: "{privateKey}"
            header: {kid: "{privateKeyId}"}
            claims: {iss: "{issuerId}", aud: store-v1, scope: "{scope}"}
            lifetime: 1200
          api: {base: "\(url)/api", verify: /apps}
        blog:
          title: Blog
          docs: https://blog.example/docs
          auth: jwt
          credentials: {privateKey: {title: Admin key, shape: pair, secret: true}}
          jwt: {algorithm: HS256, key: "{privateKey.secret}", key_encoding: hex, header: {kid: "{privateKey.id}"}, lifetime: 300}
          api: {base: "\(url)/api", headers: {authorization: "Blog {accessToken}"}}
        suite:
          title: Suite
          docs: https://suite.example/docs
          auth: tba
          realm: "{accountId}"
          realm_style: upper_underscore
          api: {base: "\(url)/api"}
          fields: {accountId: {title: Account}}
        login:
          title: Login
          docs: https://login.example/docs
          auth: two_step
          credentials: {user: {title: User}, password: {title: Password, secret: true}}
          token:
            url: "\(url)/token"
            parameters: {user: "{user}", password: "{password}"}
            token_at: session.id
            expires_in_at: session.life
            refresh_before: 60
            revocation: {method: delete, url: "\(url)/api/session", place: header, headers: {x-session: "{token}"}}
          api: {base: "\(url)/api", headers: {x-session: "{accessToken}"}}
        birds:
          title: Birds
          docs: https://birds.example/docs
          auth: oauth1
          request_token: {url: "\(url)/request"}
          authorize: {url: "\(url)/authorize"}
          token: {url: "\(url)/access"}
          api: {base: "\(url)/api"}
        """
    }

    /// An integration whose key is its provider's.
    @discardableResult
    func integrate(_ provider: String, key: String? = nil, in other: BrokerEnvironment? = nil) async throws
        -> Integration
    {
        try #require(
            try await store.addIntegration(
                IntegrationDetails(key: key ?? provider, provider: provider, clientID: "id", scopes: ["read"]),
                secret: "s3cret", to: other ?? environment, by: .system, at: site.clock.now))
    }

    /// A connection at `photos` whose token ends in so many seconds; the provider takes its refresh token.
    @discardableResult
    func connect(
        _ id: String = "u1", expiresIn seconds: Int64 = 3600, refreshToken: String? = "rt-0"
    ) async throws -> BrokerConnection {
        let integration = try store.integration("photos", in: environment)
        let there = if let integration { integration } else { try await integrate("photos") }
        _ = try await store.save(
            ConnectionDraft(
                connectionID: id,
                credentials: .oauth2(
                    accessToken: "at-0", refreshToken: refreshToken, expiresAt: site.clock.now + seconds,
                    raw: .object([
                        .init("access_token", .string("at-0")), .init("refresh_token", .string(refreshToken ?? "")),
                        .init("scope", .string("read")),
                    ])),
                values: [:]),
            of: there, at: site.clock.now)
        return try #require(try store.connection(id, of: "photos", in: environment))
    }

    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: String = "", headers: [(String, String)] = [],
        key other: String? = nil, by way: TestSite.Way = .server
    ) async throws -> Answer {
        try await site.send(
            method, path,
            headers: [("Authorization", "Bearer \(other ?? key)")]
                + (body.isEmpty ? [] : [("Content-Type", "application/json")])
                + headers, body: Array(body.utf8), by: way)
    }
}

extension Answer {
    /// A member of the JSON body, by a dotted path; nil when it is not there.
    func member(_ path: String) -> String? {
        var value = JSONValue(Array(body.utf8))
        for name in path.split(separator: ".") {
            if case .array(let elements)? = value, let index = Int(name) {
                value = elements.indices.contains(index) ? elements[index] : nil
            } else {
                value = value?[String(name)]
            }
        }
        switch value {
        case nil: return nil
        case .string(let text)?: return text
        case .some(let other): return String(decoding: other.bytes, as: UTF8.self)
        }
    }
}
