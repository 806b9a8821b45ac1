import Broker
import OAuth
import Testing

@Suite("An integration as the API sends it")
struct IntegrationSentTests {
    private struct Missing: Error {}

    private func provider() throws -> Provider {
        let file = ProviderFile(
            """
            p:
              title: P
              docs: https://p.example/docs
              auth: basic
              fields:
                region: {title: Region, format: word, from: integration}
            """)
        #expect(file.problems.isEmpty, "\(file.problems)")
        guard let provider = file.providers.first else { throw Missing() }
        return provider
    }

    /// One that an older version stored, with a value under a name that is a credential's today.
    private let old = Integration(
        id: ID("int_1"), tenant: ID("ten_1"), environment: ID("env_1"),
        details: IntegrationDetails(
            key: "p", provider: "p", clientID: "", scopes: [], values: ["username": "somebody", "region": "eu"]),
        hasSecret: false, createdAt: Instant(seconds: 0), updatedAt: Instant(seconds: 0))

    private func change(_ config: String) throws -> IntegrationSent {
        let body = try #require(
            JSONValue(Array("{\"display_name\":\"Ours\",\"integration_config\":\(config)}".utf8)))
        let sent = try IntegrationSent(nested: body, keeping: old)
        try sent.check(with: provider())
        return sent
    }

    @Test func `a value that was stored under a credential's name hinders no change, and null takes it away`() throws {
        #expect(try change("{}").details.values == ["username": "somebody", "region": "eu"])
        #expect(try change(#"{"region":"us"}"#).details.values["region"] == "us")
        #expect(try change(#"{"username":null}"#).details.values == ["region": "eu"])
        #expect(throws: WireProblem.self) { try change(#"{"username":"other"}"#) }
        #expect(throws: WireProblem.self) { try change(#"{"password":"x"}"#) }
        #expect(throws: WireProblem.self) { try change(#"{"region":"a b"}"#) }
    }
}
