/// The registration rules, on bytes. URL parsers differ on exactly the inputs that matter here (backslashes,
/// userinfo, odd hosts), so nothing is decided on what a URL type thinks the host is.
struct RedirectURISyntax {
    private let text: String
    private let bytes: [UInt8]

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    func registered() throws(RedirectURIProblem) -> RegisteredRedirectURI {
        try checkBytes()
        let scheme = try self.scheme()
        let rest = bytes.dropFirst(scheme.utf8.count + 1)
        let beforeQuery = rest.prefix { $0 != 0x3F }
        try checkQuery(rest.dropFirst(beforeQuery.count).dropFirst())
        guard scheme.utf8.elementsEqual("https".utf8) || scheme.utf8.elementsEqual("http".utf8) else {
            return try privateUse(scheme, beforeQuery)
        }
        guard beforeQuery.starts(with: [0x2F, 0x2F]) else { throw .noHost }
        let authority = beforeQuery.dropFirst(2).prefix { $0 != 0x2F }
        try checkPath(beforeQuery.dropFirst(2 + authority.count))
        let host = try RedirectHost(authority, isHTTP: scheme.utf8.count == 4)
        guard scheme.utf8.count == 5 || host.isLoopback else { throw .plainHTTP }
        return RegisteredRedirectURI(
            text: text, shape: host.isLoopback ? .loopback : .web, destination: host.name,
            beforePort: scheme + "://" + host.name,
            afterPort: String(decoding: rest.dropFirst(2 + authority.count), as: UTF8.self))
    }

    /// What may stand nowhere, checked before anything is taken apart.
    private func checkBytes() throws(RedirectURIProblem) {
        guard !bytes.isEmpty else { throw .missing }
        guard bytes.count <= RegisteredRedirectURI.longest else { throw .tooLong }
        for byte in bytes {
            switch byte {
            case 0x00...0x20, 0x7F: throw .spaceOrControl
            case 0x80...: throw .notASCII
            case 0x5C: throw .backslash
            case 0x2A: throw .wildcard
            default: continue
            }
        }
        guard !bytes.contains(0x23) else { throw .fragment }
        guard !bytes.contains(where: { "\"<>^`{|}".utf8.contains($0) }) else { throw .invalidCharacter }
        try checkPercents()
    }

    private func checkPercents() throws(RedirectURIProblem) {
        for (index, byte) in bytes.enumerated() where byte == 0x25 {
            let digits = bytes.dropFirst(index + 1).prefix(2).compactMap(Hexadecimal.value)
            guard let high = digits.first, let low = digits.dropFirst().first else { throw .badPercentEncoding }
            // An encoded line break is harmless until somebody decodes it once too often.
            guard high << 4 | low >= 0x20, high << 4 | low != 0x7F else { throw .spaceOrControl }
        }
    }

    private func scheme() throws(RedirectURIProblem) -> String {
        let scheme = bytes.prefix { $0 != 0x3A }
        let rest = bytes.dropFirst(scheme.count + 1)
        guard scheme.count < bytes.count, let first = scheme.first, Base62.isDigit(first), first > 0x39,
            scheme.allSatisfy({ Base62.isDigit($0) || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E })
        else { throw .noScheme }
        let lowered = scheme.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        let name = String(decoding: lowered, as: UTF8.self)
        if Self.dangerous.contains(where: { name.utf8.elementsEqual($0.utf8) }) { throw .schemeNotAllowed }
        // `localhost:8080/cb` and `app.example:8080/cb` are URLs that lost their scheme.
        if let next = rest.first, (0x30...0x39).contains(next) { throw .noScheme }
        guard scheme.elementsEqual(lowered) else { throw .uppercaseScheme }
        return name
    }

    /// Dotless names that mean something to a browser or an operating system; all other dotless ones are refused
    /// too, with a sentence that helps more.
    private static let dangerous = [
        "javascript", "data", "vbscript", "file", "blob", "about", "intent", "ftp", "ftps", "ws", "wss", "mailto",
        "view-source", "filesystem", "chrome", "resource", "jar", "urn", "tel", "sms", "content", "ms-appx",
    ]

    /// RFC 8252 §7.1: based on a domain name under the developer's control, reversed.
    private func privateUse(
        _ scheme: String, _ rest: ArraySlice<UInt8>
    ) throws(RedirectURIProblem) -> RegisteredRedirectURI {
        let labels = scheme.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard labels.count > 1, !labels.contains(where: \.isEmpty) else { throw .privateUseWithoutDot }
        guard rest.first == 0x2F else { throw .noScheme }
        guard !rest.contains(0x40) else { throw .userinfo }
        guard !rest.contains(where: { $0 == 0x5B || $0 == 0x5D }) else { throw .invalidCharacter }
        try checkPath(rest)
        return RegisteredRedirectURI(
            text: text, shape: .privateUse, destination: scheme, beforePort: text, afterPort: "")
    }

    private func checkPath(_ path: ArraySlice<UInt8>) throws(RedirectURIProblem) {
        guard !path.contains(0x3B) else { throw .pathParameter }
        guard !path.contains(where: { $0 == 0x5B || $0 == 0x5D }) else { throw .invalidCharacter }
        let segments = path.split(separator: 0x2F)
        guard !segments.contains(where: { $0.elementsEqual([0x2E]) || $0.elementsEqual([0x2E, 0x2E]) }) else {
            throw .dotSegment
        }
        for index in path.indices where path[index] == 0x25 {
            let digits = path[index...].dropFirst().prefix(2).compactMap(Hexadecimal.value)
            // %2e %2f %5c, and %25, which hides any of them from one decoding.
            if [[2, 14], [2, 15], [5, 12], [2, 5]].contains(digits) { throw .encodedDotOrSlash }
        }
    }

    private func checkQuery(_ query: ArraySlice<UInt8>) throws(RedirectURIProblem) {
        guard !query.contains(where: { $0 == 0x5B || $0 == 0x5D }) else { throw .invalidCharacter }
        for pair in query.split(separator: 0x26) {
            guard let name = FormScanner.decode(pair.prefix { $0 != 0x3D }) else { throw .badPercentEncoding }
            if Self.reserved.contains(where: { name.elementsEqual($0.utf8) }) { throw .reservedQuery }
        }
    }

    private static let reserved = ["code", "access_token", "state", "iss", "error", "error_description", "error_uri"]

    /// 1 to 65535, digits only, no leading zero. Counted before it is converted: a long one must not overflow.
    static func isPort(_ digits: ArraySlice<UInt8>) -> Bool {
        guard (1...5).contains(digits.count), digits.first != 0x30 else { return false }
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 65535
    }
}
