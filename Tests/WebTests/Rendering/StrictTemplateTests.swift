import Foundation
import Testing
import Web

private struct Row: Sendable {
    var name: String?
    var note = ""
}

private struct Odd: Sendable {
    var value = 1.5
}

private struct SmallPage: Page {
    var name = "OUTER"
    var note = "OUTER NOTE"
    var empty = ""
    var missing: String?
    var isOn = true
    var isOff = false
    var rows: [Row] = []
    var words: [String] = []
    var single: Row?
    var odd: Odd?
    var homeURL = "https://roster.example"

    static let template = "small"
    static let sample = SmallPage()
    var title: String { "Small" }
}

private func rendered(_ template: String, _ page: SmallPage = .sample) throws -> String {
    try PageRenderer(templatesFolder: templates(["small": template])).render(page, in: Layout())
}

@Suite("Rendering · strict templates")
struct StrictTemplateTests {
    @Test func `a name the page does not have is an error that says which page and which name`() throws {
        let error = #expect(throws: RenderingError.self) { try rendered("{{nmae}}") }
        #expect(error?.description == "SmallPage: SmallPage has no nmae")
    }

    @Test func `a name a row does not have is an error, even when the page around it has one`() throws {
        let page = SmallPage(rows: [Row(name: "inner")])
        let error = #expect(throws: RenderingError.self) { try rendered("{{#rows}}{{isOn}}{{/rows}}", page) }
        #expect(error?.mistakes == ["Row has no isOn"])
    }

    @Test func `style 9.1: a nil in a row never takes the page's value of the same name`() throws {
        let page = SmallPage(rows: [Row(name: nil), Row(name: "inner")])
        #expect(try rendered("{{#rows}}[{{name}}{{note}}]{{/rows}}", page) == "[][inner]")
        #expect(try rendered("{{#rows}}{{#name}}{{.}}{{/name}}{{^name}}none{{/name}} {{/rows}}", page) == "none inner ")
    }

    @Test func `style 9.2: nil, empty strings, empty lists and false are falsy`() throws {
        #expect(
            try rendered("{{#empty}}x{{/empty}}{{#missing}}x{{/missing}}{{#rows}}x{{/rows}}{{#isOff}}x{{/isOff}}") == ""
        )
        #expect(
            try rendered("{{^empty}}a{{/empty}}{{^missing}}b{{/missing}}{{^rows}}c{{/rows}}{{^isOff}}d{{/isOff}}")
                == "abcd")
        #expect(try rendered("{{#isOn}}a{{/isOn}}{{#name}}b{{/name}}") == "ab")
        #expect(try rendered("{{#single}}x{{/single}}{{^single}}none{{/single}}") == "none")
    }

    @Test func `hasRows says whether a list has any`() throws {
        #expect(try rendered("{{#hasRows}}some{{/hasRows}}{{^hasRows}}none{{/hasRows}}") == "none")
        #expect(try rendered("{{#hasWords}}some{{/hasWords}}", SmallPage(words: ["a"])) == "some")
        #expect(throws: RenderingError.self) { try rendered("{{#hasName}}x{{/hasName}}") }
    }

    @Test func `inside the section of a string, names are those around it`() throws {
        #expect(try rendered("{{#note}}{{name}}: {{note}}{{/note}}") == "OUTER: OUTER NOTE")
    }

    @Test func `lists of strings and single rows work`() throws {
        #expect(try rendered("{{#words}}<{{.}}>{{/words}}", SmallPage(words: ["a", "&"])) == "<a><&amp;>")
        #expect(try rendered("{{#single}}{{name}}{{/single}}", SmallPage(single: Row(name: "one"))) == "one")
    }

    @Test func `the layout and the problems are found from any depth`() throws {
        var layout = Layout()
        layout.csrf = "token"
        layout.problems = [FieldProblem("name", "Too short.")]
        let folder = try templates([
            "small": "{{#rows}}{{layout.csrf}} {{problem.name}}{{#problem.note}}no{{/problem.note}}{{/rows}}"
        ])
        let html = try PageRenderer(templatesFolder: folder).render(SmallPage(rows: [Row()]), in: layout)
        #expect(html == "token Too short.")
    }

    @Test func `a name the layout does not have is an error`() throws {
        let error = #expect(throws: RenderingError.self) { try rendered("{{layout.crsf}}") }
        #expect(error?.mistakes == ["Layout has no crsf"])
    }

    @Test func `only text, flags and rows may enter a template`() throws {
        let error = #expect(throws: RenderingError.self) {
            try rendered("{{#odd}}{{value}}{{/odd}}", SmallPage(odd: Odd()))
        }
        #expect(error?.mistakes == ["Odd.value is a Double, which has no place in a page"])
    }

    @Test(arguments: [
        "javascript:alert(1)", "JavaScript:alert(1)", " https://x.example", "//evil.example", "data:text/html,x",
        "/\\evil.example", "https://a.example/\u{0}",
    ])
    func `an unsafe address becomes a hash`(address: String) throws {
        #expect(try rendered("{{homeURL}}", SmallPage(homeURL: address)) == "#")
    }

    @Test(arguments: ["https://roster.example/?a=b", "http://127.0.0.1:8080/", "/tokens", "#field-name"])
    func `a safe address stays`(address: String) throws {
        #expect(try rendered("{{homeURL}}", SmallPage(homeURL: address)) == address)
    }

    @Test(arguments: ["{{{name}}}", "{{&name}}", "{{& name}}", "{{=<% %>=}}", "{{% CONTENT_TYPE: TEXT}}", "{{>*name}}"])
    func `a template cannot switch escaping off`(template: String) {
        #expect(throws: RenderingError.self) { try rendered(template) }
    }

    @Test func `a missing template, a broken one and an empty folder are errors`() throws {
        let folder = try templates(["other": "x"])
        #expect(throws: RenderingError.self) {
            try PageRenderer(templatesFolder: folder).render(SmallPage(), in: Layout())
        }
        #expect(throws: RenderingError.self) { try rendered("{{#name}}") }
        #expect(throws: RenderingError.self) { try PageRenderer(templatesFolder: "/nowhere") }
    }

    @Test func `with reload a changed template is read again`() throws {
        let folder = try templates(["small": "before"])
        let renderer = try PageRenderer(templatesFolder: folder, reload: true)
        #expect(try renderer.render(SmallPage(), in: Layout()) == "before")
        try "after".write(toFile: "\(folder)/small.mustache", atomically: true, encoding: .utf8)
        #expect(try renderer.render(SmallPage(), in: Layout()) == "after")
    }
}
