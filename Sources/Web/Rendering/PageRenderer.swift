import Mustache

/// Turns pages into HTML. The only way from a page to text.
package struct PageRenderer: Sendable {
    private let shelf: TemplateShelf

    /// - Parameters:
    ///   - templatesFolder: the folder that holds the `.mustache` files.
    ///   - reload: read changed templates again; for development.
    /// - Throws: ``RenderingError`` when a template cannot be read or says something forbidden.
    package init(templatesFolder: String, reload: Bool = false) throws {
        shelf = try TemplateShelf(folder: templatesFolder, reload: reload)
    }

    /// The page as a whole HTML document.
    ///
    /// - Throws: ``RenderingError`` when the template asks for a name the page does not have.
    package func render(_ page: some Page, in layout: Layout) throws -> String {
        try render(page, in: layout, rewriting: nil)
    }

    /// As ``render(_:in:)``, with every non-empty string of the page and layout passed through `rewriting` first.
    /// For tests that put hostile text into every place at once.
    package func render(_ page: some Page, in layout: Layout, rewriting: ((String) -> String)?) throws -> String {
        let name = type(of: page).template
        let library = try shelf.library()
        let messages = layout.problems.map { ($0.field, rewriting?($0.message) ?? $0.message) }
        let outer = Record.Outer(
            layout: layout.values(around: page),
            problems: Dictionary(messages) { first, _ in first },
            rewrite: rewriting)
        guard let html = library.render(Record(page, in: outer, isRoot: true), withTemplate: name) else {
            throw RenderingError(page: "\(type(of: page))", mistakes: ["no template \(name)"])
        }
        guard outer.mistakes.isEmpty else {
            throw RenderingError(page: "\(type(of: page))", mistakes: outer.mistakes)
        }
        return html
    }
}

/// A page and its template do not fit each other.
package struct RenderingError: Error, CustomStringConvertible {
    package let page: String
    package let mistakes: [String]

    package var description: String { "\(page): \(mistakes.joined(separator: "; "))" }
}

extension Layout {
    /// The layout as templates see it, together with what the page says of itself.
    fileprivate func values<P: Page>(around page: P) -> [String: Any] {
        var values: [String: Any] = [
            "title": page.title, "personName": personName, "personEmail": personEmail,
            "isSignedIn": !personEmail.isEmpty, "isOperator": isOperator, "isDemo": isDemo,
            "theme": theme.rawValue, "csrf": csrf, "path": path, "assetVersion": assetVersion,
            "hasProblem": !problems.isEmpty, "problems": problems,
            "hasNotice": notice != nil, "noticeKind": notice?.kind.rawValue ?? "", "noticeText": notice?.text ?? "",
        ]
        values["supportURL"] = support?.text ?? ""
        values["support"] = support?.shown ?? ""
        values["workspaces"] = workspaces
        values["operatorTabs"] = SectionTab.operatorDesk(at: address)
        let docs = SectionTab.docs(at: address)
        values["docsTabs"] = docs
        let next = SectionTab.next(in: docs)
        values["docsNext"] = next?.name ?? ""
        values["docsNextPath"] = next?.path ?? ""
        for choice in Theme.allCases { values["is" + capitalized(choice.rawValue)] = choice == theme }
        for place in Place.allCases { values["at" + capitalized(place.rawValue)] = place == P.place }
        return values
    }
    private func capitalized(_ word: String) -> String {
        word.prefix(1).uppercased() + word.dropFirst()
    }
}
