/// An HTTP request to a provider, planned and not yet made.
package struct ProviderCall: Sendable {
    package enum Method: String, Sendable, CaseIterable {
        case get = "GET", head = "HEAD", post = "POST", put = "PUT", patch = "PATCH", delete = "DELETE"
    }

    package let method: Method
    package let url: String
    /// Names in lower case. Holds credentials: never logged as it is.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init(method: Method, url: String, headers: [(name: String, value: String)], body: [UInt8]) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// What came of a call: an answer, or why there is none.
package enum ProviderAnswer: Sendable {
    /// At most 256 KB, and never followed: a redirect is an answer like any other.
    case response(status: Int, body: [UInt8])
    case failed(Failure)

    package enum Failure: String, Sendable {
        case refusedAddress, unreachable, timedOut, tooLarge, broken
    }
}
