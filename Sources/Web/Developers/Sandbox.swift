import OAuth
import Portal

extension TenantDraft {
    /// The tenant every developer gets to try things in. Its address says nothing about the person.
    static func sandbox(of person: Person) -> TenantDraft? {
        var random = SystemRandomNumberGenerator()
        return .sandbox(ofSomebodyCalled: firstWord(of: person.name), using: &random)
    }
}
