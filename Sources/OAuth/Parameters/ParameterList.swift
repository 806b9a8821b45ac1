/// The parameters of one request, decoded once and strictly, whatever they came as.
///
/// Names and values are valid UTF-8 without NUL. A value that is empty counts as omitted (RFC 6749 §3.1), unknown
/// names are ignored, and a parameter that was sent twice is refused when somebody asks for it.
package struct ParameterList: Sendable {
    struct Entry {
        let name: String
        let value: String
    }

    let entries: [Entry]

    /// The most parameters one request may have, and the most bytes of one name or value, decoded.
    package static let most = 100
    package static let longest = 8 * 1024

    package static let empty = ParameterList(entries: [])

    init(entries: [Entry]) {
        self.entries = entries
    }

    /// Reads `application/x-www-form-urlencoded` bytes: a body, or a query without its `?`.
    package init(form bytes: [UInt8]) throws(OAuthError) {
        entries = try FormScanner.entries(in: bytes)
    }

    /// Reads the query of a URL, without its `?`.
    package init(query: String) throws(OAuthError) {
        entries = try FormScanner.entries(in: Array(query.utf8))
    }

    /// Reads one flat JSON object of strings (the body that some clients send instead of a form).
    package init(json bytes: [UInt8]) throws(OAuthError) {
        guard case .object(let members)? = JSONValue(bytes) else { throw Self.notFlatJSON }
        guard members.count <= Self.most else {
            throw OAuthError(.invalidRequest, "there are more than 100 parameters")
        }
        var entries: [Entry] = []
        for member in members {
            guard case .string(let value) = member.value else { throw Self.notFlatJSON }
            entries.append(try Entry(name: Array(member.name.utf8), value: Array(value.utf8)))
        }
        self.entries = entries
    }

    private static let notFlatJSON = OAuthError(
        .invalidRequest, "the body must be one flat JSON object in UTF-8 whose values are strings")

    /// The value of a parameter, nil when it was omitted or empty. Throws `invalid_request` when it came twice.
    package func optional(_ parameter: Parameter) throws(OAuthError) -> String? {
        var found: String?
        for entry in entries where parameter.isNamed(entry.name) {
            // Sent twice is refused even when one is empty: which of the two a proxy in between saw is a guess.
            guard found == nil else { throw OAuthError(.invalidRequest, parameter.repeated) }
            found = entry.value
        }
        guard let found, !found.utf8.isEmpty else { return nil }
        return found
    }

    /// The value of a parameter. Throws `invalid_request` when it was omitted, empty or came twice.
    package func required(_ parameter: Parameter) throws(OAuthError) -> String {
        guard let value = try optional(parameter) else { throw OAuthError(.invalidRequest, parameter.missing) }
        return value
    }

    /// Every value sent under this name, in order, empty ones included: for forms with repeated fields.
    package func all(_ parameter: Parameter) -> [String] {
        entries.filter { parameter.isNamed($0.name) }.map(\.value)
    }

    /// Everything that was sent, in order: for readers that do not know the names beforehand.
    package var pairs: [(name: String, value: String)] {
        entries.map { ($0.name, $0.value) }
    }

    /// Whether the name occurs at all, with a value or without.
    package func mentions(_ parameter: Parameter) -> Bool {
        entries.contains { parameter.isNamed($0.name) }
    }
}

extension ParameterList.Entry {
    /// The last gate of both scanners: length, NUL, UTF-8.
    init(name: [UInt8], value: [UInt8]) throws(OAuthError) {
        guard name.count <= ParameterList.longest, value.count <= ParameterList.longest else {
            throw OAuthError(.invalidRequest, "a parameter is longer than 8192 bytes")
        }
        guard !name.contains(0), !value.contains(0) else {
            throw OAuthError(.invalidRequest, "a parameter contains a NUL byte")
        }
        guard let name = Self.text(name), let value = Self.text(value) else {
            throw OAuthError(.invalidRequest, "a parameter is not valid UTF-8")
        }
        self.init(name: name, value: value)
    }

    /// `String(decoding:)` is quicker, and would repair bad bytes, and so make different tokens equal: only for ASCII, which
    /// has none.
    private static func text(_ bytes: [UInt8]) -> String? {
        guard bytes.allSatisfy({ $0 < 0x80 }) else { return String(validating: bytes, as: UTF8.self) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
