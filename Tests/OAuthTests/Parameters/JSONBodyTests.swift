import OAuth
import Testing

@Suite("JSON bodies")
struct JSONBodyTests {
    private func list(_ json: String) throws(OAuthError) -> ParameterList {
        try ParameterList(json: Array(json.utf8))
    }

    @Test func `the seed's curl body is read`() throws {
        let list = try list(
            #"{"grant_type":"authorization_code", "code":"{code}", "redirect_uri":"https:\/\/a.example"}"#
        )
        #expect(try list.required(.grantType) == "authorization_code")
        #expect(try list.required(.code) == "{code}")
        #expect(try list.required(.redirectURI) == "https://a.example")
        #expect(try list.optional(.codeVerifier) == nil)
    }

    @Test func `white space, escapes and surrogate pairs are read`() throws {
        #expect(
            try list(" {\t\"state\"\r\n : \"\\u0041\\ud83d\\ude00\\n\\\"\\\\\\b\\f\\r\\t\" } \n").required(.state)
                == "A😀\n\"\\\u{8}\u{C}\r\t")
        #expect(try list(#"{"st\u0061te":"x"}"#).required(.state) == "x")
        #expect(try list("{\"state\":\"caf\u{E9}\"}").required(.state) == "caf\u{E9}")
        #expect(try list("{}").optional(.state) == nil)
        #expect(try list(#"{"state":""}"#).optional(.state) == nil)
    }

    @Test(arguments: [2, 15, 16, 17, 40])
    func `Case 91: a repeated key is refused among however many`(count: Int) {
        let names = (1..<count).map { "\"n\($0)\":\($0)" }
        #expect(
            JSONValue(Array("{\((names + ["\"e\u{301}\":0", "\"\u{E9}\":0"]).joined(separator: ","))}".utf8)) != nil)
        for repeated in ["\"n1\":0", "\"\\u006e1\":0", "\"n\(count - 1)\":0"] {
            #expect(JSONValue(Array("{\((names + [repeated]).joined(separator: ","))}".utf8)) == nil)
        }
    }

    @Test(arguments: [
        #"{"code":"a","code":"b"}"#, #"{"code":"a","code":"a"}"#, #"{"code":"a","c\u006fde":"b"}"#,
        #"{"x":"a","x":"b"}"#,
    ])
    func `Case 91: a repeated key is refused, whichever reader would have won`(json: String) {
        #expect(refusal { () throws(OAuthError) in try list(json) } == .invalidRequest)
    }

    @Test(arguments: [
        #"{"code":1}"#, #"{"code":null}"#, #"{"code":true}"#, #"{"code":["a"]}"#, #"{"code":{"a":"b"}}"#, #"["a"]"#,
        #""a""#, "null", "1", "",
    ])
    func `Case 91: only a flat object of strings is taken`(json: String) {
        #expect(refusal { () throws(OAuthError) in try list(json) } == .invalidRequest)
    }

    @Test(arguments: [
        #"{"a":"b""#, #"{"a":"b"}}"#, #"{"a":"b"} x"#, #"{"a":"b",}"#, #"{,"a":"b"}"#, #"{"a" "b"}"#, #"{a:"b"}"#,
        #"{'a':'b'}"#, #"{"a":"\x"}"#, #"{"a":"\u12"}"#, #"{"a":"\u12g4"}"#, #"{"a":"\ud83d"}"#, #"{"a":"\ude00"}"#,
        #"{"a":"\ud83d\u0041"}"#, "{\"a\":\"\n\"}", "{\"a\":\"\t\"}", #"{"a":"b"}{"a":"c"}"#, #"{"a":"b" "c":"d"}"#,
        #"/**/{"a":"b"}"#, #"{"a":"b\"#, #"{"a":"\u0000"}"#, "{\"a\":\"\u{0}\"}", "\u{FEFF}{\"a\":\"b\"}",
    ])
    func `Case 91: anything that is not plain JSON is refused`(json: String) {
        #expect(refusal { () throws(OAuthError) in try list(json) } == .invalidRequest)
    }

    @Test func `Case 91: UTF-16 and bytes that are not UTF-8 are refused`() {
        let utf16: [UInt8] = #"{"a":"b"}"#.utf8.reduce(into: []) { $0 += [$1, 0] }
        let broken: [UInt8] = Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        for bytes in [utf16, [0xFF, 0xFE] + utf16, broken] {
            #expect(refusal { () throws(OAuthError) in try ParameterList(json: bytes) } == .invalidRequest)
        }
    }

    @Test func `Case 91: depth is refused at once, not followed`() {
        let deep = #"{"a":"# + String(repeating: "[", count: 100_000)
        #expect(refusal { () throws(OAuthError) in try list(deep) } == .invalidRequest)
    }

    @Test func `Case 95: the limits of forms hold here too`() {
        func object(_ count: Int) -> String {
            "{" + (0..<count).map { "\"k\($0)\":\"v\"" }.joined(separator: ",") + "}"
        }
        #expect(refusal { () throws(OAuthError) in try list(object(100)) } == nil)
        #expect(refusal { () throws(OAuthError) in try list(object(101)) } == .invalidRequest)
        let long = String(repeating: "a", count: 8193)
        #expect(refusal { () throws(OAuthError) in try list("{\"a\":\"\(long)\"}") } == .invalidRequest)
    }
}
