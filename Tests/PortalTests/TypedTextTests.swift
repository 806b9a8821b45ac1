import Portal
import Testing

struct TypedTextTests {
    @Test(arguments: ["CI deploy", "Ada’s laptop", "données 2026", "夜間エクスポート", "🦊 fox", "a\u{301}", "<b>&\"'"])
    func `Case 133: what people write in any script is kept`(text: String) {
        #expect(TypedText.line(text, atMost: 100).map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test(arguments: [
        "a\nb", "a\r\nb", "a\rb", "a\tb", "a\0b", "a\u{1B}[31mb", "a\u{7F}b", "a\u{85}b", "a\u{2028}b", "a\u{2029}b",
        "a\u{202E}b", "a\u{202A}b", "a\u{2066}b", "a\u{200B}b", "a\u{200D}b", "a\u{200E}b", "a\u{FEFF}b", "a\u{AD}b",
        "a\u{E0041}b", "a\u{E000}b", "a\u{10FFFF}b",
    ])
    func `Case 133: control, bidirectional and invisible characters are refused`(text: String) {
        #expect(TypedText.line(text, atMost: 100) == nil)
        #expect(TypedText.line("Gatewright " + text, atMost: 100) == nil)
    }

    @Test func `Case 133: a paragraph keeps its line breaks and nothing else of the kind`() {
        #expect(TypedText.paragraph("one\ntwo\r\nthree", atMost: 100) == "one\ntwo\r\nthree")
        for text in ["a\u{202E}b", "a\tb", "a\u{2028}b", "a\u{B}b", "a\0b"] {
            #expect(TypedText.paragraph(text, atMost: 100) == nil)
        }
    }

    @Test func `length is counted in bytes, after white space around it is dropped`() {
        #expect(TypedText.line("  \t\r\n abc \n", atMost: 3) == "abc")
        #expect(TypedText.line("abcd", atMost: 3) == nil)
        #expect(TypedText.line("\u{E4}\u{E4}", atMost: 3) == nil)
        #expect(TypedText.line(String(repeating: "x", count: 10_240), atMost: 100) == nil)
    }

    @Test(arguments: ["", " ", "\n", " \t\r\n "])
    func `nothing but white space is nothing`(text: String) {
        #expect(TypedText.line(text, atMost: 100) == nil)
        #expect(TypedText.paragraph(text, atMost: 100) == nil)
    }
}
