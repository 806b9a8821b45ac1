import Broker
package import OAuth
package import Portal
package import Storage

/// What every controller works with: the store, the clock, and how pages are made.
package struct Site: Sendable {
    package var settings: SiteSettings
    package let store: Store
    package let passwords: PasswordHasher
    package let passwordPolicy: PasswordPolicy
    package let renderer: PageRenderer
    package let outside: Outside
    package let now: @Sendable () -> Instant
    let shownOnce = ShownOnce()
    let limiter = RateLimiter()
    let renewals = Renewals()
    /// When the background last deleted what had expired.
    package let lastSweep = LastSweep()
    let proxyNotice = ProxyNotice()
    /// Openers that wait for the results of connect flows.
    package let sockets = ConnectSockets()
    let metrics = Metrics()

    package init(
        settings: SiteSettings, store: Store, passwords: PasswordHasher, passwordPolicy: PasswordPolicy,
        renderer: PageRenderer, outside: Outside = .none, now: @escaping @Sendable () -> Instant
    ) {
        self.settings = settings
        self.store = store
        self.passwords = passwords
        self.passwordPolicy = passwordPolicy
        self.renderer = renderer
        self.outside = outside
        self.now = now
    }

    /// An absolute address on the portal. Always from the configured base URL, never from a request's headers.
    func url(_ path: String) -> String { settings.base.text + path }

    /// The issuer of a tenant (RFC 8414 §2).
    func issuer(of tenant: Tenant) -> String { settings.tenants.issuer(of: tenant.slug.text) }
}

extension Tenant {
    /// Its home on the portal.
    var path: String { "/t/\(slug.text)" }
}

/// How this installation is reached and what it shows.
package struct SiteSettings: Sendable {
    package var base: BaseURL
    /// `{slug}.` in front of this host reaches a tenant as well; with the port when it is not the scheme's own.
    package var tenantHost: String
    /// Which of a tenant's two addresses is its issuer.
    package var issuerForm: TenantAddresses.Form
    /// Demo mode shows mails and a page gallery to everybody, and says so on every page.
    package var isDemo: Bool
    /// What the demo's pages offer ready to use; nil outside demo mode.
    package var demo: DemoOffer?
    /// Where people ask for help, a `mailto:` or https address; nil shows none.
    package var support: SupportAddress?
    /// Refresh tokens that nobody used for so many seconds end; nil, the default, never.
    package var refreshIdleLimit: Int64?
    /// Calls of the broker's API that one secret key may make in a minute; 0 for any number.
    package var brokerRate: Int64 = 60_000
    /// Peers whose `X-Forwarded-For` is believed; none by default.
    package var trustedProxies: Set<String>
    /// Who may read `/metrics`, by address.
    package var metricsReaders: Set<String>
    /// Of the service whose signed leak reports are known; nil for none.
    package var partnerKey: PartnerKey?
    /// Who mail is from; nil without a mail server, and then mail stays in the outbox.
    package var mailFrom: String?
    /// Adds `Server-Timing` to pages, for `make bench`.
    package var showsTiming: Bool
    package var assetVersion: String
    package var publicFolder: String

    package init(
        base: BaseURL, tenantHost: String, issuerForm: TenantAddresses.Form = .path, isDemo: Bool,
        refreshIdleLimit: Int64? = nil,
        trustedProxies: Set<String> = [], metricsReaders: Set<String> = [], partnerKey: PartnerKey? = nil,
        mailFrom: String? = nil, showsTiming: Bool = false, assetVersion: String = "dev", publicFolder: String
    ) {
        self.base = base
        self.tenantHost = tenantHost
        self.issuerForm = issuerForm
        self.isDemo = isDemo
        self.refreshIdleLimit = refreshIdleLimit
        self.trustedProxies = trustedProxies
        self.metricsReaders = metricsReaders
        self.partnerKey = partnerKey
        self.mailFrom = mailFrom
        self.showsTiming = showsTiming
        self.assetVersion = assetVersion
        self.publicFolder = publicFolder
    }
}

extension SiteSettings {
    var tenants: TenantAddresses { TenantAddresses(base: base, host: tenantHost, issuerForm: issuerForm) }
}

/// The keys of a demo, which are nobody's secret: its pages fill them in where elsewhere one's own would stand.
package struct DemoOffer: Sendable {
    package struct Account: Sendable {
        package let name: String
        package let email: String
        package let password: String
        /// "admin of Acme"
        package let role: String

        package init(name: String, email: String, password: String, role: String) {
            self.name = name
            self.email = email
            self.password = password
            self.role = role
        }
    }

    package let accounts: [Account]
    package let clientID: String
    package let clientSecret: String
    package let codeVerifier: String
    /// Where Roster Sync's request for access begins.
    package let authorizePath: String

    package init(
        accounts: [Account], clientID: String, clientSecret: String, codeVerifier: String, authorizePath: String
    ) {
        self.accounts = accounts
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.codeVerifier = codeVerifier
        self.authorizePath = authorizePath
    }
}

/// Scheme and authority of the portal, such as `https://developers.example.com`. No path, no final slash.
package struct BaseURL: Sendable {
    package let text: String
    package let authority: String
    package let isSecure: Bool

    /// - Returns: nil unless it is exactly a lower-case `http` or `https` scheme and an authority.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let isSecure = bytes.starts(with: "https://".utf8)
        guard isSecure || bytes.starts(with: "http://".utf8) else { return nil }
        let authority = bytes.dropFirst(isSecure ? 8 : 7)
        let allowed = { (byte: UInt8) in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                || [0x2D, 0x2E, 0x3A, 0x5B, 0x5D].contains(byte)
        }
        guard !authority.isEmpty, authority.allSatisfy(allowed) else { return nil }
        self.text = text
        self.authority = String(decoding: authority, as: UTF8.self)
        self.isSecure = isSecure
    }

    /// The host without its port.
    package var host: String {
        let bytes = Array(authority.utf8)
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")), bytes.last != UInt8(ascii: "]") else {
            return authority
        }
        return String(decoding: bytes[..<colon], as: UTF8.self)
    }

    /// Whether only this computer can reach it.
    package var isLoopback: Bool { ["127.0.0.1", "localhost", "[::1]"].contains(host) }
}
