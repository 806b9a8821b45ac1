import Foundation
import Mustache
import Synchronization

/// The parsed templates of one folder.
final class TemplateShelf: Sendable {
    private struct Contents: Sendable {
        var stamp: [String: Date]
        var library: MustacheLibrary
    }

    private let folder: String
    private let reload: Bool
    private let contents: Mutex<Contents>

    init(folder: String, reload: Bool) throws {
        MustacheContentTypes.register(ByteEscaped(), named: ByteEscaped.name)
        self.folder = folder
        self.reload = reload
        let stamp = Self.stamp(of: folder)
        guard !stamp.isEmpty else { throw RenderingError(page: folder, mistakes: ["holds no templates"]) }
        contents = Mutex(Contents(stamp: stamp, library: try Self.read(stamp.keys.sorted(), in: folder)))
    }

    func library() throws -> MustacheLibrary {
        try contents.withLock { contents in
            guard reload else { return contents.library }
            let stamp = Self.stamp(of: folder)
            if stamp != contents.stamp {
                contents.library = try Self.read(stamp.keys.sorted(), in: folder)
                contents.stamp = stamp
            }
            return contents.library
        }
    }

    /// Template names and when each file last changed.
    private static func stamp(of folder: String) -> [String: Date] {
        var stamp: [String: Date] = [:]
        for case let path as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
            guard path.hasSuffix(".mustache") else { continue }
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")
            stamp[String(path.dropLast(".mustache".count))] = attributes?[.modificationDate] as? Date ?? .distantPast
        }
        return stamp
    }

    private static func read(_ names: [String], in folder: String) throws -> MustacheLibrary {
        var library = MustacheLibrary()
        for name in names {
            let text = try String(contentsOfFile: "\(folder)/\(name).mustache", encoding: .utf8)
            do {
                library.register(try MustacheTemplate(string: prepared(text, named: name)), named: spelling(of: name))
            } catch let error as MustacheTemplate.ParserError {
                let line = "\(error.context.lineNumber): \(error.context.line)"
                throw RenderingError(page: name, mistakes: ["\(error.error) at line \(line)"])
            }
        }
        return library
    }

    /// How templates name each other: `parts/time`, but `layouts.portal`, since swift-mustache allows no slash in
    /// the tag that closes an inheritance.
    private static func spelling(of name: String) -> String {
        guard name.utf8.starts(with: "layouts/".utf8) else { return name }
        return "layouts." + name.dropFirst("layouts/".count)
    }

    /// Puts our escaping in front of the template, and drops its indentation.
    ///
    /// The pragma has to be in every file: swift-mustache starts each template, partials too, with its own
    /// escaping. Indentation would be re-applied to partials line by line, counting Characters: slow, and wrong
    /// inside `<textarea>` and `<pre>`.
    private static func prepared(_ text: String, named name: String) throws -> String {
        var rest = text.utf8[...]
        while let brace = rest.firstIndex(of: UInt8(ascii: "{")) {
            rest = rest[brace...]
            if let found = forbidden.first(where: { rest.starts(with: $0.utf8) }) {
                throw RenderingError(page: name, mistakes: ["\(found) is forbidden"])
            }
            rest = rest.dropFirst()
        }
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"))
            .map { $0.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }
            .filter { !$0.isEmpty }.map { Substring($0) }
        return "{{% CONTENT_TYPE: \(ByteEscaped.name)}}\n" + lines.joined(separator: "\n")
    }

    private static let forbidden = ["{{{", "{{&", "{{=", "{{%", "{{>*", "{{> *", "{{<*", "{{< *"]
}
