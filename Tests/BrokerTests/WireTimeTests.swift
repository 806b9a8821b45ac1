import Broker
import OAuth
import Testing

@Suite("Times on the wire")
struct WireTimeTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1_678_268_583, "2023-03-08T09:43:03.000Z"),
        (951_782_400, "2000-02-29T00:00:00.000Z"), (253_402_300_799, "9999-12-31T23:59:59.000Z"),
        (-1, "1969-12-31T23:59:59.000Z"), (-62_135_596_800, "0001-01-01T00:00:00.000Z"),
    ])
    func `a moment is written with its milliseconds and read back`(seconds: Int64, text: String) {
        #expect(Instant(seconds: seconds).wireText == text)
        if (0...253_402_300_799).contains(seconds) { #expect(Instant(wireText: text)?.seconds == seconds) }
    }

    @Test func `years that no calendar shows are written all the same`() {
        #expect(Instant(seconds: 253_402_300_800).wireText == "10000-01-01T00:00:00.000Z")
        #expect(Instant(seconds: 1_000_000_000_000_000).wireText.hasSuffix(".000Z"))
        #expect(Instant(seconds: -1_000_000_000_000_000).wireText.hasSuffix(".000Z"))
    }

    @Test(
        arguments: [
            ("2023-03-08T09:43:03.725Z", 1_678_268_583), ("2023-03-08T09:43:03Z", 1_678_268_583),
            ("2023-03-08T10:43:03+01:00", 1_678_268_583), ("2023-03-08t08:13:03.1-01:30", 1_678_268_583),
            ("1970-01-01T00:00:00Z", 0), ("2000-02-29T23:59:59Z", 951_868_799),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] as [(String, Int64)])
    func `a date is read, whatever its zone and fraction`(text: String, seconds: Int64) {
        #expect(Instant(wireText: text) == Instant(seconds: seconds))
    }

    @Test(arguments: [
        "", "2023-03-08", "2023-03-08 09:43:03Z", "2023-13-08T09:43:03Z", "2023-03-08T24:00:00Z", "2023-03-08T09:43:03",
        "2023-03-08T09:43:03.Z", "2023-03-08T09:43:03+0100", "1969-12-31T23:59:59Z", "99999-01-01T00:00:00Z",
        "2023-03-08T09:43:03Zx", "2023-0\u{663}-08T09:43:03Z",
    ])
    func `what is no date is none`(text: String) {
        #expect(Instant(wireText: text) == nil)
    }
}
