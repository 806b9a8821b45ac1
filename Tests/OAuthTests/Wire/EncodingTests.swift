import Testing

@testable import OAuth

@Suite("Encodings")
struct EncodingTests {
    @Test(arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE")])
    func `RFC 4648 §10 in the URL alphabet, without padding`(plain: String, encoded: String) {
        #expect(Base64.urlEncoded(plain.utf8) == encoded)
    }

    @Test func `RFC 4648 §5: 62 and 63 are - and _`() {
        #expect(Base64.urlEncoded([0xFB, 0xFF, 0xBF]) == "-_-_")
    }

    @Test(arguments: [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar")])
    func `RFC 4648 §10 read back`(encoded: String, plain: String) {
        #expect(Base64.decoded(Array(encoded.utf8)) == Array(plain.utf8))
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Zm-_", "=Zg=", "Zg==Zg==",
    ])
    func `base64 that is not exact is refused`(encoded: String) {
        #expect(Base64.decoded(Array(encoded.utf8)) == nil)
    }

    @Test func `percent encoding leaves only unreserved characters`() {
        #expect(PercentEncoding.encode("Az09-._~") == "Az09-._~")
        #expect(PercentEncoding.encode(" &=+%#\"\r\n") == "%20%26%3D%2B%25%23%22%0D%0A")
        #expect(PercentEncoding.encode("é😀") == "%C3%A9%F0%9F%98%80")
    }

    @Test func `percent encoding and form decoding are inverse for every byte`() throws {
        for byte in UInt8.min...UInt8.max where byte < 0x80 {
            let text = String(decoding: [byte], as: UTF8.self)
            #expect(FormScanner.decode(Array(PercentEncoding.encode(text).utf8)) == [byte])
        }
    }

    @Test func `JSON is ASCII, in the given order, with everything dangerous escaped`() {
        let json = JSONText.object([
            ("b", .string("\"\\\u{0}\n\u{7F}<é😀\u{2028}")), ("a", .array([.integer(-1), .boolean(true)])),
            ("e", .object([])),
        ])
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"{"b":"\"\\\u0000\u000a\u007f\u003c\u00e9\ud83d\ude00\u2028","a":[-1,true],"e":{}}"#)
    }

    @Test func `texts are the same when their bytes are, not when they look alike`() {
        #expect("".isSame(as: ""))
        #expect("client_id".isSame(as: "client_id"))
        #expect(!"client_id".isSame(as: "client_ie"))
        #expect(!"client_id".isSame(as: "client_i"))
        #expect(!"\u{E9}".isSame(as: "e\u{301}"))
        #expect(["a", "e\u{301}"].holds("e\u{301}"))
        #expect(!["a", "e\u{301}"].holds("\u{E9}"))
    }

    @Test(arguments: [
        "", "a", "\u{1F}", "a&", "\"", "\\", "<", ">", "~", "\u{7F}", "\u{80}", "plain text of some length",
    ])
    func `JSON escapes what is special wherever it stands`(text: String) {
        for text in [text, "0123456789abcdef0123456789abcdef" + text, text + "0123456789abcdef0123456789abcdef"] {
            let json = JSONText.string(text).bytes
            #expect(
                json.dropFirst().dropLast().allSatisfy {
                    (0x20...0x7E).contains($0) && ![0x26, 0x3C, 0x3E].contains($0)
                })
            #expect(JSONValue(json) == .string(text))
        }
    }

    @Test func `constant-time comparison compares`() {
        #expect(ConstantTime.equal([1, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.equal([1, 2, 3], [1, 2, 4]))
        #expect(!ConstantTime.equal([0, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.equal([1, 2], [1, 2, 3]))
    }

    @Test func `Case 188: how much of a guess is right does not show in the time`() {
        let right = [UInt8](repeating: 7, count: 100_000)
        var atStart = right
        var atEnd = right
        atStart[0] = 8
        atEnd[right.count - 1] = 8
        // The quickest of several: whatever else the machine does only adds to the others.
        func quickest(_ guess: [UInt8]) -> Duration {
            (0..<7).map { _ in ContinuousClock().measure { _ = ConstantTime.equal(right, guess) } }.min() ?? .zero
        }
        let (first, last) = (quickest(atStart), quickest(atEnd))
        // A comparison that stops at the first difference would take a hundred thousandth.
        #expect(first * 3 > last && last * 3 > first, "\(first) and \(last)")
    }

    @Test func `a realm cannot break out of its header`() {
        #expect(QuotedString.quote("a\"b\\c") == #""a\"b\\c""#)
        #expect(QuotedString.quote("a\r\nSet-Cookie: x\u{301}") == "\"aSet-Cookie: x\"")
    }
}
