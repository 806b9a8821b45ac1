import OAuth

/// The flow in JavaScript for Node 18 or later, without a package.
struct JavaScriptFlow {
    let example: FlowExample

    var step: Snippet {
        Snippet(
            label: "Save it as flow.mjs, run it, open the address it prints, and paste the address you come back to",
            code: start + authorize + redeem + use)
    }

    private var start: String {
        """
        import { createHash, randomBytes } from "node:crypto";
        import { createInterface } from "node:readline/promises";

        const issuer = \(literal(example.issuer));
        const clientID = \(literal(example.clientID));
        \(example.isConfidential ? "const clientSecret = process.env.CLIENT_SECRET;\n" : "")\
        const callback = \(literal(example.callback));

        // Keep both in the session of the person you send away: they come back to it.
        const state = randomBytes(16).toString("base64url");
        const verifier = randomBytes(48).toString("base64url");
        const challenge = createHash("sha256").update(verifier).digest("base64url");

        """
    }

    private var authorize: String {
        """
        console.log(issuer + "/oauth/authorize?" + new URLSearchParams({
          response_type: "code", client_id: clientID, redirect_uri: callback,
          scope: \(literal(example.scopes.text)), state,
          code_challenge: challenge, code_challenge_method: "S256",
        }));

        const terminal = createInterface({ input: process.stdin, output: process.stdout });
        const cameBack = new URL(await terminal.question("Came back to: ")).searchParams;
        terminal.close();
        if (cameBack.get("state") !== state) throw new Error("not the answer to this request");


        """
    }

    private var redeem: String {
        """
        const answer = await fetch(issuer + "/oauth/token", { method: "POST", body: new URLSearchParams({
          grant_type: "authorization_code", code: cameBack.get("code"),
          redirect_uri: callback, code_verifier: verifier,
          client_id: clientID,\(example.isConfidential ? " client_secret: clientSecret," : "")
        }) });
        const tokens = await answer.json();

        """
    }

    private var use: String {
        guard let call = example.call else { return "console.log(tokens.scope);" }
        let headers = "Authorization: `Bearer ${tokens.access_token}`"
        guard let body = call.body else {
            return """
                const result = await fetch(issuer + "\(call.path)", { headers: { \(headers) } });
                console.log(await result.json());
                """
        }
        return """
            const result = await fetch(issuer + "\(call.path)", {
              method: "POST", headers: { \(headers), "Content-Type": "application/json" },
              body: JSON.stringify(\(body)),
            });
            console.log(await result.json());
            """
    }
}
