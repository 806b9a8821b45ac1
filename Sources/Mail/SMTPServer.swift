/// The mail server of this installation, as configured. Says nothing about its credentials when printed or reflected.
package struct SMTPServer: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// How the connection is protected. Certificates are always checked when there is TLS at all.
    enum TLS: String, Sendable {
        /// Plain SMTP.
        case none
        /// STARTTLS when offered. An attacker on the way can hide the offer.
        case optional
        /// STARTTLS or nothing.
        case required
        /// TLS from the first byte (`smtps://`).
        case implicit
    }

    /// What is wrong with the configuration, in a sentence for the operator. Never quotes the value: people do put
    /// passwords into URLs.
    package struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    let host: String
    let port: UInt16
    let tls: TLS
    /// The name to greet with; nil: the domain of the sender.
    let greeting: String?
    let user: String?
    let password: String?
    /// A PEM file of certificate authorities to trust instead of the system's.
    let authorities: String?

    /// - Parameters:
    ///   - url: `smtp://host:port` or `smtps://host:port` (default ports 25 and 465). Optional: a path, the name to
    ///     greet with (`smtp://relay:25/portal.example.org`), and for `smtp` a query, `?tls=required` (the default),
    ///     `?tls=optional` or `?tls=none` (the default on loopback).
    ///   - user, password: both or neither. They are never sent without TLS, except to this machine.
    ///   - authorities: a PEM file to trust instead of the system's certificate authorities.
    package init(
        url: String, user: String? = nil, password: String? = nil, authorities: String? = nil
    ) throws(Invalid) {
        let bytes = Array(url.utf8)
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Invalid(description: "the SMTP URL contains spaces, control characters or letters outside ASCII")
        }
        let isImplicit = bytes.starts(with: "smtps://".utf8)
        guard isImplicit || bytes.starts(with: "smtp://".utf8) else {
            throw Invalid(description: "the SMTP URL must begin with smtp:// or smtps://")
        }
        guard !bytes.contains(UInt8(ascii: "@")) else {
            throw Invalid(description: "user and password belong in their own settings, not in the SMTP URL")
        }
        let (address, query) = Self.cut(bytes.dropFirst(isImplicit ? 8 : 7), at: UInt8(ascii: "?"))
        let (authority, path) = Self.cut(address, at: UInt8(ascii: "/"))
        (host, port) = try Self.hostAndPort(authority, defaultPort: isImplicit ? 465 : 25)
        let isLocal = Self.isLoopback(host)
        tls = try isImplicit ? Self.implicit(query) : Self.tls(query, isLocal: isLocal)
        greeting = try Self.greeting(path)
        (self.user, self.password) = try Self.credentials(user, password)
        self.authorities = authorities
        guard self.user == nil || isLocal || tls == .required || tls == .implicit else {
            throw Invalid(description: "an SMTP password needs TLS: drop ?tls= from the SMTP URL, or use smtps://")
        }
    }

    /// The address for libcurl, put together from the checked parts.
    func url(greeting fallback: String) -> String {
        "\(tls == .implicit ? "smtps" : "smtp")://\(host):\(port)/\(greeting ?? fallback)"
    }

    package var description: String {
        "\(tls == .implicit ? "smtps" : "smtp")://\(host):\(port) (TLS \(tls.rawValue))"
    }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

extension SMTPServer {
    private static func cut(
        _ bytes: ArraySlice<UInt8>, at separator: UInt8
    ) -> (ArraySlice<UInt8>, ArraySlice<UInt8>?) {
        guard let index = bytes.firstIndex(of: separator) else { return (bytes, nil) }
        return (bytes[..<index], bytes[(index + 1)...])
    }

    private static func hostAndPort(
        _ authority: ArraySlice<UInt8>, defaultPort: UInt16
    ) throws(Invalid) -> (String, UInt16) {
        var host = authority
        var port: ArraySlice<UInt8>?
        if authority.first == UInt8(ascii: "["), let end = authority.firstIndex(of: UInt8(ascii: "]")) {
            // An IPv6 address, whose colons are not the port's.
            let rest = authority[(end + 1)...]
            host = authority[...end]
            guard rest.isEmpty || rest.first == UInt8(ascii: ":") else {
                throw Invalid(description: "the SMTP URL has something between its host and its port")
            }
            port = rest.isEmpty ? nil : rest.dropFirst()
            let inner = host.dropFirst().dropLast()
            guard !inner.isEmpty, inner.allSatisfy({ "0123456789abcdefABCDEF:.".utf8.contains($0) }) else {
                throw Invalid(description: "the SMTP URL has no valid IPv6 address between [ and ]")
            }
        } else {
            (host, port) = cut(authority, at: UInt8(ascii: ":"))
            guard Mailbox.isHostName(host) else { throw Invalid(description: "the SMTP URL has no valid host name") }
        }
        guard let port else { return (String(decoding: host, as: UTF8.self), defaultPort) }
        guard port.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = UInt16(String(decoding: port, as: UTF8.self)), number > 0
        else { throw Invalid(description: "the port in the SMTP URL must be a number from 1 to 65535") }
        return (String(decoding: host, as: UTF8.self), number)
    }

    private static func isLoopback(_ host: String) -> Bool {
        let bytes = Array(host.utf8)
        if bytes.elementsEqual("localhost".utf8) || bytes.elementsEqual("[::1]".utf8) { return true }
        let isIPv4 = bytes.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        return isIPv4 && bytes.starts(with: "127.".utf8)
    }

    private static func implicit(_ query: ArraySlice<UInt8>?) throws(Invalid) -> TLS {
        guard query == nil else { throw Invalid(description: "an smtps:// URL takes no query: it always uses TLS") }
        return .implicit
    }

    private static func tls(_ query: ArraySlice<UInt8>?, isLocal: Bool) throws(Invalid) -> TLS {
        guard let query else { return isLocal ? .none : .required }
        for choice in [TLS.none, .optional, .required] where query.elementsEqual("tls=\(choice.rawValue)".utf8) {
            return choice
        }
        throw Invalid(description: "the query of the SMTP URL may be ?tls=required, ?tls=optional or ?tls=none")
    }

    private static func greeting(_ path: ArraySlice<UInt8>?) throws(Invalid) -> String? {
        guard let path, !path.isEmpty else { return nil }
        guard Mailbox.isHostName(path) else {
            throw Invalid(description: "the path of the SMTP URL must be a host name to greet with")
        }
        return String(decoding: path, as: UTF8.self)
    }

    private static func credentials(_ user: String?, _ password: String?) throws(Invalid) -> (String?, String?) {
        let user = user.flatMap { $0.utf8.isEmpty ? nil : $0 }
        let password = password.flatMap { $0.utf8.isEmpty ? nil : $0 }
        guard (user == nil) == (password == nil) else {
            throw Invalid(description: "SMTP needs a user and a password, or neither")
        }
        let isClean = [user, password].allSatisfy { ($0 ?? "").utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
        guard isClean else { throw Invalid(description: "the SMTP user or password contains a control character") }
        return (user, password)
    }
}
