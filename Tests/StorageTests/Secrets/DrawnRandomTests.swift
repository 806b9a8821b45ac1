import Storage
import Testing

@Suite("Chance for a transaction")
struct DrawnRandomTests {
    @Test func `it is drawn once: a body that runs again gives the same, two bodies do not`() {
        let drawn = DrawnRandom()
        var (first, again, other) = (drawn, drawn, DrawnRandom())
        let (a, b, c) = (
            (0..<1000).map { _ in first.next() }, (0..<1000).map { _ in again.next() },
            (0..<1000).map { _ in other.next() }
        )
        #expect(a == b && a != c)
        #expect(Set(a).count == 1000 && Set(a).isDisjoint(with: c))
    }
}
