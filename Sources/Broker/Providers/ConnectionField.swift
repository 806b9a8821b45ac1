import OAuth

/// One value that a connection has beside its credentials, and that may stand in the provider's addresses.
package struct ConnectionField: Sendable {
    /// Who says it.
    package enum Source: String, Sendable, CaseIterable {
        /// Whoever connects types it (`params[subdomain]`).
        case person
        /// The developer sets it once on the integration.
        case integration
        /// It comes with the callback, or with the token answer.
        case callback
        case token
    }

    /// What it may look like, on bytes. A name for each shape and no patterns: a pattern from a file against text
    /// from outside is how a server is made to think for minutes.
    package enum Format: String, Sendable, CaseIterable {
        /// One DNS label: letters, digits and inner hyphens, at most 63.
        case label
        /// A host name of two or more labels, without scheme, port or path.
        case host
        /// An `https` address without query or fragment: what a token answer calls `instance_url`.
        case origin
        case digits
        /// Letters, digits, `.`, `_`, `-`, `~`: one path segment.
        case word
        /// Printable text up to 255 bytes. May not stand in an address.
        case text

        package var fitsAddress: Bool { self != .text }
    }

    package let name: String
    package let title: String
    package let explanation: String?
    package let example: String?
    /// Shown around the field in forms: `https://` and `.zendesk.com`.
    package let prefix: String?
    package let suffix: String?
    package let format: Format
    /// If not empty, the only values there are.
    package let choices: [String]
    /// A host or origin must be this or end with `.` and this: where the provider's own hosts are.
    package let hosts: [String]
    package let isOptional: Bool
    package let isSecret: Bool
    package let source: Source

    /// Whether a value may be stored under this field.
    package func accepts(_ value: String) -> Bool {
        let bytes = Array(value.utf8)
        guard (1...255).contains(bytes.count) else { return false }
        guard choices.isEmpty || choices.contains(where: { $0.utf8.elementsEqual(bytes) }) else { return false }
        switch format {
        case .label: return Self.isLabel(bytes[...])
        case .host: return isHost(bytes[...])
        case .origin: return isOrigin(bytes)
        case .digits: return bytes.allSatisfy { (0x30...0x39).contains($0) }
        case .word: return Self.isWord(value)
        case .text: return Self.isPlainText(value)
        }
    }

    /// Whether a text can be one segment of a path as it stands.
    static func isWord(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy(isWordByte) && !text.isSame(as: "..")
            && !text.isSame(as: ".")
    }

    /// Text without controls, at most 2,000 bytes: what a provider may tell us to keep.
    package static func isPlainText(_ text: String) -> Bool {
        text.utf8.count <= 2_000 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    private func isHost(_ host: ArraySlice<UInt8>) -> Bool {
        let labels = host.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard host.count <= 253, labels.count >= 2, labels.allSatisfy(Self.isLabel) else { return false }
        // A last label of digits is an address to a browser; names end in letters.
        guard let last = labels.last, last.contains(where: { !(0x30...0x39).contains($0) }) else { return false }
        guard !hosts.isEmpty else { return true }
        return hosts.contains { allowed in
            host.elementsEqual(allowed.utf8) || host.suffix(allowed.utf8.count + 1).elementsEqual(("." + allowed).utf8)
        }
    }

    private func isOrigin(_ bytes: [UInt8]) -> Bool {
        guard bytes.starts(with: "https://".utf8) else { return false }
        let rest = bytes.dropFirst(8)
        let host = rest.prefix { $0 != 0x2F }
        let path = rest.dropFirst(host.count)
        let segments = path.split(separator: 0x2F)
        let isPlain = segments.allSatisfy { segment in
            segment.allSatisfy(Self.isWordByte) && segment.contains { $0 != 0x2E }
        }
        return isHost(host) && isPlain
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        guard (1...63).contains(label.count), label.first != 0x2D, label.last != 0x2D else { return false }
        return label.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
            default: false
            }
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }
}
