import OAuth

/// How a backend fetches one connection's credentials, ready to run, in several languages.
struct ConnectionCall {
    /// The installation's address.
    let base: String
    let integrationKey: String
    let connectionID: String

    static let sample = ConnectionCall(
        base: "https://portal.example", integrationKey: "github", connectionID: "user-42")

    var languages: [LanguageExample] {
        [
            LanguageExample(key: "curl", name: "curl", steps: [step(curl)], isChosen: true),
            LanguageExample(key: "javascript", name: "JavaScript", steps: [step(javaScript)]),
            LanguageExample(key: "python", name: "Python", steps: [step(python)]),
        ]
    }

    private func step(_ code: String) -> Snippet { Snippet(label: "Credentials that work now", code: code) }

    private var address: String {
        "\(base)/connection/\(PercentEncoding.encode(connectionID))?provider_config_key="
            + PercentEncoding.encode(integrationKey)
    }

    private var curl: String {
        """
        : "${GATEWRIGHT_SECRET_KEY:?first: export GATEWRIGHT_SECRET_KEY=…}"
        curl -H "Authorization: Bearer $GATEWRIGHT_SECRET_KEY" \\
          "\(address)"
        """
    }

    private var javaScript: String {
        """
        const response = await fetch(\(literal(address)), {
          headers: { Authorization: `Bearer ${process.env.GATEWRIGHT_SECRET_KEY}` },
        });
        if (!response.ok) throw new Error(await response.text());
        const { credentials } = await response.json();
        """
    }

    private var python: String {
        """
        import json, os, urllib.request

        request = urllib.request.Request(
            \(literal(address)),
            headers={"Authorization": "Bearer " + os.environ["GATEWRIGHT_SECRET_KEY"]})
        with urllib.request.urlopen(request) as response:
            credentials = json.load(response)["credentials"]
        """
    }
}
