import Yams

/// A mapping of a provider file, read key by key: each key is asked for once, with what it must be, and what nobody
/// asked for is a mistake. A misspelt key that is silently ignored would be a provider that half works.
struct YAMLMapping {
    let path: String
    let line: Int?
    private let node: Node.Mapping
    private let log: ProblemLog
    private var asked: Set<String> = []

    init(_ node: Node.Mapping, path: String, log: ProblemLog) {
        self.node = node
        self.path = path
        self.log = log
        line = node.mark?.line
    }

    mutating func text(_ key: String) -> String? {
        guard let value = take(key) else { return nil }
        guard let scalar = value.scalar else {
            log.add(value.mark?.line, path(key), "must be text")
            return nil
        }
        return scalar.string
    }

    mutating func requiredText(_ key: String) -> String {
        if node[key] == nil { log.add(line, path(key), "is missing") }
        return text(key) ?? ""
    }

    mutating func flag(_ key: String, default fallback: Bool) -> Bool {
        switch text(key) {
        case nil: return fallback
        case "true": return true
        case "false": return false
        case .some(let other):
            log.add(node[key]?.mark?.line, path(key), "must be true or false, not \"\(other)\"")
            return fallback
        }
    }

    mutating func seconds(_ key: String) -> Int64? {
        guard let text = text(key) else { return nil }
        guard let seconds = Int64(text), (1...31_536_000).contains(seconds) else {
            log.add(node[key]?.mark?.line, path(key), "must be a number of seconds, from 1 to a year")
            return nil
        }
        return seconds
    }

    /// One of the names of an enumeration.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, default fallback: Choice
    ) -> Choice where Choice.RawValue == String {
        guard let text = text(key) else { return fallback }
        if let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        log.add(node[key]?.mark?.line, path(key), "must be one of \(names); \"\(text)\" is none of them")
        return fallback
    }

    /// A list of texts; a single text is a list of one.
    mutating func texts(_ key: String) -> [String] {
        guard let value = take(key) else { return [] }
        if let scalar = value.scalar { return [scalar.string] }
        guard let sequence = value.sequence else {
            log.add(value.mark?.line, path(key), "must be text or a list of texts")
            return []
        }
        return sequence.compactMap { element in
            if element.scalar == nil { log.add(element.mark?.line, path(key), "must hold texts only") }
            return element.scalar?.string
        }
    }

    /// Names and texts, in the order of the file.
    mutating func pairs(_ key: String) -> [(name: String, value: String)] {
        guard let value = take(key) else { return [] }
        guard let mapping = value.mapping else {
            log.add(value.mark?.line, path(key), "must be a mapping of names to texts")
            return []
        }
        return mapping.compactMap { name, value in
            guard let name = name.scalar?.string, let value = value.scalar?.string else {
                log.add(value.mark?.line, path(key), "must be a mapping of names to texts")
                return nil
            }
            return (name, value)
        }
    }

    mutating func mapping(_ key: String) -> YAMLMapping? {
        guard let value = take(key) else { return nil }
        guard let mapping = value.mapping else {
            log.add(value.mark?.line, path(key), "must be a mapping")
            return nil
        }
        return YAMLMapping(mapping, path: path(key), log: log)
    }

    mutating func requiredMapping(_ key: String) -> YAMLMapping? {
        if node[key] == nil { log.add(line, path(key), "is missing") }
        return mapping(key)
    }

    /// Every key with a mapping behind it, for mappings whose keys are names.
    mutating func members() -> [(name: String, mapping: YAMLMapping)] {
        node.compactMap { key, value in
            guard let name = key.scalar?.string else { return nil }
            asked.insert(name)
            guard let mapping = value.mapping else {
                log.add(value.mark?.line, path(name), "must be a mapping")
                return nil
            }
            return (name, YAMLMapping(mapping, path: path(name), log: log))
        }
    }

    /// An address: `https` (or `http` on this machine, for trying), without user, fragment or white space.
    mutating func templates(_ key: String) -> [URLTemplate] {
        texts(key).compactMap { text in
            guard let template = URLTemplate(text) else {
                refuse(key, "has a brace that is not part of a {name}")
                return nil
            }
            if let problem = AddressProblem(of: template) { refuse(key, problem.explanation) }
            return template
        }
    }

    mutating func requiredTemplates(_ key: String) -> [URLTemplate] {
        if node[key] == nil { log.add(line, path(key), "is missing") }
        return templates(key)
    }

    /// The keys of a mapping that is read elsewhere.
    func names(in key: String) -> [String] {
        node[key]?.mapping?.compactMap { name, _ in name.scalar?.string } ?? []
    }

    func refuse(_ key: String, _ explanation: String) {
        log.add(node[key]?.mark?.line ?? line, path(key), explanation)
    }

    /// To be called last: whatever was not asked for is not known.
    func refuseUnknown() {
        for (key, value) in node {
            guard let name = key.scalar?.string, !asked.contains(name) else { continue }
            log.add(key.mark?.line ?? value.mark?.line, path(name), "is not a key that this place knows")
        }
    }

    private mutating func take(_ key: String) -> Node? {
        asked.insert(key)
        return node[key]
    }

    private func path(_ key: String) -> String { path.utf8.isEmpty ? key : path + "." + key }
}

/// Collects what is wrong, so that one reading says everything.
final class ProblemLog {
    private(set) var problems: [ProviderProblem] = []

    func add(_ line: Int?, _ path: String, _ explanation: String) {
        problems.append(ProviderProblem(line: line, path: path, explanation: explanation))
    }
}
