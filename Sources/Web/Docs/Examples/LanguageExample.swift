/// The same thing in one language.
package struct LanguageExample: Sendable {
    /// Letters only: the style sheet shows the chosen one by it.
    var key: String
    var name: String
    var steps: [Snippet]
    var isChosen = false
}

/// A string literal that Python, JavaScript and Swift all read alike.
func literal(_ text: String) -> String {
    let escaped = text.utf8.flatMap { byte -> [UInt8] in
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), byte] : [byte]
    }
    return "\"" + String(decoding: escaped, as: UTF8.self) + "\""
}
