import OAuth
import Testing

@Suite("IDs in order")
struct OrderedIDTests {
    private var random = SplitMix64(seed: 3)

    @Test mutating func `a later second sorts later`() {
        let ids = [0, 1, 61, 62, 1_790_000_000, 4_294_967_295].map { seconds in
            ID<Entity.TokenFamily>.ordered(at: Instant(seconds: seconds), using: &random).text
        }
        #expect(ids == ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(ids.allSatisfy { $0.utf8.count == 4 + 16 })
    }

    @Test mutating func `within one second the turn decides, and IDs differ although the turn comes again`() {
        let now = Instant(seconds: 1_790_000_000)
        let ids = (0..<200).map { ID<Entity.TokenFamily>.ordered(at: now, turn: $0 * 71, using: &random).text }
        #expect(ids == ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(ids.allSatisfy { $0.utf8.count == 4 + 16 })
        let again = (0..<1000).map { _ in ID<Entity.TokenFamily>.ordered(at: now, turn: .max, using: &random) }
        #expect(Set(again).count == 1000)
    }
}
