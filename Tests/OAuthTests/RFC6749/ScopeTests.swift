import OAuth
import Testing

@Suite("RFC 6749 · §3.3: scope")
struct ScopeTests {
    @Test func `§3.3: exactly the characters of the grammar make a scope`() {
        for byte in UInt8(0)...127 {
            let allowed = byte == 0x21 || (0x23...0x5B).contains(byte) || (0x5D...0x7E).contains(byte)
            #expect((Scope(String(decoding: [byte], as: UTF8.self)) != nil) == allowed, "byte \(byte)")
        }
        #expect(Scope("") == nil)
        #expect(Scope("caf\u{E9}") == nil)
    }

    @Test func `§3.3: scopes are separated by spaces; order and repetition do not matter`() throws {
        let set = try #require(ScopeSet(parsing: "b a b"))
        #expect(set == ScopeSet(parsing: "a b"))
        #expect(set.count == 2)
        #expect(set.text == "a b")
    }

    @Test func `§3.3: scopes are case-sensitive`() throws {
        let read = try #require(Scope("read"))
        #expect(try #require(ScopeSet(parsing: "READ Read")).contains(read) == false)
    }

    @Test(arguments: [
        "", " ", " a", "a ", "a  b", "a\tb", "a\nb", "a\r\nb", "\"a\"", "a\\b", "a\u{0}b", "a \u{301}b", "a\u{A0}b",
    ])
    func `§3.3: what the grammar does not allow is no scope at all`(text: String) {
        #expect(ScopeSet(parsing: text) == nil)
    }

    @Test func `a scope parameter has at most 100 names, a name at most 200 bytes`() {
        let names = (0..<100).map { "s\($0)" }
        #expect(ScopeSet(parsing: names.joined(separator: " "))?.count == 100)
        #expect(ScopeSet(parsing: (names + ["more"]).joined(separator: " ")) == nil)
        #expect(Scope(String(repeating: "a", count: 200)) != nil)
        #expect(Scope(String(repeating: "a", count: 201)) == nil)
    }

    @Test func `sets of scopes behave as sets`() {
        let a = Cast.set("a b")
        #expect(a.union(Cast.set("b c")) == Cast.set("a b c"))
        #expect(a.subtracting(Cast.set("b c")) == Cast.set("a"))
        #expect(a.intersection(Cast.set("b c")) == Cast.set("b"))
        #expect(Cast.set("a").isSubset(of: a))
        #expect(!a.isSubset(of: Cast.set("a")))
        #expect(ScopeSet().isEmpty)
        #expect(ScopeSet().text == "")
        #expect(a.sorted.map(\.text) == ["a", "b"])
    }
}
