import Crypto
package import OAuth

/// A token and its secret (RFC 5849 §2): temporary credentials first, then the real ones.
package struct OAuth1Token: Sendable {
    package let token: String
    package let secret: String

    package init(token: String, secret: String) {
        self.token = token
        self.secret = secret
    }
}

extension OAuth1 {
    /// What makes one signed request unlike any other (RFC 5849 §3.3).
    package struct Once: Sendable {
        package let nonce: String
        package let time: Instant

        package init(nonce: String, time: Instant) {
            self.nonce = nonce
            self.time = time
        }
    }

    /// §2.1. The callback carries our state, since the protocol has none of its own.
    package func requestToken(
        callback: String, state: String, client: ClientRegistration, once: Once
    ) throws(ConnectProblem) -> ProviderCall {
        guard let url = requestURL.filled([:]) else { throw .missingValue }
        let callback = FormText.url(callback, [("state", state)])
        return signed(url, [("oauth_callback", callback)], requestParameters, client, token: nil, once)
    }

    /// §2.2.
    package func address(for token: OAuth1Token, scopes: [String]) throws(ConnectProblem) -> String {
        guard let url = authorizeURL.filled([:]) else { throw .missingValue }
        var pairs = [(name: "oauth_token", value: token.token)] + authorizeParameters
        if !scopes.isEmpty { pairs.append(("scope", scopes.joined(separator: ","))) }
        return FormText.url(url, pairs)
    }

    /// §2.3.
    package func accessToken(
        for token: OAuth1Token, verifier: String, client: ClientRegistration, once: Once
    ) throws(ConnectProblem) -> ProviderCall {
        guard let url = tokenURL.filled([:]) else { throw .missingValue }
        return signed(url, [("oauth_verifier", verifier)], [], client, token: token, once)
    }

    /// `oauth_token` and `oauth_token_secret` of a form answer, with the rest as it came.
    package func absorb(_ answer: ProviderAnswer) -> Result<(OAuth1Token, raw: JSONValue), TokenAnswer.Trouble> {
        switch answer {
        case .failed(let failure): return .failure(.unavailable(failure.rawValue))
        case .response(let status, let body):
            guard (200..<300).contains(status) else {
                return .failure(
                    status >= 500 || status == 429 ? .unavailable("HTTP \(status)") : .gone("HTTP \(status)"))
            }
            guard let object = TokenBody.read(body), let token = object["oauth_token"]?.string,
                let secret = object["oauth_token_secret"]?.string, !token.utf8.isEmpty
            else { return .failure(.unavailable("HTTP \(status), unreadable")) }
            return .success((OAuth1Token(token: token, secret: secret), object))
        }
    }

    /// The `Authorization` header of a call with a token (RFC 5849 §3.5.1).
    ///
    /// - Parameter body: the pairs of a form, which the signature stands over as well; none for any other body.
    package func authorization(
        _ method: ProviderCall.Method, _ url: String, body: [(name: String, value: String)], token: OAuth1Token,
        client: ClientRegistration, _ once: Once
    ) -> String {
        signature.header(method, url, [], body, client, token: token, once)
    }

    private func signed(
        _ url: String, _ own: [(name: String, value: String)], _ body: [(name: String, value: String)],
        _ client: ClientRegistration, token: OAuth1Token?, _ once: Once
    ) -> ProviderCall {
        let header = signature.header(.post, url, own, body, client, token: token, once)
        var headers = [(name: "authorization", value: header), ("user-agent", "Gatewright")]
        if !body.isEmpty { headers.append(("content-type", "application/x-www-form-urlencoded")) }
        return ProviderCall(method: .post, url: url, headers: headers, body: Array(FormText.encode(body).utf8))
    }

    /// §3.4.1: method, address without its query, and every parameter in order.
    static func base(_ method: String, _ url: String, _ pairs: [(name: String, value: String)]) -> String {
        let bytes = Array(url.utf8)
        let address = bytes.prefix { $0 != 0x3F }
        let query = (try? ParameterList(form: Array(bytes.dropFirst(address.count + 1))))?.pairs ?? []
        let sorted = (pairs + query).map { (FormText.encode($0.name), FormText.encode($0.value)) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
            .map { $0.0 + "=" + $0.1 }.joined(separator: "&")
        return [method, String(decoding: address, as: UTF8.self), sorted].map(FormText.encode).joined(separator: "&")
    }
}

extension OAuth1.SignatureMethod {
    /// The `Authorization` header (§3.5.1). The realm stands in it and is not signed (§3.4.1.3.1).
    func header(
        _ method: ProviderCall.Method, _ url: String, _ own: [(name: String, value: String)],
        _ body: [(name: String, value: String)], _ client: ClientRegistration, token: OAuth1Token?,
        realm: String? = nil, _ once: OAuth1.Once
    ) -> String {
        var pairs =
            own + [
                ("oauth_consumer_key", client.id), ("oauth_nonce", once.nonce), ("oauth_signature_method", rawValue),
                ("oauth_timestamp", String(once.time.seconds)), ("oauth_version", "1.0"),
            ]
        if let token { pairs.append(("oauth_token", token.token)) }
        let key = FormText.encode(client.secret ?? "") + "&" + FormText.encode(token?.secret ?? "")
        let base = OAuth1.base(method.rawValue, url, pairs + body)
        pairs.append(("oauth_signature", sign(base, key: key)))
        if let realm { pairs.insert(("realm", realm), at: 0) }
        return "OAuth " + pairs.map { $0.name + "=\"" + FormText.encode($0.value) + "\"" }.joined(separator: ", ")
    }

    /// §3.4.2 and §3.4.4. SHA-1 is what the protocol says; nothing of ours rests on it.
    func sign(_ base: String, key: String) -> String {
        switch self {
        case .plaintext: return key
        case .hmacSHA256:
            let code = HMAC<SHA256>.authenticationCode(
                for: Array(base.utf8), using: SymmetricKey(data: Array(key.utf8)))
            return Base64.encoded(code)
        case .hmacSHA1:
            let code = HMAC<Insecure.SHA1>.authenticationCode(
                for: Array(base.utf8), using: SymmetricKey(data: Array(key.utf8)))
            return Base64.encoded(code)
        }
    }
}
