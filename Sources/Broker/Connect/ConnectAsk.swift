package import OAuth

/// What a browser asks for at one of the connect addresses: the query, read once.
///
/// Clients of 2023 write `params[subdomain]=acme` as it stands, later ones percent-encode it; both arrive here decoded.
package struct ConnectAsk: Sendable {
    package let publicKey: String?
    package let sessionToken: String?
    package let connectionID: String?
    /// The `ws_client_id` under which the opener waits for the result.
    package let socket: String?
    package let digest: String?
    /// `params[name]`.
    package let values: [String: String]
    /// `authorization_params[name]`, nil to take away what the provider's entry has.
    package let parameters: [(name: String, value: String?)]
    package let userScope: String?
    /// The origin of the page that wants to hear the result by `postMessage`.
    package let openerOrigin: String?
    /// Where the browser goes with the result, when there is no opener.
    package let returnURL: String?
    package let signature: String?
    /// What a signature of ours stands over: all that was sent, but what only the browser knows.
    package let signed: [(name: String, value: String)]

    /// Names that may come once. What two readers could understand differently is no request.
    private static let single: Set<String> = [
        "public_key", "connect_session_token", "connection_id", "ws_client_id", "hmac", "user_scope", "origin",
        "return_url", "signature", "nonce", "expires",
    ]

    /// The socket's name and the opener's origin are made in the browser, after the backend has signed.
    private static let unsigned: Set<String> = ["signature", "hmac", "ws_client_id", "origin"]

    package init(query: String) throws(ConnectRefusal) {
        guard let list = try? ParameterList(query: query) else { throw ConnectRefusal(.unreadable) }
        try self.init(list)
    }

    package init(_ list: ParameterList) throws(ConnectRefusal) {
        var texts: [String: String] = [:]
        var names: Set<[UInt8]> = []
        for pair in list.pairs {
            let isNew = names.insert(Array(pair.name.utf8)).inserted
            let isMember = pair.name.utf8.contains(0x5B)
            guard isNew || !(isMember || Self.single.contains(pair.name)) else {
                throw ConnectRefusal(.repeated(pair.name))
            }
            if Self.single.contains(pair.name), !pair.value.utf8.isEmpty { texts[pair.name] = pair.value }
        }
        publicKey = texts["public_key"]
        sessionToken = texts["connect_session_token"]
        connectionID = texts["connection_id"]
        socket = texts["ws_client_id"]
        digest = texts["hmac"]
        userScope = texts["user_scope"]
        openerOrigin = texts["origin"]
        returnURL = texts["return_url"]
        signature = texts["signature"]
        values = Dictionary(
            Self.members(of: "params", in: list).filter { !$0.1.utf8.isEmpty }, uniquingKeysWith: { first, _ in first })
        parameters = Self.members(of: "authorization_params", in: list).map { pair in
            (name: pair.0, value: pair.1.utf8.elementsEqual("undefined".utf8) ? nil : pair.1)
        }
        signed = list.pairs.filter { !Self.unsigned.contains($0.name) }
    }

    /// What a page of our own asks for, whose form was read already.
    package init(values: [String: String]) {
        (publicKey, sessionToken, connectionID, socket, digest) = (nil, nil, nil, nil, nil)
        (userScope, openerOrigin, returnURL, signature) = (nil, nil, nil, nil)
        self.values = values
        parameters = []
        signed = []
    }

    /// `params[subdomain]=acme` as `("subdomain", "acme")`.
    private static func members(of name: String, in list: ParameterList) -> [(String, String)] {
        let start = Array((name + "[").utf8)
        return list.pairs.compactMap { pair in
            let bytes = Array(pair.name.utf8)
            guard bytes.starts(with: start), bytes.last == 0x5D, (1...64).contains(bytes.count - start.count - 1) else {
                return nil
            }
            return (String(decoding: bytes[start.count..<(bytes.count - 1)], as: UTF8.self), pair.value)
        }
    }

    /// The name of a waiting socket, if it is one.
    package static func socket(_ text: String?) -> String? { text.flatMap { isSocket($0) ? $0 : nil } }

    /// Whether a text may name a waiting socket: a UUID, as both sides of the wire write it.
    package static func isSocket(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        return bytes.enumerated().allSatisfy { index, byte in
            [8, 13, 18, 23].contains(index)
                ? byte == 0x2D
                : (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte)
        }
    }
}
