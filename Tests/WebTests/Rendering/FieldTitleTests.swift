import Broker
import Testing

@testable import Web

@Suite("Rendering · titles of fields inside sentences")
struct FieldTitleTests {
    @Test(arguments: [
        ("Client ID", "client ID"), ("Private key", "private key"), ("API key", "API key"),
        ("SID of the key", "SID of the key"),
        ("RuName", "RuName"), ("My Domain", "My Domain"), ("Okta domain", "Okta domain"),
        ("Shop’s host", "shop’s host"),
        ("X", "X"), ("", ""), ("été", "été"),
    ])
    func `a title begins small, and a name keeps its capital`(title: String, words: String) throws {
        let entry =
            "okta:\n  title: Okta (own)\n  docs: https://p.example/docs\n  auth: api_key\n  api: {base: https://p.example}\n"
        let provider = try #require(ProviderFile(entry).providers.first)
        #expect(title.insideSentence(at: provider) == words)
    }
}
