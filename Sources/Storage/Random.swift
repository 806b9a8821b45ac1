package import OAuth
import Synchronization

// The protocol takes chance as an argument; here, at the edge, it is the system's.

extension ID where Entity: EntityTag {
    static func random() -> Self {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }
}

extension Secret {
    package static func random() -> Self {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }
}

/// A number that rises with every call, for the order of what is made within one second. It begins anew with the
/// process and after 4 billion: it only saves pages, and nothing rests on it.
final class Turns: Sendable {
    private let last = Atomic<UInt32>(0)

    func next() -> UInt32 { last.wrappingAdd(1, ordering: .relaxed).newValue }
}
