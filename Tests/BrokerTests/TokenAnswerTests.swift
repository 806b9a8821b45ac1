import Broker
import OAuth
import Testing

@Suite("Answers of token endpoints")
struct TokenAnswerTests {
    private let now = Instant(seconds: 1_790_000_000)

    private func token(_ keys: String = "") throws -> OAuth2.Token {
        let file = ProviderFile(
            """
            p:
              title: P
              docs: https://p.example/docs
              auth: oauth2
              authorize: {url: "https://p.example/a"}
              token:
                url: https://p.example/t
            \(keys)
            """)
        #expect(file.problems.isEmpty, "\(file.problems)")
        guard case .oauth2(let oauth2)? = file.providers.first?.method else { throw Missing() }
        return oauth2.token
    }

    private struct Missing: Error {}

    private func absorb(_ status: Int, _ body: String, keys: String = "", paths: [String] = []) throws
        -> Result<TokenAnswer, TokenAnswer.Trouble>
    {
        try token(keys).absorb(
            .response(status: status, body: Array(body.utf8)), keeping: [], paths: paths, at: now)
    }

    @Test func `JSON is read, and the lifetime counted from now`() throws {
        let answer = try absorb(
            200, #"{"access_token":"a","refresh_token":"r","expires_in":3600,"team":{"id":"T1"}}"#, paths: ["team.id"]
        ).get()
        #expect(answer.accessToken == "a")
        #expect(answer.refreshToken == "r")
        #expect(answer.expiresAt == now + 3600)
        #expect(answer.kept == ["team.id": "T1"])
    }

    @Test func `a form is read as well`() throws {
        let answer = try absorb(200, "access_token=gho_1&scope=repo%2Cuser&token_type=bearer").get()
        #expect(answer.accessToken == "gho_1")
        #expect(answer.raw["scope"] == .string("repo,user"))
    }

    @Test func `credentials may stand one level down`() throws {
        let body = #"{"ok":true,"authed_user":{"access_token":"xoxp-1"}}"#
        #expect(try absorb(200, body, keys: "    nested_under: authed_user").get().accessToken == "xoxp-1")
    }

    @Test(
        arguments: [
            (#""3600""#, 3600), ("3600.5", 3600), ("1e300", nil), ("-1", nil), ("0", nil), ("null", nil), ("true", nil),
            ("[]", nil), (#""soon""#, nil), ("9223372036854775807", 315_360_000),
            ("99999999999999999999999", 315_360_000),
        ] as [(String, Int64?)])
    func `Case 211: no lifetime can end the process`(text: String, seconds: Int64?) throws {
        let answer = try absorb(200, #"{"access_token":"a","expires_in":\#(text)}"#).get()
        #expect(answer.expiresAt == seconds.map { now + $0 })
    }

    @Test(arguments: [
        "", "<html>a=b</html>", #"{"access_token":"a""#, #"{"access_token":"a","access_token":"b"}"#, "[]", "null",
        #"{"access_token":""}"#, #"{"access_token":1}"#, #"{"access_token":"a\u0000b"}"#, #"{"access_token":"a\r\nb"}"#,
        #"{"a":"# + String(repeating: "[", count: 600),
        #"{"access_token":"\#(String(repeating: "a", count: 20_000))"}"#,
    ])
    func `Case 210: what cannot be used is a typed failure`(body: String) throws {
        guard case .failure(.unavailable) = try absorb(200, body) else { return #expect(Bool(false), "\(body)") }
    }

    @Test func `Case 210: bytes that are not UTF-8, and UTF-16, are a typed failure`() throws {
        let utf16: [UInt8] = [0xFF, 0xFE] + #"{"access_token":"a"}"#.utf8.flatMap { [$0, 0] }
        let broken: [UInt8] = Array(#"{"access_token":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        for body in [utf16, broken] {
            let result = try token().absorb(.response(status: 200, body: body), keeping: [], paths: [], at: now)
            guard case .failure(.unavailable) = result else { return #expect(Bool(false)) }
        }
    }

    @Test func `Case 215: gone for good, down for now and our own mistake are told apart`() throws {
        func trouble(_ status: Int, _ body: String) throws -> TokenAnswer.Trouble? {
            guard case .failure(let trouble) = try absorb(status, body) else { return nil }
            return trouble
        }
        #expect(try trouble(400, #"{"error":"invalid_grant"}"#) == .gone("invalid_grant"))
        #expect(try trouble(200, #"{"ok":false,"error":"token_revoked"}"#) == .gone("token_revoked"))
        #expect(try trouble(401, #"{"error":"invalid_client"}"#) == .misconfigured("invalid_client"))
        #expect(try trouble(200, #"{"ok":false,"error":"internal_error"}"#) == .unavailable("internal_error"))
        #expect(try trouble(503, #"{"error":"invalid_grant"}"#) == .unavailable("invalid_grant"))
        #expect(try trouble(429, "{}") == .unavailable("HTTP 429"))
        #expect(try trouble(400, #"{"error":"a_word_of_its_own"}"#) == .unavailable("a_word_of_its_own"))
        #expect(try trouble(400, #"{"error":"invalid_request"}"#) == .unavailable("invalid_request"))
        #expect(try trouble(400, "{}") == .gone("HTTP 400"))
        for status in [402, 404, 405, 408, 409, 423] {
            #expect(try trouble(status, "{}") == .unavailable("HTTP \(status)"))
        }
        #expect(try trouble(302, "{}") == .unavailable("HTTP 302"))
        #expect(try trouble(500, "oops") == .unavailable("HTTP 500, unreadable"))
    }

    @Test func `a call that failed is a trouble that may pass`() throws {
        let result = try token().absorb(.failed(.timedOut), keeping: [], paths: [], at: now)
        guard case .failure(.unavailable("timedOut")) = result else { return #expect(Bool(false)) }
        #expect(TokenAnswer.Trouble.unavailable("timedOut").leavesDoubt)
        #expect(!TokenAnswer.Trouble.unavailable("busy").leavesDoubt)
        #expect(!TokenAnswer.Trouble.unavailable("HTTP 503").leavesDoubt)
    }
}
