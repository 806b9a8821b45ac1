import OAuth
import Portal

extension Site {
    /// Ready requests for an app, in the order in which it makes them. The secret stands as `$CLIENT_SECRET`.
    ///
    /// - Parameter issuer: a tenant's address, or one with a placeholder in it.
    func snippets(for app: App, at issuer: String) -> [Snippet] {
        let callback = PercentEncoding.encode(app.details.callbacks.first ?? "")
        var steps = [
            Snippet(label: "Send people here", code: authorizeAddress(of: app, callback: callback, at: issuer)),
            Snippet(label: "Redeem the code", code: redeemCall(of: app, callback: callback, at: issuer)),
            Snippet(label: "Call the API", code: apiCall(at: issuer)),
        ]
        if app.details.tokenFormat == .v2 {
            steps.append(Snippet(label: "Refresh", code: refreshCall(of: app, at: issuer)))
        }
        return steps.enumerated().map { Snippet(label: "\($0 + 1). \($1.label)", code: $1.code) }
    }

    /// - Parameter callback: percent-encoded.
    private func authorizeAddress(of app: App, callback: String, at issuer: String) -> String {
        """
        \(issuer)/oauth/authorize
          ?response_type=code
          &client_id=\(app.clientID)
          &redirect_uri=\(callback)
          &scope=\(PercentEncoding.encode(app.details.scopes.text))&state=$STATE
          &code_challenge=$CHALLENGE&code_challenge_method=S256
        """
    }

    private func redeemCall(of app: App, callback: String, at issuer: String) -> String {
        """
        curl \(credentials(of: app)) \\
          -d grant_type=authorization_code -d code=$CODE \\
          -d redirect_uri=\(callback) \\
          -d code_verifier=$VERIFIER \\
          \(issuer)/oauth/token
        """
    }

    private func apiCall(at issuer: String) -> String {
        """
        curl -H "Authorization: Bearer $ACCESS_TOKEN" \\
          \(issuer)/api/v1/people
        """
    }

    private func refreshCall(of app: App, at issuer: String) -> String {
        """
        curl \(credentials(of: app)) \\
          -d grant_type=refresh_token -d refresh_token=$REFRESH_TOKEN \\
          \(issuer)/oauth/token
        """
    }

    private func credentials(of app: App) -> String {
        app.details.kind == .confidential
            ? "-u \"\(app.clientID):$CLIENT_SECRET\"" : "-d client_id=\(app.clientID)"
    }
}
