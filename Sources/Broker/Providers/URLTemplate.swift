/// `https://{subdomain}.zendesk.com/oauth/tokens`: text with placeholders, parsed once.
package struct URLTemplate: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case text(String)
        case placeholder(String)
    }

    private let parts: [Part]
    package let text: String

    /// nil when a brace is not closed, not opened, nested or empty, or a name is not letters, digits, `_`, `-`, `.`.
    package init?(_ text: String) {
        var parts: [Part] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let literal = rest.prefix { $0 != 0x7B && $0 != 0x7D }
            if !literal.isEmpty { parts.append(.text(String(decoding: literal, as: UTF8.self))) }
            rest = rest.dropFirst(literal.count)
            guard let brace = rest.first else { break }
            let name = rest.dropFirst().prefix { $0 != 0x7D && $0 != 0x7B }
            rest = rest.dropFirst(name.count + 1)
            guard brace == 0x7B, rest.first == 0x7D, !name.isEmpty, name.allSatisfy(Self.isNameByte) else { return nil }
            rest = rest.dropFirst()
            parts.append(.placeholder(String(decoding: name, as: UTF8.self)))
        }
        self.parts = parts
        self.text = text
    }

    package var placeholders: [String] {
        parts.compactMap { part in
            guard case .placeholder(let name) = part else { return nil }
            return name
        }
    }

    /// The placeholder that the host ends with, if any: `extension` of `https://accounts.zoho.{extension}/oauth`.
    /// Whoever fills it says whose host it is.
    package var placeholderEndingHost: String? {
        let bytes = Array(text.utf8)
        guard bytes.first != 0x7B else { return placeholders.first }
        let authority = bytes.drop { $0 != 0x2F }.dropFirst(2).prefix { $0 != 0x2F && $0 != 0x3F }
        let host = authority.last == 0x7D ? authority : authority.prefix { $0 != 0x3A }
        guard host.last == 0x7D, let brace = host.lastIndex(of: 0x7B) else { return nil }
        return String(decoding: host[brace...].dropFirst().dropLast(), as: UTF8.self)
    }

    /// The text with every placeholder replaced; nil when one has no value. Values were checked by their fields'
    /// formats when they came in: nothing that could leave its place in a URL is among them.
    package func filled(_ values: [String: String]) -> String? {
        var filled = ""
        for part in parts {
            switch part {
            case .text(let text): filled += text
            case .placeholder(let name):
                guard let value = values[name], !value.utf8.isEmpty else { return nil }
                filled += value
            }
        }
        return filled
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2E: true
        default: false
        }
    }
}

extension [URLTemplate] {
    /// The first that all its placeholders can be filled for.
    package func filled(_ values: [String: String]) -> String? {
        lazy.compactMap { $0.filled(values) }.first
    }

    package var placeholders: [String] { flatMap(\.placeholders) }
}
