import OAuth

/// The first call with a developer token, in several languages.
struct TokenExample {
    /// The whole address of the call.
    let address: String

    var languages: [LanguageExample] {
        [
            LanguageExample(
                key: "curl", name: "curl", steps: [Snippet(label: "In a shell", code: curl)], isChosen: true),
            LanguageExample(key: "python", name: "Python", steps: [Snippet(label: "In Python", code: python)]),
            LanguageExample(
                key: "javascript", name: "JavaScript",
                steps: [Snippet(label: "In JavaScript (Node 18 or later, saved as call.mjs)", code: javaScript)]),
            LanguageExample(key: "swift", name: "Swift", steps: [Snippet(label: "In Swift", code: swift)]),
        ]
    }

    private var curl: String {
        """
        TOKEN='paste the token here'
        \(ExampleCall.me.curl(address, bearer: "$TOKEN"))
        """
    }

    private var python: String {
        """
        import json, os, urllib.request

        request = urllib.request.Request(
            \(literal(address)), headers={"Authorization": "Bearer " + os.environ["TOKEN"]})
        print(json.load(urllib.request.urlopen(request)))
        """
    }

    private var javaScript: String {
        """
        const answer = await fetch(\(literal(address)), {
          headers: { Authorization: `Bearer ${process.env.TOKEN}` },
        });
        console.log(await answer.json());
        """
    }

    private var swift: String {
        """
        import Foundation
        #if canImport(FoundationNetworking)
        import FoundationNetworking
        #endif

        var request = URLRequest(url: URL(string: \(literal(address)))!)
        request.setValue("Bearer " + (ProcessInfo.processInfo.environment["TOKEN"] ?? ""), forHTTPHeaderField: "Authorization")
        print(String(decoding: try await URLSession.shared.data(for: request).0, as: UTF8.self))
        """
    }
}
