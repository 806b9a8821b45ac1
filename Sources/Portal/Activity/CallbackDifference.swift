package import OAuth

/// In what a callback differs from those that are registered: said without repeating what was sent, so that nobody
/// can put words before an app's owner.
package enum CallbackDifference {
    /// One sentence, "" when nothing sensible can be said.
    package static func sentence(_ sent: String, from registered: [String]) -> String {
        let sent = Array(sent.utf8)
        let near = registered.lazy.compactMap { text -> String? in
            reason(sent, Array(text.utf8)).map { "\($0): \(text) is registered." }
        }
        if let first = near.first { return first }
        guard let closest = registered.max(by: { shared(sent, $0) < shared(sent, $1) }) else {
            return "No callback is registered."
        }
        let length = shared(sent, closest)
        guard length > 8 else { return "It is none of those registered, and like none of them." }
        return "The first \(length) characters are those of \(closest), then it differs."
    }

    private static func reason(_ sent: [UInt8], _ registered: [UInt8]) -> String? {
        if sent.elementsEqual(registered + [0x2F]) { return "It has one slash more at the end" }
        if registered.elementsEqual(sent + [0x2F]) { return "The slash at the end is missing" }
        if sent.map(lower).elementsEqual(registered.map(lower)) { return "Capital and small letters differ" }
        if swap(sent, "http://", "https://").elementsEqual(registered) { return "It starts with http, not https" }
        if swap(sent, "https://", "http://").elementsEqual(registered) { return "It starts with https, not http" }
        let query = UInt8(ascii: "?")
        if sent.contains(query), !registered.contains(query),
            sent.prefix(while: { $0 != query }).elementsEqual(registered)
        {
            return "It has a query (what follows the ?), which belongs into state"
        }
        for (one, other) in [("127.0.0.1", "localhost"), ("localhost", "127.0.0.1")]
        where replaced(sent, one, other).elementsEqual(registered) {
            return "It says \(one) where the registered one says \(other)"
        }
        return nil
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    private static func swap(_ bytes: [UInt8], _ start: String, _ other: String) -> [UInt8] {
        bytes.starts(with: start.utf8) ? Array(other.utf8) + bytes.dropFirst(start.utf8.count) : []
    }

    private static func replaced(_ bytes: [UInt8], _ text: String, _ other: String) -> [UInt8] {
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: text.utf8) }) else { return [] }
        return Array(bytes[..<start]) + Array(other.utf8) + Array(bytes[(start + text.utf8.count)...])
    }

    private static func shared(_ sent: [UInt8], _ registered: String) -> Int {
        zip(sent, registered.utf8).prefix { $0 == $1 }.count
    }
}

extension ParameterList {
    /// The names of those parameters that the protocol knows, in the order in which it does; unknown ones stay out.
    package var knownNames: [String] {
        let known: [Parameter] = [
            .responseType, .clientID, .redirectURI, .scope, .state, .codeChallenge, .codeChallengeMethod, .prompt,
            .maxAge, .grantType, .code, .codeVerifier, .refreshToken, .clientSecret, .clientAssertion, .request,
            .requestURI, .responseMode,
        ]
        return known.filter { mentions($0) }.map { "\($0.name)" }
    }
}
