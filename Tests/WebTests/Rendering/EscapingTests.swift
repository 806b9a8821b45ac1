import Testing
import Web

private struct EchoPage: Page {
    var text: String
    var rows: [Line] = []

    struct Line: Sendable { var text: String }

    static let template = "echo"
    static let sample = EchoPage(text: "x")
    var title: String { text }
}

/// Echoes the text as content, in attributes, in rows, through a layout, its title, a block and a partial.
private let echo = [
    "layouts/frame": "<title>{{layout.title}}</title><p>{{text}}</p>{{$main}}{{/main}}",
    "parts/line": "<i title=\"{{text}}\">{{text}}</i>",
    "echo": """
    {{<layouts.frame}}{{$main}}<input value="{{text}}">{{> parts/line}}{{#rows}}{{> parts/line}}{{/rows}}{{#text}}{{.}}{{/text}}{{/main}}{{/layouts.frame}}
    """,
]

private func echoed(_ text: String) throws -> String {
    let page = EchoPage(text: text, rows: [EchoPage.Line(text: text)])
    return try PageRenderer(templatesFolder: templates(echo)).render(page, in: Layout())
}

/// How often each byte that HTML gives meaning to occurs: equal counts mean no new element and no new attribute.
private func skeleton(_ html: String) -> [UInt8: Int] {
    var counts: [UInt8: Int] = [:]
    for byte in html.utf8 where "<>\"'".utf8.contains(byte) { counts[byte, default: 0] += 1 }
    return counts
}

let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</textarea><script>",
    "</title><svg/onload=alert(1)>", "x\"\u{301} onmouseover=alert(1) y=\"", "'\u{200D}<\u{338}script>", "&lt;b&gt;",
    "{{layout.csrf}}{{{title}}}{{#rows}}", "\u{0}<\u{0}script>", "\r\n\r\n<b>", "]]>--><b>", "<!--", "\u{202E}<b>",
]

@Suite("Rendering · escaping")
struct EscapingTests {
    @Test(
        arguments: ["\"", "'", "<", "&", ">"],
        ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{20E3}", "\u{338}", "\u{1F3FB}", "\u{E0061}"])
    func `Case 236: a mark after the character does not keep it from being escaped`(character: String, mark: String)
        throws
    {
        let plain = try echoed("x")
        let html = try echoed("x\(character)\(mark) onmouseover=alert(1)")
        #expect(skeleton(html) == skeleton(plain))
        #expect(HTML.escape(character + mark).utf8.first == UInt8(ascii: "&"))
    }

    @Test(arguments: hostile)
    func `Case 235: hostile text is inert as content, in attributes, titles, partials, blocks and rows`(text: String)
        throws
    {
        #expect(skeleton(try echoed(text)) == skeleton(try echoed("x")))
    }

    @Test(arguments: Exhibit.all.map(\.name))
    func `Cases 132 and 235: hostile text in every field of every page makes no new element or attribute`(name: String)
        throws
    {
        let exhibit = try #require(Exhibit.named(name))
        let renderer = try pageRenderer.get()
        let plain = skeleton(try exhibit.html(renderer, sampleLayout(), { _ in "x" }))
        for text in hostile {
            let html = try exhibit.html(renderer, sampleLayout(), { _ in text })
            #expect(skeleton(html) == plain, "\(name): \(text)")
        }
    }

    @Test(arguments: Exhibit.all.map(\.name))
    func `Case 235: no page lets a script address through`(name: String) throws {
        let exhibit = try #require(Exhibit.named(name))
        let renderer = try pageRenderer.get()
        let html = try exhibit.html(renderer, sampleLayout(), { _ in "javascript:alert(1)" })
        for attribute in ["href=\"javascript:", "action=\"javascript:", "src=\"javascript:"] {
            #expect(!html.contains(attribute))
        }
    }

    @Test(arguments: ["{{layout.csrf}}", "{{{title}}}", "{{#rows}}", "<% %>", "{{> parts/line}}"])
    func `Case 242: template syntax in data is only text`(text: String) throws {
        #expect(try echoed(text).contains("<p>\(HTML.escape(text))</p>"))
    }

    @Test func `control bytes are dropped, tab and newline stay`() {
        #expect(HTML.escape("a\u{0}b\u{7}c\td\ne\rf\u{1B}g\u{7F}h") == "abc\td\nefgh")
    }

    @Test func `text without anything to escape is returned as it is`() {
        #expect(HTML.escape("Ada’s sandbox ü 👩‍👩‍👧") == "Ada’s sandbox ü 👩‍👩‍👧")
    }
}
