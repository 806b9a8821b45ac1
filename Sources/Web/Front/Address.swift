import HTTPTypes
import OAuth
import Portal

/// Where a request wants to go, decided once from its host and path, for routing and for every check.
enum Address {
    case portal
    /// A tenant's own host; the path is the portal's spelling of the same place.
    case tenant(path: String)
    /// Another name of this computer; browsers are sent to the configured one, where their cookies are.
    case alias(path: String)
    /// There is one spelling for every place; this was another one.
    case notCanonical
    case malformed
    case unknownHost

    init(head: HTTPRequest, settings: SiteSettings) {
        // A second Host line stays among the fields: two hosts are two opinions of where this goes (RFC 9112 §3.2).
        guard let path = head.path, path.utf8.first == UInt8(ascii: "/"), path.utf8.count <= Self.longest,
            head.headerFields[.host] == nil
        else {
            self = .malformed
            return
        }
        guard Self.isCanonical(path) else {
            self = .notCanonical
            return
        }
        // Probes of load balancers, and monitoring, use addresses and not names.
        if path == "/healthz" || path == "/readyz" || path == "/metrics" {
            self = .portal
            return
        }
        guard let host = head.authority?.utf8, !host.isEmpty else {
            self = .malformed
            return
        }
        if host.elementsEqual(settings.base.authority.utf8) {
            self = .portal
        } else if let slug = Self.slug(in: Array(host), below: settings.tenantHost) {
            self = .tenant(path: "/t/\(slug.text)" + (path == "/" ? "" : path))
        } else if settings.base.isLoopback, host.elementsEqual(settings.tenantHost.utf8) {
            self = .alias(path: path)
        } else {
            self = .unknownHost
        }
    }

    /// In bytes, query included: room for a `next` that holds a long authorization request.
    static let longest = 16 * 1024

    /// No percent signs, no empty or dot segments, no final slash: nothing here needs them, and two spellings of
    /// one place are two chances to check only one.
    static func isCanonical(_ pathAndQuery: String) -> Bool {
        var text = pathAndQuery
        return text.withUTF8 { bytes in
            let path = bytes.prefix { $0 != UInt8(ascii: "?") }
            guard path.count > 1 else { return true }
            // The broker's wire format puts any text into an address: a connection ID may be an email address or JSON,
            // and what stands behind /proxy/ is another server's address. No check but the secret key's looks at either.
            if path.starts(with: "/proxy/".utf8) { return isProxied(path) }
            guard path.allSatisfy({ isPlain($0) || $0 == 0x25 }),
                !path.contains(0x25) || named.contains(where: { path.starts(with: $0.utf8) })
            else { return false }
            return path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
            }
        }
    }

    private static let named = [
        "/connection/", "/connections/", "/config/", "/integrations/", "/provider/", "/providers/",
        "/oauth/connect/", "/api-auth/", "/unauth/", "/auth/unauthenticated/", "/oauth2/auth/",
        "/app-store-auth/", "/auth/jwt/", "/auth/tba/", "/auth/two-step/",
    ]

    /// Dot segments, also escaped ones, would climb out of the provider's base address.
    private static func isProxied(_ path: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard path.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C && $0 != 0x23 }) else { return false }
        return path.split(separator: UInt8(ascii: "/")).allSatisfy { segment in
            guard let text = PercentEncoding.decode(segment) else { return false }
            return !text.utf8.elementsEqual(".".utf8) && !text.utf8.elementsEqual("..".utf8)
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != 0x25 && byte != 0x5C && byte != 0x3B && byte != 0x23
    }

    private static func slug(in host: [UInt8], below tenantHost: String) -> Slug? {
        let suffix = [UInt8(ascii: ".")] + Array(tenantHost.utf8)
        guard host.count > suffix.count, host.suffix(suffix.count).elementsEqual(suffix) else { return nil }
        return Slug(String(decoding: host.dropLast(suffix.count), as: UTF8.self))
    }
}
