/// A request to somebody else's server.
package struct OutboundRequest: Sendable {
    package let method: String
    package let url: String
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// Asks for a compressed answer and unpacks it. Only for one that is not kept whole: 256 KB can unfold to gigabytes.
    package let unpacks: Bool
    /// Whose call it is: nobody may have more than their part of all calls. Empty for no limit of that kind.
    package let owner: String

    package init(
        method: String, url: String, headers: [(name: String, value: String)], body: [UInt8], unpacks: Bool = false,
        owner: String = ""
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.unpacks = unpacks
        self.owner = owner
    }

    var isEncrypted: Bool {
        url.utf8.prefix(8).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }.elementsEqual("https://".utf8)
    }
}

/// What came of it. A status of any kind is an answer: redirects are not followed.
package enum OutboundAnswer: Sendable {
    /// Header names in lower case, in the order they came.
    case response(status: Int, headers: [(name: String, value: String)], body: [UInt8])
    case failed(Failure)

    package enum Failure: String, Error, Sendable {
        /// The name resolved to an address that may not be called.
        case refusedAddress
        /// The URL is none that is called, or something in the request could end a line. Nothing was sent.
        case malformed
        /// No turn came in time. Nothing was sent.
        case busy
        case unreachable
        case timedOut
        case tooLarge
        /// TLS, or an answer that is not HTTP.
        case broken
    }
}

/// In bytes and milliseconds. Of a body that is read as it comes, so much is held at most, however large it is.
package struct OutboundLimits: Sendable {
    package var headers: Int
    package var body: Int
    package var connect: Int
    package var total: Int
    /// How long a server may send nothing, and whoever reads a body as it comes may take nothing.
    package var idle: Int
    /// How long a call waits for its turn before it is given up.
    package var wait: Int

    package init(
        headers: Int = 32 * 1024, body: Int = 256 * 1024, connect: Int = 3_000, total: Int = 10_000, idle: Int = 10_000,
        wait: Int = 5_000
    ) {
        self.headers = headers
        self.body = body
        self.connect = connect
        self.total = total
        self.idle = idle
        self.wait = wait
    }
}
