/// What is wrong with an address in a provider file, before anything is filled in.
enum AddressProblem {
    case scheme, authority, fragment, characters

    init?(of template: URLTemplate) {
        let bytes = Array(template.text.utf8)
        // A whole address from a value (`{instance_url}`): that value's own format is `origin`.
        if bytes.first == 0x7B { return nil }
        guard bytes.starts(with: "https://".utf8) || Self.isThisMachine(bytes) else {
            self = .scheme
            return
        }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C && $0 != 0x22 && $0 != 0x3C }) else {
            self = .characters
            return
        }
        guard !bytes.contains(0x23) else {
            self = .fragment
            return
        }
        let authority = bytes.drop { $0 != 0x2F }.dropFirst(2).prefix { $0 != 0x2F && $0 != 0x3F }
        guard !authority.isEmpty, !authority.contains(0x40) else {
            self = .authority
            return
        }
        return nil
    }

    private static func isThisMachine(_ bytes: [UInt8]) -> Bool {
        ["http://127.0.0.1:", "http://localhost:", "http://127.0.0.1/", "http://localhost/"]
            .contains { bytes.starts(with: $0.utf8) }
    }

    var explanation: String {
        switch self {
        case .scheme: "must begin with https:// (http:// only for 127.0.0.1 and localhost)"
        case .authority: "must name a host, and no user before it"
        case .fragment: "must not have a fragment (#…)"
        case .characters: "must be plain ASCII without spaces, quotes or backslashes"
        }
    }
}
