import Mustache

/// A page, its layout or one of its rows, as templates see it.
///
/// swift-mustache is silent about unknown names, and where an inner value is nil it takes the outer one of the
/// same name: in a multi-tenant page, another record's data. Here:
///
/// - a name the innermost record does not have is reported, with its type;
/// - nil and "" are falsy and print nothing, and never reach outwards;
/// - only `layout` and `problem` are found from any depth;
/// - `hasRows` says whether the array `rows` has any;
/// - values named `…URL`, `…Path`, `url` or `path` are addresses, and unsafe ones become `#`.
struct Record: MustacheParent {
    private let typeName: String
    private let values: [String: Any]
    private let outer: Outer
    private let isRoot: Bool

    /// What is shared by all records of one rendering.
    final class Outer {
        let layout: [String: Any]
        let problems: [String: String]
        let rewrite: ((String) -> String)?
        var mistakes: [String] = []

        init(layout: [String: Any], problems: [String: String], rewrite: ((String) -> String)?) {
            self.layout = layout
            self.problems = problems
            self.rewrite = rewrite
        }
    }

    init(_ value: Any, in outer: Outer, isRoot: Bool = false) {
        var values: [String: Any] = [:]
        for child in Mirror(reflecting: value).children {
            guard let label = child.label else { continue }
            values[label] = child.value
        }
        self.init(typeName: String(describing: type(of: value)), values: values, in: outer, isRoot: isRoot)
    }

    init(typeName: String, values: [String: Any], in outer: Outer, isRoot: Bool = false) {
        self.typeName = typeName
        self.values = values
        self.outer = outer
        self.isRoot = isRoot
    }

    func child(named name: String) -> Any? {
        if let value = values[name] { return rendered(value, named: name) }
        if name == "layout" || name == "problem" {
            guard isRoot else { return nil }
            if name == "problem" { return Problems(messages: outer.problems) }
            return Record(typeName: "Layout", values: outer.layout, in: outer)
        }
        if let list = list(askedForBy: name) { return !list.isEmpty }
        outer.mistakes.append("\(typeName) has no \(name)")
        return Nothing()
    }

    private func rendered(_ value: Any, named name: String) -> Any {
        switch value {
        case let text as String: return words(text, named: name)
        case let flag as Bool: return flag
        case let texts as [String]: return texts.map { words($0, named: name) }
        case let rows as [Any]: return rows.map { Record($0, in: outer) }
        default: break
        }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional:
            guard let wrapped = mirror.children.first?.value else { return Nothing() }
            return rendered(wrapped, named: name)
        case .struct where !(value is any Numeric):
            return Record(value, in: outer)
        default:
            outer.mistakes.append("\(typeName).\(name) is a \(type(of: value)), which has no place in a page")
            return Nothing()
        }
    }

    private func words(_ text: String, named name: String) -> Any {
        guard !text.isEmpty else { return Nothing() }
        let text = outer.rewrite?(text) ?? text
        return Words(renderText: Self.isAddress(name) ? HTML.address(text) : text)
    }

    private static func isAddress(_ name: String) -> Bool {
        let name = name.utf8
        return name.suffix(3).elementsEqual("URL".utf8) || name.suffix(4).elementsEqual("Path".utf8)
            || name.elementsEqual("url".utf8) || name.elementsEqual("path".utf8)
    }

    private func list(askedForBy name: String) -> [Any]? {
        guard name.utf8.starts(with: "has".utf8) else { return nil }
        let noun = name.dropFirst(3)
        return values[noun.prefix(1).lowercased() + noun.dropFirst()] as? [Any]
    }
}

/// The problems of the submitted form by field name; a field without one is falsy.
private struct Problems: MustacheParent {
    let messages: [String: String]

    func child(named name: String) -> Any? {
        guard let message = messages[name] else { return Nothing() }
        return Words(renderText: message)
    }
}

/// A non-empty string. It is a parent without children, so that inside its section names are looked up outside it.
private struct Words: MustacheCustomRenderable, MustacheParent {
    let renderText: String
    var isNull: Bool { false }
    func child(named: String) -> Any? { nil }
}

/// A value that is not there.
private struct Nothing: MustacheCustomRenderable, MustacheParent {
    var renderText: String { "" }
    var isNull: Bool { true }
    func child(named: String) -> Any? { nil }
}
