import Foundation
import Testing
import Web

/// Tags, in order, of HTML that is known to be escaped. Enough for our own output, not for the world's.
private struct Tag {
    let name: String
    let text: String
    var isClosing: Bool { text.hasPrefix("</") }
    var isVoid: Bool {
        ["meta", "link", "input", "br", "img"].contains(name) || text.hasSuffix("/>")
    }

    func value(_ attribute: String) -> String? {
        guard let start = text.range(of: " \(attribute)=\"") else { return nil }
        return String(text[start.upperBound...].prefix { $0 != "\"" })
    }

    static func all(in html: String) -> [Tag] {
        html.split(separator: "<").dropFirst(html.hasPrefix("<") ? 0 : 1).compactMap { piece in
            let inner = piece.prefix { $0 != ">" }
            let name = inner.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
            guard !name.isEmpty else { return nil }
            return Tag(name: String(name), text: "<\(inner)>")
        }
    }
}

private func html(of name: String, layout: Layout = sampleLayout()) throws -> String {
    let exhibit = try #require(Exhibit.named(name))
    return try exhibit.html(pageRenderer.get(), layout, nil)
}

@Suite("Rendering · all pages")
struct PageTests {
    static let names = Exhibit.all.map(\.name)

    @Test(arguments: names)
    func `the page renders, signed in and signed out, and its tags are balanced`(name: String) throws {
        for layout in [sampleLayout(), Layout()] {
            var open: [String] = []
            for tag in Tag.all(in: try html(of: name, layout: layout)) where !tag.isVoid {
                if tag.isClosing { #expect(open.popLast() == tag.name) } else { open.append(tag.name) }
            }
            #expect(open.isEmpty)
        }
    }

    @Test func `every template has a page and every page a template`() throws {
        let pages = try templateTexts().map { String($0.path.dropLast(".mustache".count)) }
            .filter { path in !["layouts/", "parts/", "icons/"].contains { path.hasPrefix($0) } }
        #expect(pages.sorted() == allPages.map { $0.template }.sorted())
    }

    @Test func `exhibits have names of their own, fit for an address`() {
        #expect(Set(Self.names).count == Self.names.count)
        #expect(
            Self.names.allSatisfy {
                $0.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || ".-0123456789".utf8.contains($0) }
            })
    }

    @Test(arguments: names)
    func `the page has one main heading, one main and a title with the product's name`(name: String) throws {
        let html = try html(of: name)
        let tags = Tag.all(in: html)
        #expect(tags.count { $0.name == "h1" && !$0.isClosing } == 1)
        #expect(tags.count { $0.name == "main" && !$0.isClosing } == 1)
        #expect(html.contains(" · Gatewright</title>"))
    }

    @Test(arguments: names)
    func `nothing in the page needs an inline script or style`(name: String) throws {
        for tag in Tag.all(in: try html(of: name)) {
            #expect(tag.name != "style")
            #expect(tag.value("style") == nil)
            #expect(!tag.text.contains(" on"))
            if tag.name == "script", !tag.isClosing { #expect(tag.value("src")?.hasPrefix("/assets/") == true) }
        }
    }

    @Test(arguments: names)
    func `skipping to the content skips the tabs above it`(name: String) throws {
        let html = try html(of: name)
        let main = try #require(html.range(of: "<main id=\"main\""))
        for bar in ["Workspace", "Environment", "Connections to other APIs", "Operator", "Docs"] {
            let bar = html.range(
                of: "<nav class=\"\(bar == "Environment" ? "environments" : "workspace-tabs")\" aria-label=\"\(bar)\">")
            if let bar { #expect(bar.upperBound < main.lowerBound) }
        }
    }

    @Test(arguments: names)
    func `every form that changes something carries the token, and none goes elsewhere`(name: String) throws {
        let pieces = try html(of: name).components(separatedBy: "<form").dropFirst()
        for piece in pieces {
            let form = piece.components(separatedBy: "</form>")[0]
            let tag = Tag(name: "form", text: "<form" + form.prefix { $0 != ">" })
            #expect(tag.value("action")?.hasPrefix("/") == true)
            if tag.value("method") == "post" { #expect(form.contains("name=\"csrf\" value=\"csrf-token\"")) }
        }
    }

    @Test(arguments: names)
    func `ids are unique, and labels, descriptions and problem links point at something`(name: String) throws {
        let tags = Tag.all(in: try html(of: name))
        let ids = tags.compactMap { $0.value("id") }
        #expect(Set(ids).count == ids.count)
        for attribute in ["for", "aria-labelledby", "aria-describedby"] {
            for target in tags.compactMap({ $0.value(attribute) }).flatMap({ $0.split(separator: " ") }) {
                #expect(ids.contains(String(target)), "\(attribute) \(target)")
            }
        }
        for link in tags.compactMap({ $0.value("href") }) where link.hasPrefix("#") {
            #expect(ids.contains(String(link.dropFirst())), "\(link)")
        }
    }

    @Test(arguments: names)
    func `every field has a label and passwords are never filled in`(name: String) throws {
        let tags = Tag.all(in: try html(of: name))
        let labelled = Set(tags.compactMap { $0.value("for") })
        for tag in tags where ["input", "select", "textarea"].contains(tag.name) && !tag.isClosing {
            if tag.value("type") == "password" {
                #expect(tag.value("value") == nil)
                // A key of somebody else's service is none of the passwords that a browser keeps for ours.
                let allowed = name.hasPrefix("connect.") ? ["off"] : ["current-password", "new-password"]
                #expect(allowed.contains(tag.value("autocomplete") ?? ""))
            }
            guard let id = tag.value("id") else { continue }
            #expect(labelled.contains(id), "\(tag.text)")
        }
    }

    @Test func `a form with problems says so first in its title, sums them up and marks each field`() throws {
        let html = try html(of: "people.signup.errors")
        #expect(html.contains("<title>Error: Sign up · Gatewright</title>"))
        #expect(html.contains("<a href=\"#field-email\">Enter an email address"))
        #expect(html.contains("aria-describedby=\"err-email\" aria-invalid=\"true\""))
        #expect(html.contains("value=\"ada@acme\""))
    }

    @Test func `the consent page has no focus set, and Deny is the twin of Allow`() throws {
        let html = try html(of: "authorize.consent")
        #expect(!html.contains("autofocus"))
        #expect(html.contains("<button class=\"btn\" name=\"decision\" value=\"deny\">Deny</button>"))
        #expect(
            html.contains("<button class=\"btn primary\" name=\"decision\" value=\"allow\" data-allow>Allow</button>"))
        #expect(html.contains("<b>roster.example</b>"))
    }

    @Test func `the consent page renders in less than a millisecond`() throws {
        let renderer = try pageRenderer.get()
        let layout = sampleLayout()
        let clock = ContinuousClock()
        let times = try (0..<60).map { _ in
            try clock.measure { _ = try renderer.render(ConsentPage.sample, in: layout) }
        }
        // Unoptimised code, which is what tests run, is an order of magnitude slower.
        #if DEBUG
            let bar = Duration.milliseconds(15)
        #else
            let bar = Duration.milliseconds(1)
        #endif
        // The quickest, since tests run beside each other.
        #expect(try #require(times.min()) < bar)
    }

    @Test func `people are never told of tenants, except operators`() throws {
        for exhibit in Exhibit.all where !exhibit.template.hasPrefix("operator/") && exhibit.template != "demo/gallery"
        {
            let text = try html(of: exhibit.name).components(separatedBy: "<").map { piece in
                piece.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().joined()
            }
            #expect(!text.joined(separator: " ").lowercased().contains("tenant"), "\(exhibit.name)")
        }
    }

    @Test func `the script and the style sheet stay small`() throws {
        let assets = templatesFolder.dropLast("Templates".count) + "Public/assets/"
        #expect(try Data(contentsOf: URL(fileURLWithPath: assets + "app.js")).count <= 6144)
        #expect(try Data(contentsOf: URL(fileURLWithPath: assets + "app.css")).count <= 32_000)
    }
}

@Suite("Rendering · templates as written")
struct TemplateTextTests {
    @Test func `nothing is printed unescaped`() throws {
        for (path, text) in try templateTexts() {
            #expect(!text.contains("{{{") && !text.contains("{{&"), "\(path)")
        }
    }

    @Test func `an address from data has a name that is checked as one`() throws {
        for (path, text) in try templateTexts() {
            for attribute in ["href=\"{{", "action=\"{{", "src=\"{{"] {
                for piece in text.components(separatedBy: attribute).dropFirst() {
                    let name = String(piece.prefix { $0 != "}" })
                    let isAddress = name.hasSuffix("URL") || name.hasSuffix("Path") || name == "url" || name == "path"
                    #expect(isAddress, "\(path): \(name)")
                }
            }
        }
    }

    @Test func `values are only ever inside double quotes`() throws {
        for (path, text) in try templateTexts() {
            let text = text.replacingOccurrences(of: "?v={{", with: "?v=")
            #expect(!text.contains("={{") && !text.contains("='"), "\(path)")
        }
    }

    @Test func `each problem asked for belongs to a field of the same template`() throws {
        for (path, text) in try templateTexts() {
            for piece in text.components(separatedBy: "{{#problem.").dropFirst() {
                let field = piece.prefix { $0 != "}" }
                #expect(text.contains("id=\"field-\(field)\""), "\(path): \(field)")
            }
        }
    }

    @Test func `only the layout and the problems are named with a dot`() throws {
        for (path, text) in try templateTexts() {
            for piece in text.components(separatedBy: "{{").dropFirst() {
                let name = piece.prefix { $0 != "}" }.drop { "#^/".contains($0) }
                guard name.contains("."), name != ".", !name.hasPrefix("<"), !name.hasPrefix("!") else { continue }
                #expect(["layout.", "layouts.", "problem."].contains { name.hasPrefix($0) }, "\(path): \(name)")
            }
        }
    }
}
