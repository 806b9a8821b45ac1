import OAuth
import Testing

@Suite("RFC 6749 · Appendix B: form parameters")
struct FormTests {
    private func read(_ query: String, _ parameter: Parameter = .state) throws(OAuthError) -> String? {
        try ParameterList(query: query).optional(parameter)
    }

    @Test func `names and values are decoded once, + is a space`() throws {
        #expect(try read("state=a+b%20c%2Bd") == "a b c+d")
        #expect(try read("st%61te=x") == "x")
        #expect(try read("state=%2541") == "%41")
        #expect(try read("state=a=b=c") == "a=b=c")
        #expect(try read("state=caf%C3%A9%F0%9F%98%80") == "café😀")
    }

    @Test func `§3.1: a parameter without a value counts as omitted`() throws {
        for query in ["state=", "state", "", "&&", "other=1"] { #expect(try read(query) == nil, "\(query)") }
        #expect(
            refusal { () throws(OAuthError) in try ParameterList(query: "state=").required(.state) } == .invalidRequest)
    }

    @Test func `§3.1: unrecognized parameters are ignored, even repeated ones`() throws {
        #expect(try read("foo=1&foo=2&state=x&bar") == "x")
    }

    @Test(arguments: [
        "state=a&state=b", "state=a&state=a", "state=&state=a", "state=a&state=", "state&state", "state=a&st%61te=b",
    ])
    func `§3.1: a parameter that is sent more than once is refused`(query: String) {
        #expect(refusal { () throws(OAuthError) in try read(query) } == .invalidRequest)
    }

    @Test func `all values of a repeated field can be read where repetition is meant`() throws {
        let list = try ParameterList(query: "scopes=a&x=1&scopes=&scopes=b")
        #expect(list.all(Parameter("scopes")) == ["a", "", "b"])
        #expect(list.mentions(Parameter("x")))
        #expect(!list.mentions(Parameter("scope")))
    }

    @Test(arguments: [
        "state=%ff", "state=%c0%af", "state=%ed%a0%80", "state=%f5%80%80%80", "state=%c3", "state=%00", "state=a%00b",
        "%00=a", "state=%zz", "state=%", "state=%4", "state=%u0041", "%=a", "state=%E2%82",
    ])
    func `Case 92: bytes that are not UTF-8, NUL and broken escapes are refused`(query: String) {
        #expect(refusal { () throws(OAuthError) in try ParameterList(query: query) } == .invalidRequest)
    }

    @Test(
        arguments: [
            [0xFF, 0xFE, 0x61, 0x00], [0xFE, 0xFF, 0x00, 0x61], [0xEF, 0xBB, 0xBF, 0x61, 0x3D, 0x62],
            [0x61, 0x00, 0x3D, 0x00], [0x61, 0x3D, 0xFF],
        ] as [[UInt8]])
    func `Case 92: UTF-16 and byte order marks are refused`(bytes: [UInt8]) {
        #expect(refusal { () throws(OAuthError) in try ParameterList(form: bytes) } == .invalidRequest)
    }

    @Test func `Case 95: a hundred parameters are read, one more is refused`() {
        let hundred = Array(repeating: "a=1", count: 100).joined(separator: "&")
        #expect(refusal { () throws(OAuthError) in try ParameterList(query: hundred) } == nil)
        #expect(refusal { () throws(OAuthError) in try ParameterList(query: hundred + "&a=1") } == .invalidRequest)
    }

    @Test func `Case 95: 8 KB of name or value are read, one byte more is refused`() {
        let long = String(repeating: "a", count: 8192)
        #expect(refusal { () throws(OAuthError) in try ParameterList(query: "n=" + long) } == nil)
        #expect(refusal { () throws(OAuthError) in try ParameterList(query: long + "=v") } == nil)
        #expect(refusal { () throws(OAuthError) in try ParameterList(query: "n=a" + long) } == .invalidRequest)
        #expect(refusal { () throws(OAuthError) in try ParameterList(query: "a" + long + "=v") } == .invalidRequest)
        // Counted after decoding: the three bytes of an escape are one.
        let escaped = String(repeating: "%61", count: 8192)
        #expect(refusal { () throws(OAuthError) in try ParameterList(query: "n=" + escaped) } == nil)
    }

    @Test func `Case 95: brackets mean nothing`() throws {
        #expect(try read("state[]=a&state[x][y]=b") == nil)
    }

    @Test func `values that Unicode calls equal are kept apart`() throws {
        let value = try #require(try read("state=e%CC%81"))
        #expect(Array(value.utf8) == [0x65, 0xCC, 0x81])
        // A name that is canonically equivalent is another name.
        #expect(try ParameterList(query: "\u{212A}=1").mentions(Parameter("K")) == false)
    }
}
