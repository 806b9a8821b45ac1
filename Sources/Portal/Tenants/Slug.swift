/// A tenant's name in addresses: lower-case ASCII letters, digits and single hyphens, 3 to 40 of them.
/// Anything else is refused and never folded, so two tenants cannot look alike.
package struct Slug: Hashable, Sendable {
    package let text: String

    /// - Returns: nil when the form is wrong; a reserved name is still a slug (see ``isReserved``).
    package init?(_ typed: String) {
        let bytes = Array(typed.utf8)
        guard (3...40).contains(bytes.count), bytes.first != Self.hyphen, bytes.last != Self.hyphen else { return nil }
        var previous: UInt8 = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case Self.hyphen where previous != Self.hyphen: break
            default: return nil
            }
            previous = byte
        }
        text = typed
    }

    /// Names that addresses, mail or people would mistake for something of ours.
    package var isReserved: Bool { Self.reserved.contains(text) || text.utf8.starts(with: "xn-".utf8) }

    private static let hyphen = UInt8(ascii: "-")

    private static let reserved: Set<String> = [
        "about", "account", "accounts", "admin", "administrator", "api", "app", "apps", "assets", "auth", "authorize",
        "billing", "blog", "broker", "callback", "cdn", "connect", "console", "dashboard", "demo", "dev", "developer",
        "developers", "docs", "download", "email", "example", "ftp", "gatewright", "health", "healthz", "help", "home",
        "host", "imap", "info", "internal", "localhost", "login", "logout", "mail", "metrics", "new", "null", "oauth",
        "oauth2", "operator", "pop", "portal", "postmaster", "private", "proxy", "public", "readyz", "register",
        "reset", "root", "sdk", "security", "server", "settings", "setup", "signin", "signout", "signup", "smtp",
        "static", "status", "support", "system", "team", "tenant", "tenants", "test", "token", "tokens", "undefined",
        "user", "users", "verify", "webhook", "webhooks", "webmaster", "well-known", "www",
    ]
}
