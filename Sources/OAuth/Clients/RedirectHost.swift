/// The authority of an http(s) callback URL: a host in its one canonical spelling and perhaps a port.
struct RedirectHost {
    let name: String
    let isLoopback: Bool

    init(_ authority: ArraySlice<UInt8>, isHTTP: Bool) throws(RedirectURIProblem) {
        guard !authority.contains(0x40) else { throw .userinfo }
        let isBracketed = authority.first == 0x5B
        let host =
            isBracketed
            ? authority.prefix { $0 != 0x5D } + authority.drop { $0 != 0x5D }.prefix(1)
            : authority.prefix { $0 != 0x3A }
        try Self.checkPort(authority.dropFirst(host.count), isHTTP: isHTTP)
        name = String(decoding: host, as: UTF8.self)
        isLoopback = Self.loopbacks.contains { host.elementsEqual($0.utf8) }
        guard !isLoopback else { return }
        guard !isBracketed else { throw .loopbackLookAlike }
        try Self.checkName(host)
    }

    /// The only three spellings of this machine (RFC 8252 §7.3, §8.3).
    private static let loopbacks = ["127.0.0.1", "[::1]", "localhost"]

    private static func checkPort(_ rest: ArraySlice<UInt8>, isHTTP: Bool) throws(RedirectURIProblem) {
        guard let colon = rest.first else { return }
        guard colon == 0x3A else { throw .invalidHost }
        let port = rest.dropFirst()
        guard !port.isEmpty else { throw .emptyPort }
        guard RedirectURISyntax.isPort(port) else { throw .portNotCanonical }
        guard !port.elementsEqual((isHTTP ? "80" : "443").utf8) else { throw .defaultPort }
    }

    private static func checkName(_ host: ArraySlice<UInt8>) throws(RedirectURIProblem) {
        guard !host.isEmpty else { throw .noHost }
        guard !host.contains(0x25) else { throw .encodedHost }
        guard !host.contains(where: { (0x41...0x5A).contains($0) }) else { throw .uppercaseHost }
        guard host.last != 0x2E else { throw .trailingDotHost }
        guard host.count <= 253, host.allSatisfy({ Base62.isDigit($0) || $0 == 0x2D || $0 == 0x2E }) else {
            throw .invalidHost
        }
        let labels = host.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard labels.allSatisfy(isLabel) else { throw .invalidHost }
        guard !looksLikeLoopback(host, labels) else { throw .loopbackLookAlike }
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        (1...63).contains(label.count) && label.first != 0x2D && label.last != 0x2D
    }

    /// `127.1`, `0x7f.1`, `2130706433`, `017700000001`, `0.0.0.0`, `127.0.0.1.nip.io`, `localhost.evil.example`:
    /// whatever ends in a number is an address to a browser, and only one spelling of an address is canonical.
    private static func looksLikeLoopback(_ host: ArraySlice<UInt8>, _ labels: [ArraySlice<UInt8>]) -> Bool {
        if host.starts(with: "127.".utf8) || host.starts(with: "0.".utf8) { return true }
        if labels.contains(where: { $0.elementsEqual("localhost".utf8) }) { return true }
        guard let last = labels.last, isNumber(last) else { return false }
        return labels.count != 4 || !labels.allSatisfy(isOctet)
    }

    private static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
        if label.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        return label.starts(with: "0x".utf8) && label.dropFirst(2).allSatisfy { Hexadecimal.value(of: $0) != nil }
    }

    private static func isOctet(_ label: ArraySlice<UInt8>) -> Bool {
        guard label.allSatisfy({ (0x30...0x39).contains($0) }), (1...3).contains(label.count) else { return false }
        guard label.count == 1 || label.first != 0x30 else { return false }
        return label.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255
    }
}
