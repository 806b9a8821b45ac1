import Crypto
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

/// Chance for a transaction body: drawn outside it, so that a body that is run again draws the same secrets and IDs.
///
/// 256 bits of the system's chance, stretched by SHA-256 over a counter. A copy repeats what the original gives.
package struct DrawnRandom: RandomNumberGenerator, Sendable {
    private let seed: [UInt8]
    private var block: [UInt64] = []
    private var counter: UInt64 = 0

    package init() {
        var system = SystemRandomNumberGenerator()
        self.init(from: &system)
    }

    private init(from random: inout some RandomNumberGenerator) {
        seed = (0..<4).flatMap { _ in Self.bytes(random.next()) }
    }

    /// Another one, the same again for a copy of this one.
    mutating func branch() -> DrawnRandom { DrawnRandom(from: &self) }

    package mutating func next() -> UInt64 {
        if block.isEmpty {
            block = SHA256.hash(data: seed + Self.bytes(counter)).withUnsafeBytes { digest in
                (0..<4).map { digest.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
            }
            counter += 1
        }
        return block.removeLast()
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
