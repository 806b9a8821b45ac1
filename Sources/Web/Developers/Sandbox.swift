import OAuth
import Portal

extension TenantDraft {
    /// The tenant every developer gets to try things in. Its address says nothing about the person.
    static func sandbox(of person: Person) -> TenantDraft? {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        let tail = String(decoding: (0..<8).compactMap { _ in letters.randomElement() }, as: UTF8.self)
        let name = TypedText.line(firstWord(of: person.name) + "'s sandbox", atMost: 80)
        return Slug("sandbox-" + tail).map { TenantDraft(name: name ?? "My sandbox", slug: $0) }
    }
}
