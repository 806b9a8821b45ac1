/// A setting that a company's scripts ask an environment for by its name.
package struct EnvironmentVariable: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// The most that an environment has.
    package static let most = 100
    /// In bytes.
    package static let longestValue = 4 * 1024
    /// In bytes: of all names and values together.
    package static let mostBytes = 32 * 1024
}

/// What is wrong with one line that somebody typed.
package struct LineMistake: Hashable, Sendable {
    /// From 1; nil for what is wrong with all of them together.
    package let line: Int?
    /// A whole sentence that says what to do. Holds nothing of a value.
    package let sentence: String
}

extension EnvironmentVariable {
    /// Reads `NAME=value`, one on each line. Empty lines are skipped, and spaces around a value left out; everything else
    /// stays as it was typed.
    ///
    /// - Returns: what could be read, and what is wrong with the other lines, in their order.
    package static func read(_ text: String) -> (variables: [EnvironmentVariable], mistakes: [LineMistake]) {
        var variables: [EnvironmentVariable] = []
        var mistakes: [LineMistake] = []
        var lines: [[UInt8]: Int] = [:]
        let all = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (number, line) in zip(1..., all) {
            let line = trimmed(line)
            guard !line.isEmpty else { continue }
            switch one(line) {
            case .failure(let mistake): mistakes.append(LineMistake(line: number, sentence: mistake.sentence))
            case .success(let variable):
                if let first = lines.updateValue(number, forKey: Array(variable.name.utf8)) {
                    let sentence = "The name stands on line \(first) already. Leave one of them out."
                    mistakes.append(LineMistake(line: number, sentence: sentence))
                }
                variables.append(variable)
            }
        }
        if variables.count > most {
            let sentence = "There are \(variables.count) variables. Keep them to \(most)."
            mistakes.append(LineMistake(line: nil, sentence: sentence))
        }
        let bytes = variables.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        if bytes > mostBytes {
            let sentence = "Together they are \(bytes / 1024 + 1) KB. Keep them to \(mostBytes / 1024) KB."
            mistakes.append(LineMistake(line: nil, sentence: sentence))
        }
        return (variables, mistakes)
    }

    /// The lines that ``read(_:)`` reads back.
    package static func text(of variables: [EnvironmentVariable]) -> String {
        variables.map { "\($0.name)=\($0.value)" }.joined(separator: "\n")
    }

    private struct Unreadable: Error {
        let sentence: String
    }

    private static func one(_ line: ArraySlice<UInt8>) -> Result<EnvironmentVariable, Unreadable> {
        guard let equals = line.firstIndex(of: 0x3D) else {
            return .failure(Unreadable(sentence: "Write a name, = and a value: API_REGION=eu."))
        }
        let (name, value) = (line[..<equals], trimmed(line[(equals + 1)...]))
        guard isName(name) else {
            let sentence =
                "A name has letters, digits and _, at most 100, no digit first, and no space before the =: API_REGION=eu."
            return .failure(Unreadable(sentence: sentence))
        }
        guard value.count <= longestValue else {
            return .failure(Unreadable(sentence: "The value is \(value.count / 1024 + 1) KB. Keep it to 4 KB."))
        }
        guard value.allSatisfy({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F }) else {
            return .failure(Unreadable(sentence: "The value holds a character that cannot be seen. Type it anew."))
        }
        return .success(
            EnvironmentVariable(
                name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self)))
    }

    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        return (1...100).contains(bytes.count) && bytes.first.map(isDigit) == false
            && bytes.allSatisfy { isDigit($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == 0x5F }
    }

    /// Without spaces, tabs and the CR of a browser's line end around it.
    private static func trimmed(_ bytes: some Sequence<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
        let rest = Array(bytes.drop(while: isBlank))
        return rest[...(rest.lastIndex { !isBlank($0) } ?? -1)]
    }
}
