import Foundation
import OAuth
import Testing

@Suite("Security G · The token endpoint's protocol")
struct TokenEndpointCases {
    @Test(arguments: [
        ("password", OAuthError.Code.unsupportedGrantType), ("Client_credentials", .unsupportedGrantType),
        ("implicit", .unsupportedGrantType), ("", .invalidRequest), ("refresh_token ", .unsupportedGrantType),
        ("urn:ietf:params:oauth:grant-type:device_code", .unsupportedGrantType),
    ])
    func `Case 96: a grant that is not offered, and none at all`(type: String, expected: OAuthError.Code) {
        for fields in [Fields.redeem(), Fields.refresh()] {
            let fields = fields.with("grant_type", type)
            #expect(refusal { () throws(OAuthError) in try TokenRequest.read(try fields.list) } == expected)
        }
    }

    @Test func `Case 91: form and JSON bodies mean the same`() throws {
        let form = try ParameterList(
            query: "grant_type=refresh_token&refresh_token=\(Cast.secret(RefreshToken.self).reveal())")
        let json = try ParameterList(
            json: Array(
                #"{"grant_type":"refresh_token","refresh_token":"\#(Cast.secret(RefreshToken.self).reveal())"}"#.utf8))
        for list in [form, json] {
            guard case .refreshToken(let request) = try TokenRequest.read(list) else {
                Issue.record("another grant")
                return
            }
            #expect(request.token?.reveal() == Cast.secret(RefreshToken.self).reveal())
        }
    }

    @Test func `Case 97: error sentences keep to the characters of RFC 6749 §5.2, in every literal of the source`()
        throws
    {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/OAuth")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var sentences: [Substring] = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let source = try String(contentsOf: file, encoding: .utf8)
            let calls = source.matches(of: /(?:OAuthError\(|\.refused\()\s*\.\w+,\s*"((?:[^"\\]|\\.)*)"/)
            sentences += calls.map { $0.output.1 }
            sentences += source.matches(of: /(?:missing|repeated): "((?:[^"\\]|\\.)*)"/).map { $0.output.1 }
        }
        #expect(sentences.count > 60, "the search finds them")
        for sentence in sentences {
            #expect(!sentence.isEmpty)
            #expect(
                sentence.utf8.allSatisfy {
                    $0 == 0x20 || $0 == 0x21 || (0x23...0x5B).contains($0) || (0x5D...0x7E).contains($0)
                }, "\(sentence)")
        }
    }

    @Test func `Case 97: nothing of a request is echoed`() throws {
        let evil = "<script>evil</script>"
        let fields = [
            Fields.redeem().with("grant_type", evil), Fields.redeem().with("code", evil),
            Fields.redeem().with("redirect_uri", evil), Fields.redeem().with("code_verifier", evil),
            Fields.refresh().with("refresh_token", evil), Fields.refresh().with("scope", evil),
        ]
        for fields in fields {
            var json: [UInt8]?
            do {
                let request = try TokenRequest.read(try fields.list)
                let outcome =
                    switch request {
                    case .authorizationCode: try redeeming(fields)
                    case .refreshToken: try refreshing(fields)
                    case .clientCredentials: try asking()
                    }
                if case .failure(let error) = outcome.answer { json = error.json() }
            } catch let error as OAuthError { json = error.json() }
            let text = String(decoding: try #require(json), as: UTF8.self)
            #expect(!text.contains("evil"))
        }
    }

    @Test func `Case 97: an answer is one line of ASCII`() throws {
        let response = try #require(try redeeming().response)
        for bytes in [response.json(), OAuthError(.invalidGrant, "x").json()] {
            #expect(bytes.allSatisfy { (0x20...0x7E).contains($0) })
            #expect(bytes.first == 0x7B && bytes.last == 0x7D)
            #expect((try? JSONSerialization.jsonObject(with: Data(bytes))) != nil)
        }
    }

    @Test func `every callback problem has a sentence of its own`() {
        let messages = RedirectURIProblem.allCases.map(\.message)
        #expect(Set(messages).count == messages.count)
        #expect(messages.allSatisfy { $0.hasSuffix(".") && $0.count > 15 })
    }
}
