import OAuth

/// The flow in Swift: CryptoKit on Apple's systems, swift-crypto elsewhere.
struct SwiftFlow {
    let example: FlowExample

    var step: Snippet {
        Snippet(
            label: "Run it, open the address it prints, and paste the address you come back to",
            code: start + authorize + redeem + use)
    }

    private var start: String {
        """
        import Foundation
        #if canImport(FoundationNetworking)
        import FoundationNetworking
        #endif
        #if canImport(CryptoKit)
        import CryptoKit
        #else
        import Crypto
        #endif

        let issuer = \(literal(example.issuer))
        let clientID = \(literal(example.clientID))
        \(example.isConfidential ? "let clientSecret = ProcessInfo.processInfo.environment[\"CLIENT_SECRET\"] ?? \"\"\n" : "")\
        let callback = \(literal(example.callback))

        func base64url(_ data: Data) -> String {
            data.base64EncodedString().replacingOccurrences(of: "+", with: "-")
                .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
        }
        func random(_ count: Int) -> String { base64url(Data((0..<count).map { _ in UInt8.random(in: 0...255) })) }
        func query(_ fields: KeyValuePairs<String, String>) -> String {
            let unreserved = CharacterSet(charactersIn: "-._~").union(.alphanumerics)
            return fields.map { $0.key + "=" + ($0.value.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "") }
                .joined(separator: "&")
        }


        """
    }

    private var authorize: String {
        """
        // Keep both in the session of the person you send away: they come back to it.
        let state = random(16)
        let verifier = random(48)
        let challenge = base64url(Data(SHA256.hash(data: Data(verifier.utf8))))
        print(issuer + "/oauth/authorize?" + query([
            "response_type": "code", "client_id": clientID, "redirect_uri": callback,
            "scope": \(literal(example.scopes.text)), "state": state,
            "code_challenge": challenge, "code_challenge_method": "S256",
        ]))

        print("Came back to: ", terminator: "")
        let cameBack = URLComponents(string: readLine() ?? "")?.queryItems ?? []
        func value(_ name: String) -> String { cameBack.first { $0.name == name }?.value ?? "" }
        guard value("state") == state else { fatalError("not the answer to this request") }


        """
    }

    private var redeem: String {
        """
        struct Tokens: Decodable { let access_token: String }
        var post = URLRequest(url: URL(string: issuer + "/oauth/token")!)
        post.httpMethod = "POST"
        post.httpBody = Data(query([
            "grant_type": "authorization_code", "code": value("code"),
            "redirect_uri": callback, "code_verifier": verifier,
            "client_id": clientID,\(example.isConfidential ? " \"client_secret\": clientSecret," : "")
        ]).utf8)
        let tokens = try JSONDecoder().decode(Tokens.self, from: await URLSession.shared.data(for: post).0)

        """
    }

    private var use: String {
        guard let call = example.call else { return "print(\"It works: \\(tokens.access_token.count) characters\")" }
        let body = call.body.map { body in
            """
            call.httpMethod = "POST"
            call.setValue("application/json", forHTTPHeaderField: "Content-Type")
            call.httpBody = Data(#"\(body)"#.utf8)

            """
        }
        return """
            var call = URLRequest(url: URL(string: issuer + "\(call.path)")!)
            call.setValue("Bearer " + tokens.access_token, forHTTPHeaderField: "Authorization")
            \(body ?? "")\
            print(String(decoding: try await URLSession.shared.data(for: call).0, as: UTF8.self))
            """
    }
}
