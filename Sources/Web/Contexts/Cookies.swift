import HTTPTypes
import Hummingbird
import OAuth
import Portal

/// The cookies of a request, read as bytes.
///
/// Hummingbird trims Unicode white space around names and takes the first match, so a cookie planted under a
/// look-alike name would count. Here only SP and HTAB are trimmed, and a name that comes twice is nobody's.
struct Cookies {
    private let pairs: [(name: [UInt8], value: [UInt8])]

    init(_ request: Request) {
        var pairs: [(name: [UInt8], value: [UInt8])] = []
        for header in request.headers[values: .cookie] {
            for part in Array(header.utf8).split(separator: UInt8(ascii: ";")) {
                let trimmed = Self.trim(part)
                guard let equals = trimmed.firstIndex(of: UInt8(ascii: "=")) else { continue }
                pairs.append((Array(trimmed[..<equals]), Array(trimmed[(equals + 1)...])))
            }
        }
        self.pairs = pairs
    }

    /// The value, unless the name is missing or came more than once.
    subscript(name: String) -> String? {
        let found = pairs.filter { $0.name.elementsEqual(name.utf8) }
        guard found.count == 1, let value = found.first?.value, value.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return String(decoding: value, as: UTF8.self)
    }

    /// Whether the name came more than once: somebody may have planted one.
    func isRepeated(_ name: String) -> Bool { pairs.count { $0.name.elementsEqual(name.utf8) } > 1 }

    /// The names that begin so, in the order the browser sent them: oldest first (RFC 6265 §5.4).
    func names(beginningWith prefix: String) -> [String] {
        pairs.filter { $0.name.starts(with: prefix.utf8) }.compactMap { String(validating: $0.name, as: UTF8.self) }
    }

    private static func trim(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return bytes
    }
}

extension Site {
    enum CookieName: String { case session, visitor, notice, theme, device }

    /// `__Host-` binds a cookie to exactly this host, but needs TLS; plain http on this computer goes without.
    func cookieName(_ name: CookieName) -> String {
        (settings.base.isSecure ? "__Host-gw_" : "gw_") + name.rawValue
    }

    /// - Parameter lifetime: in seconds; nil until the browser closes, 0 deletes.
    func setCookie(_ name: CookieName, _ value: String, lifetime: Int64?, on response: inout Response) {
        var text = "\(cookieName(name))=\(value); Path=/; HttpOnly; SameSite=Lax"
        if settings.base.isSecure { text += "; Secure" }
        if let lifetime { text += "; Max-Age=\(lifetime)" }
        response.headers.append(HTTPField(name: .setCookie, value: text))
    }

    /// Sends a session's new cookie along, unless the answer signs out, or in anew.
    func renewCookie(of session: Session, to cookie: Secret<SessionCookie>, on response: inout Response) {
        let name = cookieName(.session) + "="
        guard !response.headers[values: .setCookie].contains(where: { $0.utf8.starts(with: name.utf8) }) else { return }
        setCookie(.session, cookie.reveal(), lifetime: max(0, session.expiresAt - now()), on: &response)
    }
}
