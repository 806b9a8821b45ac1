import OAuth
import Portal

/// "1 token", "3 tokens".
func counted(_ count: Int64, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// "1 person", "3 people".
func counted(_ count: Int64, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }

/// How long something took, for people: "320 ms", "4.0 s", "11 s", "3 min".
func took(_ milliseconds: Int64) -> String {
    switch milliseconds {
    case ..<1000: "\(max(0, milliseconds))\u{A0}ms"
    case ..<10_000: "\(milliseconds / 1000).\(milliseconds % 1000 / 100)\u{A0}s"
    case ..<120_000: "\(milliseconds / 1000)\u{A0}s"
    default: "\(milliseconds / 60_000)\u{A0}min"
    }
}

/// What to call somebody by: "Ada" of "Ada Lovelace".
func firstWord(of name: String) -> String {
    let word = name.utf8.prefix { $0 != 0x20 }
    return String(decoding: word, as: UTF8.self)
}

/// The two letters on a tile: of the first two words, or the first two letters.
package func initials(of name: String) -> String {
    let words = name.split { !$0.isLetter && !$0.isNumber }
    guard let first = words.first else { return "?" }
    guard words.count > 1 else { return String(first.prefix(2)).uppercased() }
    return words.prefix(2).compactMap(\.first).map { String($0).uppercased() }.joined()
}

extension Role {
    /// For people.
    var title: String { self == .admin ? "Admin" : "Member" }
}

extension Tenant {
    /// What was bought, for people; a sandbox is nobody's purchase.
    var planTitle: String { kind == .sandbox ? "Sandbox" : plan.title }
}

extension Tenant.Plan {
    /// For people.
    var title: String {
        switch self {
        case .standard: "Standard"
        case .network: "Network"
        case .enterprise: "Enterprise"
        }
    }
}
