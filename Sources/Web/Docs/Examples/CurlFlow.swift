import OAuth

/// The flow in a shell, step by step: nothing but `openssl` and `curl`.
struct CurlFlow {
    let example: FlowExample

    var steps: [Snippet] {
        var steps = [prepare, redeem]
        if let call = example.call {
            steps.append(
                Snippet(
                    label: "Call the API", before: "With the access token of that answer:",
                    code: "ACCESS_TOKEN='paste the access_token here'\n"
                        + call.curl("\"\(issuer)\(call.path)\"", bearer: "$ACCESS_TOKEN"),
                    reply: call.reply))
        }
        if example.refreshes { steps.append(refresh) }
        return steps.enumerated().map { index, step in
            var step = step
            step.label = "\(index + 1). \(step.label)"
            return step
        }
    }

    private var issuer: String { example.tenants.issuer(of: "$WORKSPACE") }

    /// In lines that a page shows whole, so the address is put together piece by piece.
    private var prepare: Snippet {
        let query = example.query.dropFirst().map { "ADDRESS=\"$ADDRESS&\($0.name)=\($0.value)\"\n" }.joined()
        let secret = example.isConfidential ? ": \"${CLIENT_SECRET:?first: export CLIENT_SECRET=…}\"\n" : ""
        return Snippet(
            label: "Make state, verifier and challenge, and the address to send people to",
            code: """
                WORKSPACE=\(example.slug)
                \(secret)STATE=$(openssl rand -hex 16)
                VERIFIER=$(openssl rand -hex 32)
                CHALLENGE=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary |
                  openssl base64 -A | tr '+/' '-_' | tr -d '=')
                ADDRESS="\(issuer)/oauth/authorize?response_type=code"
                \(query)ADDRESS="$ADDRESS&state=$STATE"
                ADDRESS="$ADDRESS&code_challenge=$CHALLENGE&code_challenge_method=S256"
                echo "$ADDRESS"
                """,
            after: """
                Open the printed address yourself, if you are an admin there, or send it to somebody who is. They sign \
                in, read what is asked and press Allow.
                """)
    }

    private var redeem: Snippet {
        Snippet(
            label: "They come back to your callback with code and state. Compare state, then redeem the code",
            before: """
                Nothing listens at your callback yet? Then the page fails to load: copy code and state out of the \
                address bar. The code works once, within ten minutes.
                """,
            code: """
                CODE='paste the code here'
                curl \(credentials) \\
                  -d grant_type=authorization_code -d "code=$CODE" \\
                  -d redirect_uri=\(PercentEncoding.encode(example.callback)) \\
                  -d "code_verifier=$VERIFIER" \\
                  "\(issuer)/oauth/token" | tee tokens.json
                """, reply: example.refreshes ? Self.pair : Self.single)
    }

    private var refresh: Snippet {
        Snippet(
            label: "Refresh: the access token ends after 24 hours, and each refresh token is good for a single refresh",
            code: """
                REFRESH_TOKEN='paste the refresh_token here'
                curl \(credentials) \\
                  -d grant_type=refresh_token -d "refresh_token=$REFRESH_TOKEN" \\
                  "\(issuer)/oauth/token" | tee tokens.json
                """, after: "The answer has the same shape. Keep its new refresh token; the old one is spent.")
    }

    private static let pair = """
        {"access_token":"gw_at_…","token_type":"Bearer","expires_in":86400,
         "refresh_token":"gw_rt_…","scope":"…","created_at":…}
        """
    private static let single = #"{"access_token":"gw_at_…","token_type":"Bearer","scope":"…","created_at":…}"#

    private var credentials: String {
        example.isConfidential ? "-u \"\(example.clientID):$CLIENT_SECRET\"" : "-d client_id=\(example.clientID)"
    }
}
