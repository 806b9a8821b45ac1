/// How what a person allowed reaches the app.
package enum Delivery: String, Hashable, CaseIterable, Sendable {
    /// A code, which the app's server redeems (RFC 6749 §4.1).
    case code
    /// The token itself, in the address of the callback: for apps whose developer turned it on.
    /// It leaks by design (RFC 9700 §2.1.2): into histories, logs and `Referer`s.
    case token
}

extension AuthorizeRequest {
    /// Reads the query of such a request: `api_key`, `callback`, and `state` if there is one. As with `read`, the
    /// client and the callback come first.
    ///
    /// The callback must be sent, be a registered one byte for byte, without the leeway that `redirect_uri` has for
    /// ports, and go to a web server: any app on a device can claim a scheme. Consent is asked for every time, since
    /// a remembered yes would hand out tokens to whoever can open an address in the person's browser.
    ///
    /// - Parameter isOn: whether the app's developer turned this flow on.
    package static func readDirect(
        _ list: ParameterList, for client: Client?, isOn: Bool
    ) throws(Refusal) -> AuthorizeRequest {
        let named = try apiKey(in: list)
        guard let client, client.clientID == named else {
            throw .tellThePerson(OAuthError(.invalidRequest, "no app has this api_key"))
        }
        let callback: String
        do throws(OAuthError) { callback = try list.required(.callback) } catch { throw .tellThePerson(error) }
        guard let exact = client.verify(redirectURI: callback), exact.shape != .privateUse,
            client.redirectURIs.contains(where: { $0.matches(callback) })
        else {
            throw .tellThePerson(
                OAuthError(
                    .invalidRequest, "callback is not one of the app's callback URLs, which are compared byte for byte")
            )
        }
        guard isOn else {
            throw .tellThePerson(
                OAuthError(.unauthorizedClient, "the direct flow is off for this app: its developer can turn it on"))
        }
        do throws(OAuthError) {
            return try AuthorizeRequest(direct: list, client, exact)
        } catch {
            throw .redirect(error, to: exact, state: nil)
        }
    }

    /// Which client to look up for `readDirect`.
    package static func apiKey(in list: ParameterList) throws(Refusal) -> ClientID {
        do throws(OAuthError) {
            return ClientID(try list.required(.apiKey))
        } catch {
            throw .tellThePerson(error)
        }
    }

    private init(direct list: ParameterList, _ client: Client, _ callback: VerifiedRedirectURI) throws(OAuthError) {
        guard !client.allowedScopes.isEmpty else {
            throw OAuthError(.invalidScope, "the app has no scopes yet: choose some on its page")
        }
        state = try Self.readState(list)
        self.client = client
        redirectURI = callback
        redirectURIWasSent = true
        scopes = client.allowedScopes
        challenge = nil
        prompt = [.consent]
        maxAge = nil
        delivery = .token
    }
}

extension Parameter {
    package static let apiKey = Parameter(
        "api_key", missing: "api_key is missing", repeated: "api_key was sent more than once")
    package static let callback = Parameter(
        "callback", missing: "callback is missing", repeated: "callback was sent more than once")
}
