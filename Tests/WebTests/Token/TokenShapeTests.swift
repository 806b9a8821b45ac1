import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite struct TokenShapeTests {
    @Test func `§5.1: a V2 answer has exactly these members`() async throws {
        let site = try await TestSite()
        let code = try await site.browser(signedInAs: site.cast.ada).code(scope: "people:read account:read")
        let answer = try await site.redeem(code)
        #expect(answer.status == 200 && answer.header("Content-Type")?.hasPrefix("application/json") == true)
        #expect(answer.header("Cache-Control") == "no-store")
        let json = answer.json
        let access = try #require(json["access_token"] as? String)
        let refresh = try #require(json["refresh_token"] as? String)
        #expect(Secret<AccessToken>(access) != nil && Secret<RefreshToken>(refresh) != nil)
        #expect(
            answer.body == """
                {"access_token":"\(access)","refresh_token":"\(refresh)","token_type":"Bearer","expires_in":86400,\
                "scope":"account:read people:read","created_at":\(site.clock.now.seconds)}
                """)
    }

    @Test func `§5.1: a V1 answer has exactly these members, and its token never expires by itself`() async throws {
        let site = try await TestSite()
        try await site.change { $0.tokenFormat = .v1 }
        let code = try await site.browser(signedInAs: site.cast.ada).code(scope: "account:read")
        let answer = try await site.redeem(code)
        let access = try #require(answer.json["access_token"] as? String, "\(answer.body)")
        #expect(
            answer.body == """
                {"access_token":"\(access)","token_type":"bearer","created_at":\(site.clock.now.seconds)}
                """)
        site.clock.move(by: 10 * 365 * 86_400)
        #expect(try await site.call("/t/acme/api/v1/me", access).status == 200)
    }

    @Test func `a JSON body is as good as a form`() async throws {
        let site = try await TestSite()
        let code = try await site.browser(signedInAs: site.cast.ada).code()
        let fields = try site.redemption(of: code) + site.rosterCredentials()
        let body = try JSONSerialization.data(withJSONObject: Dictionary(uniqueKeysWithValues: fields))
        let answer = try await site.token(body: Array(body), headers: [("Content-Type", "application/json")])
        #expect(answer.status == 200 && answer.json["token_type"] as? String == "Bearer", "\(answer.body)")
        let next = [
            "grant_type": "refresh_token", "refresh_token": answer.json["refresh_token"] as? String ?? "",
            "client_id": fields[4].1, "client_secret": fields[5].1,
        ]
        let renewed = try await site.token(
            body: Array(try JSONSerialization.data(withJSONObject: next)),
            headers: [("Content-Type", "application/json; charset=utf-8")])
        #expect(renewed.status == 200 && renewed.json["expires_in"] as? Int == 86_400)
    }

    @Test func `Case 89: only POST, and Allow says so`() async throws {
        let site = try await TestSite()
        for method in [HTTPRequest.Method.get, .put, .patch, .delete, .head, .trace] {
            let answer = try await site.send(method, "/t/acme/oauth/token")
            #expect(answer.status == 405 && answer.header("Allow")?.contains("POST") == true, "\(method)")
        }
    }

    @Test(arguments: [
        nil, "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded; charset=utf-16",
        "text/json",
    ])
    func `Case 90, 92: other content types are 415`(type: String?) async throws {
        let site = try await TestSite()
        let headers = type.map { [("Content-Type", $0)] } ?? []
        let answer = try await site.token(body: Array("grant_type=refresh_token".utf8), headers: headers)
        #expect(answer.status == 415 && answer.header("Content-Type")?.hasPrefix("application/json") == true)
    }

    @Test(arguments: [
        #"{"grant_type":"a","grant_type":"b"}"#, #"{"grant_type":1}"#, #"{"grant_type":{}}"#, #"{"grant_type":["x"]}"#,
        "[]", "", "{", "{}x", "\u{FEFF}{}", #"{"grant_type":"\ud800"}"#, #"{"gr\u0061nt_type":"a","grant_type":"a"}"#,
    ])
    func `Case 91: JSON is read strictly`(body: String) async throws {
        let site = try await TestSite()
        let answer = try await site.token(body: Array(body.utf8), headers: [("Content-Type", "application/json")])
        #expect(answer.status == 400 && answer.error == "invalid_request")
    }

    @Test(arguments: [
        "grant_type=%ff", "grant_type=%c0%af", "grant_type=a%00b", "grant_type=%zz", "grant_type=%2", "%ff=1",
    ])
    func `Case 92: forms are decoded strictly`(body: String) async throws {
        let site = try await TestSite()
        let answer = try await site.token(body: Array(body.utf8), headers: [TestSite.form])
        #expect(answer.status == 400 && answer.error == "invalid_request")
    }

    @Test func `Case 92: UTF-16 and raw bytes that are no UTF-8 are refused`() async throws {
        let site = try await TestSite()
        let json: [UInt8] = #"{"grant_type":"x"}"#.utf8.flatMap { [UInt8(0), $0] }
        let headers = [("Content-Type", "application/json")]
        #expect(try await site.token(body: json, headers: headers).error == "invalid_request")
        #expect(try await site.token(body: [0xFE, 0xFF] + json, headers: headers).error == "invalid_request")
        let raw = Array("grant_type=".utf8) + [0xFF]
        #expect(try await site.token(body: raw, headers: [TestSite.form]).error == "invalid_request")
    }

    @Test func `Case 94: a large body is 413, a compressed one 415`() async throws {
        let site = try await TestSite()
        let large = [UInt8](repeating: 0x61, count: 16 * 1024 + 1)
        #expect(try await site.token(body: large, headers: [TestSite.form]).status == 413)
        let packed = try await site.token(body: [0x1F, 0x8B], headers: [TestSite.form, ("Content-Encoding", "gzip")])
        #expect(packed.status == 415)
    }

    @Test func `Case 95: thousands of parameters are refused at once`() async throws {
        let site = try await TestSite()
        let many = (0..<1500).map { "p\($0)=1" }.joined(separator: "&")
        for body in [many, String(repeating: "n", count: 10_000) + "=1", String(repeating: "&", count: 10_000)] {
            let started = ContinuousClock.now
            let answer = try await site.token(body: Array(body.utf8), headers: [TestSite.form])
            #expect(answer.status == 400 && answer.error == "invalid_request")
            #expect(started.duration(to: .now) < .seconds(1))
        }
    }

    @Test(arguments: [
        ("password", "unsupported_grant_type"), ("implicit", "unsupported_grant_type"),
        ("client-credentials", "unsupported_grant_type"), ("AUTHORIZATION_CODE", "unsupported_grant_type"),
        ("", "invalid_request"),
    ])
    func `Case 96: only three grants`(grant: String, error: String) async throws {
        let site = try await TestSite()
        let answer = try await site.token([("grant_type", grant), ("username", "ada")] + site.rosterCredentials())
        #expect(answer.status == 400 && answer.error == error)
    }

    @Test func `Case 97: every refusal has the form of §5.2 and repeats nothing`() async throws {
        let site = try await TestSite()
        let marker = "m\"arker\\é"
        for fields in [
            [("grant_type", marker)], [("grant_type", "refresh_token"), ("refresh_token", marker)],
            [("grant_type", "authorization_code"), ("code", marker), ("code_verifier", marker)], [(marker, marker)],
        ] {
            for credentials in [try site.rosterCredentials(), [("client_id", marker)], []] {
                let answer = try await site.token(fields + credentials)
                #expect([400, 401].contains(answer.status), "\(answer.body)")
                #expect(Set(answer.json.keys) == ["error", "error_description"])
                let sentence = try #require(answer.json["error_description"] as? String)
                #expect(sentence.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
                #expect(!answer.contains("arker") && answer.header("Cache-Control") == "no-store")
                #expect((answer.status == 401) == (answer.header("WWW-Authenticate") != nil))
            }
        }
    }

    @Test func `Case 150: a suspended tenant has no token endpoint, and its tokens end`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens(scope: "account:read")
        try await site.suspend("tenant", try site.cast.acme.id.text)
        #expect(try await site.refresh(tokens.refresh).status == 404)
        #expect(try await site.call("/v2/me", tokens.access).status == 401)
    }

    @Test func `Case 150: a suspended app gets nothing any more`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens(scope: "account:read")
        try await site.suspend("app", try site.cast.rosterSync.app.id.text)
        #expect(try await site.refresh(tokens.refresh).status >= 400)
        #expect(try await site.call("/v2/me", tokens.access).status == 401)
    }
}
