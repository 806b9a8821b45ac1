import HTTPTypes

extension HTTPField.Name {
    static let host = known("Host")
    static let referrerPolicy = known("Referrer-Policy")
    static let secFetchSite = known("Sec-Fetch-Site")
    static let serverTiming = known("Server-Timing")
    static let xForwardedFor = known("X-Forwarded-For")

    /// For names written in the source, which are well-formed.
    static func known(_ text: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name("\(text)") else {
            preconditionFailure("a header name in the source is malformed")
        }
        return name
    }
}
