import OAuth

/// `application/x-www-form-urlencoded`, written with the unreserved characters only (RFC 3986 §2.3): every reader
/// understands `%20`, not every one `+`.
enum FormText {
    static func encode(_ text: String) -> String { PercentEncoding.encode(text) }

    static func encode(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { encode($0.name) + "=" + encode($0.value) }.joined(separator: "&")
    }

    /// `url` with `pairs` behind its own query, if it has one.
    static func url(_ url: String, _ pairs: [(name: String, value: String)]) -> String {
        guard !pairs.isEmpty else { return url }
        return url + (url.utf8.contains(0x3F) ? "&" : "?") + encode(pairs)
    }
}
