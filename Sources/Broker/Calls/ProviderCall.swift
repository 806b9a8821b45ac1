package import OAuth

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
    /// Whose call it is, for the part of all calls that each tenant has.
    package private(set) var owner = ""

    package init(method: Method, url: String, headers: [(name: String, value: String)], body: [UInt8]) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    package func made(for tenant: ID<Entity.Tenant>) -> ProviderCall {
        var call = self
        call.owner = tenant.text
        return call
    }
}

/// What came of a call: an answer, or why there is none.
package enum ProviderAnswer: Sendable {
    /// At most 256 KB, and never followed: a redirect is an answer like any other.
    case response(status: Int, body: [UInt8])
    case failed(Failure)

    package enum Failure: String, Sendable {
        case refusedAddress, unreachable, timedOut, tooLarge, broken
        /// The address or a header cannot be sent as it stands.
        case malformed
        /// Too many calls were under way; this one was not begun.
        case busy
    }
}
