import OAuth

/// The flow in a shell, step by step: nothing but `openssl` and `curl`.
struct CurlFlow {
    let example: FlowExample

    var steps: [Snippet] {
        var steps = [prepare, redeem]
        if let call = example.call {
            steps.append(
                Snippet(
                    label: "Call the API",
                    code: call.curl("\"\(issuer)\(call.path)\"", bearer: "$ACCESS_TOKEN")))
        }
        if example.refreshes { steps.append(refresh) }
        return steps.enumerated().map { Snippet(label: "\($0 + 1). \($1.label)", code: $1.code) }
    }

    private var issuer: String { example.tenants.issuer(of: "$WORKSPACE") }

    private var prepare: Snippet {
        let query = example.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let secret = example.isConfidential ? "CLIENT_SECRET='paste the client secret here'\n" : ""
        return Snippet(
            label: "Make state, verifier and challenge, and the address to send people to",
            code: """
                WORKSPACE=\(example.slug)
                \(secret)STATE=$(openssl rand -hex 16)
                VERIFIER=$(openssl rand -hex 32)
                CHALLENGE=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d '=')
                echo "\(issuer)/oauth/authorize?\(query)&state=$STATE&code_challenge=$CHALLENGE&code_challenge_method=S256"
                """)
    }

    private var redeem: Snippet {
        Snippet(
            label: "They come back to your callback with code and state. Compare state, then redeem the code",
            code: """
                CODE='paste the code here'
                curl \(credentials) \\
                  -d grant_type=authorization_code -d "code=$CODE" \\
                  -d redirect_uri=\(PercentEncoding.encode(example.callback)) \\
                  -d "code_verifier=$VERIFIER" \\
                  "\(issuer)/oauth/token"
                """)
    }

    private var refresh: Snippet {
        Snippet(
            label: "Refresh: the access token ends after 24 hours, and each refresh token is good for a single refresh",
            code: """
                curl \(credentials) \\
                  -d grant_type=refresh_token -d "refresh_token=$REFRESH_TOKEN" \\
                  "\(issuer)/oauth/token"
                """)
    }

    private var credentials: String {
        example.isConfidential ? "-u \"\(example.clientID):$CLIENT_SECRET\"" : "-d client_id=\(example.clientID)"
    }
}
