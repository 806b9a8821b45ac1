import OAuth

/// The flow in Python, with the standard library alone.
struct PythonFlow {
    let example: FlowExample

    var step: Snippet {
        Snippet(
            label: "Run it, open the address it prints, and paste the address you come back to",
            code: start + authorize + redeem + use)
    }

    private var start: String {
        """
        import base64, hashlib, json, os, secrets, urllib.parse, urllib.request

        issuer = \(literal(example.issuer))
        client_id = \(literal(example.clientID))
        \(example.isConfidential ? "client_secret = os.environ[\"CLIENT_SECRET\"]\n" : "")\
        callback = \(literal(example.callback))

        def fetch(url, form=None, headers={}):
            body = urllib.parse.urlencode(form).encode() if form else None
            with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
                return json.load(answer)


        """
    }

    private var authorize: String {
        """
        # Keep both in the session of the person you send away: they come back to it.
        state = secrets.token_urlsafe(16)
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        print(issuer + "/oauth/authorize?" + urllib.parse.urlencode({
            "response_type": "code", "client_id": client_id, "redirect_uri": callback,
            "scope": \(literal(example.scopes.text)), "state": state,
            "code_challenge": challenge, "code_challenge_method": "S256",
        }))

        came_back = urllib.parse.parse_qs(urllib.parse.urlsplit(input("Came back to: ")).query)
        assert came_back["state"] == [state], "not the answer to this request"


        """
    }

    private var redeem: String {
        """
        tokens = fetch(issuer + "/oauth/token", {
            "grant_type": "authorization_code", "code": came_back["code"][0],
            "redirect_uri": callback, "code_verifier": verifier,
            "client_id": client_id,\(example.isConfidential ? " \"client_secret\": client_secret," : "")
        })

        """
    }

    private var use: String {
        guard let call = example.call else { return "print(tokens[\"scope\"])" }
        let headers = "{\"Authorization\": \"Bearer \" + tokens[\"access_token\"]"
        guard let body = call.body else {
            return "print(fetch(issuer + \"\(call.path)\", headers=\(headers)}))"
        }
        return """
            request = urllib.request.Request(issuer + "\(call.path)", json.dumps(\(body)).encode(),
                \(headers), "Content-Type": "application/json"})
            print(json.load(urllib.request.urlopen(request)))
            """
    }
}
