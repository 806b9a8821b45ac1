/// Scheme, host and port of a page, spelt as browsers spell it (RFC 6454 §6.2): `https://app.example`.
package struct WebOrigin: Hashable, Sendable {
    package let text: String
    /// Whether only this computer can serve it.
    package let isLoopback: Bool

    /// Of an `Origin` header, or of any address: what stands behind the authority is left away.
    ///
    /// - Returns: nil for another scheme, user names, hosts that are not plain ASCII, and `null`.
    package init?(_ address: String) {
        let bytes = address.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let isSecure = bytes.starts(with: "https://".utf8)
        guard isSecure || bytes.starts(with: "http://".utf8), bytes.count <= 2_000 else { return nil }
        let start = isSecure ? 8 : 7
        let authority = bytes.dropFirst(start).prefix { ![0x2F, 0x3F, 0x23, 0x5C].contains($0) }
        let port = Self.port(authority)
        let host = authority.dropLast(port.map { $0.count + 1 } ?? 0)
        guard Self.isHost(host), port?.allSatisfy({ (0x30...0x39).contains($0) }) ?? true, port?.isEmpty != true,
            port?.count ?? 0 <= 5
        else { return nil }
        let isDefault = port.map { $0.elementsEqual((isSecure ? "443" : "80").utf8) } ?? true
        let name = String(decoding: host, as: UTF8.self)
        text =
            String(decoding: bytes.prefix(start), as: UTF8.self) + name
            + (isDefault ? "" : ":" + String(decoding: port ?? [], as: UTF8.self))
        isLoopback =
            ["localhost", "127.0.0.1", "[::1]"].contains(name) || name.utf8.suffix(10).elementsEqual(".localhost".utf8)
    }

    /// What stands behind the last colon, unless that is inside the brackets of an IPv6 address; nil without a colon.
    private static func port(_ authority: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let colon = authority.lastIndex(of: 0x3A), authority.last != 0x5D else { return nil }
        return authority[(colon + 1)...]
    }

    private static func isHost(_ host: ArraySlice<UInt8>) -> Bool {
        guard (1...253).contains(host.count) else { return false }
        if host.first == 0x5B {
            return host.last == 0x5D && host.dropFirst().dropLast().allSatisfy(isAddressByte)
        }
        return host.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || [0x2D, 0x2E, 0x5F].contains($0)
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        (0x61...0x66).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x3A || byte == 0x2E
    }

    package static func == (a: Self, b: Self) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

/// Whose pages may start a flow without being asked again, hear its result, and read what the broker answers.
package struct OriginPolicy: Sendable {
    private let allowed: [WebOrigin]
    private let trustsThisComputer: Bool

    /// - Parameter requiresHMAC: while it does not, and nobody has listed any origin, pages that this computer serves
    ///   count as the developer's own.
    package init(_ allowed: [String], requiresHMAC: Bool) {
        self.allowed = allowed.compactMap(WebOrigin.init)
        trustsThisComputer = allowed.isEmpty && !requiresHMAC
    }

    package func admits(_ origin: WebOrigin) -> Bool {
        allowed.contains(origin) || (trustsThisComputer && origin.isLoopback)
    }

    /// Whether a script of that origin may call and read (CORS). Where no origin is listed every page may, as the wire
    /// format has it: no cookie counts at these addresses, so a page can do no more than any other program.
    package func mayRead(_ origin: WebOrigin) -> Bool { mayReadAny || allowed.contains(origin) }

    package var mayReadAny: Bool { allowed.isEmpty }
}
