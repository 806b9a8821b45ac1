import OAuth

/// What a company's backend does so that its users can connect accounts, in several languages.
struct ConnectExample {
    /// The installation's address.
    let base: String
    let integrationKey: String
    let connectionID: String

    /// The digest of the wire format, with its test vector beside it.
    var vouching: [LanguageExample] {
        [
            LanguageExample(
                key: "curl", name: "curl", steps: [Snippet(label: "In a shell", code: shellDigest)], isChosen: true),
            LanguageExample(
                key: "python", name: "Python", steps: [Snippet(label: "In Python", code: pythonDigest)]),
            LanguageExample(
                key: "javascript", name: "JavaScript",
                steps: [Snippet(label: "In JavaScript (Node 18 or later, saved as digest.mjs)", code: scriptDigest)]),
            LanguageExample(key: "swift", name: "Swift", steps: [Snippet(label: "In Swift", code: swiftDigest)]),
        ]
    }

    /// A connect session, instead of public key and digest.
    var session: [LanguageExample] {
        let body = """
            {"end_user": {"id": "user-42", "email": "mei@example.org"}, "allowed_integrations": ["\(integrationKey)"]}
            """
        return call("Open a session", "/connect/sessions", headers: [], body: body)
    }

    /// Credentials that work now.
    var fetching: [LanguageExample] {
        let path =
            "/connection/\(PercentEncoding.encode(connectionID))?provider_config_key="
            + PercentEncoding.encode(integrationKey)
        return call("Fetch the connection", path, headers: [], body: nil)
    }

    /// A call to the provider's API, with the token put in on the way.
    var proxying: [LanguageExample] {
        call(
            "Call the provider", "/proxy/people",
            headers: [("Connection-Id", connectionID), ("Provider-Config-Key", integrationKey)], body: nil)
    }

    private func call(
        _ label: String, _ path: String, headers: [(name: String, value: String)], body: String?
    ) -> [LanguageExample] {
        let call = BackendCall(address: base + path, headers: headers, body: body)
        return [
            LanguageExample(
                key: "curl", name: "curl", steps: [Snippet(label: label, code: call.curl)], isChosen: true),
            LanguageExample(key: "python", name: "Python", steps: [Snippet(label: label, code: call.python)]),
            LanguageExample(
                key: "javascript", name: "JavaScript", steps: [Snippet(label: label, code: call.javaScript)]),
            LanguageExample(key: "swift", name: "Swift", steps: [Snippet(label: label, code: call.swift)]),
        ]
    }

    private static let vector = "661d23fa831cdabc6cdb4902417911b4917ee4ff61d094da0ab50a5981fd310a"

    private var shellDigest: String {
        #"""
        digest() { printf %s "$1:$2" | openssl dgst -sha256 -hmac "$3" | sed 's/.* //'; }

        # \#(Self.vector)
        digest github u1 s3cret
        # One of your users
        digest \#(literal(integrationKey)) \#(literal(connectionID)) "${GATEWRIGHT_HMAC_KEY:?first: export GATEWRIGHT_HMAC_KEY=…}"
        """#
    }

    private var pythonDigest: String {
        #"""
        import hashlib, hmac, os

        def digest(integration, connection, key):
            message = f"{integration}:{connection}".encode()
            return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()

        # \#(Self.vector)
        print(digest("github", "u1", "s3cret"))
        # One of your users
        print(digest(\#(literal(integrationKey)), \#(literal(connectionID)), os.environ["GATEWRIGHT_HMAC_KEY"]))
        """#
    }

    private var scriptDigest: String {
        #"""
        import { createHmac } from "node:crypto";

        const digest = (integration, connection, key) =>
          createHmac("sha256", key).update(`${integration}:${connection}`).digest("hex");

        // \#(Self.vector)
        console.log(digest("github", "u1", "s3cret"));
        // One of your users
        console.log(digest(\#(literal(integrationKey)), \#(literal(connectionID)), process.env.GATEWRIGHT_HMAC_KEY));
        """#
    }

    private var swiftDigest: String {
        #"""
        import Foundation
        #if canImport(CryptoKit)
        import CryptoKit
        #else
        import Crypto
        #endif

        func digest(_ integration: String, _ connection: String, _ key: String) -> String {
            HMAC<SHA256>.authenticationCode(
                for: Data("\(integration):\(connection)".utf8), using: SymmetricKey(data: Data(key.utf8))
            ).map { String(format: "%02x", $0) }.joined()
        }

        // \#(Self.vector)
        print(digest("github", "u1", "s3cret"))
        // One of your users
        let key = ProcessInfo.processInfo.environment["GATEWRIGHT_HMAC_KEY"] ?? ""
        print(digest(\#(literal(integrationKey)), \#(literal(connectionID)), key))
        """#
    }
}

/// One call of a backend with its secret key: a GET, or a POST of JSON.
private struct BackendCall {
    let address: String
    let headers: [(name: String, value: String)]
    let body: String?

    var curl: String {
        var lines = [#"curl -H "Authorization: Bearer $GATEWRIGHT_SECRET_KEY""#]
        for header in headers { lines.append("  -H \(literal(header.name + ": " + header.value))") }
        if let body { lines += [#"  -H "Content-Type: application/json""#, "  -d '\(body)'"] }
        lines.append("  \(literal(address))")
        return #": "${GATEWRIGHT_SECRET_KEY:?first: export GATEWRIGHT_SECRET_KEY=…}""# + "\n"
            + lines.joined(separator: " \\\n")
    }

    var python: String {
        let more = headers.map { "\n    \(literal($0.name)): \(literal($0.value))," }.joined()
        let json = body == nil ? "" : "\n    \"Content-Type\": \"application/json\","
        let sent = body.map { "json.dumps(\($0)).encode()" } ?? "None"
        return """
            import json, os, urllib.request

            request = urllib.request.Request(\(literal(address)), \(sent), {
                "Authorization": "Bearer " + os.environ["GATEWRIGHT_SECRET_KEY"],\(more)\(json)
            })
            print(json.load(urllib.request.urlopen(request)))
            """
    }

    var javaScript: String {
        let more = headers.map { "\n    \(literal($0.name)): \(literal($0.value))," }.joined()
        let json = body == nil ? "" : "\n    \"Content-Type\": \"application/json\","
        let sent = body.map { "\n  method: \"POST\", body: JSON.stringify(\($0))," } ?? ""
        return """
            const answer = await fetch(\(literal(address)), {\(sent)
              headers: {
                Authorization: `Bearer ${process.env.GATEWRIGHT_SECRET_KEY}`,\(more)\(json)
              },
            });
            console.log(answer.status, await answer.json());
            """
    }

    var swift: String {
        let more = headers.map {
            "\nrequest.setValue(\(literal($0.value)), forHTTPHeaderField: \(literal($0.name)))"
        }.joined()
        let sent =
            body.map { body in
                "\nrequest.httpMethod = \"POST\"\n"
                    + "request.setValue(\"application/json\", forHTTPHeaderField: \"Content-Type\")\n"
                    + "request.httpBody = Data(#\"\(body)\"#.utf8)"
            } ?? ""
        return """
            import Foundation
            #if canImport(FoundationNetworking)
            import FoundationNetworking
            #endif

            let key = ProcessInfo.processInfo.environment["GATEWRIGHT_SECRET_KEY"] ?? ""
            var request = URLRequest(url: URL(string: \(literal(address)))!)
            request.setValue("Bearer " + key, forHTTPHeaderField: "Authorization")\(more)\(sent)
            print(String(decoding: try await URLSession.shared.data(for: request).0, as: UTF8.self))
            """
    }
}
