/// An HTTP request to a provider, planned and not yet made.
package struct ProviderCall: Sendable {
    package enum Method: String, Sendable { case get = "GET", post = "POST" }

    package let method: Method
    package let url: String
    /// Names in lower case. Holds credentials: never logged as it is.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
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
