import OAuth
import Portal
import Storage
import Testing

@Suite("Contacts of a tenant")
struct ContactTests {
    let test: TestStore
    let acme, globex: TenantStore
    let now = TestStore.start

    init() async throws {
        test = try await TestStore()
        acme = test.store.tenant(of: try test.member(test.ada, test.acme))
        globex = test.store.tenant(of: try test.member(test.mallory, test.globex))
    }

    private func details(_ first: String = "Zoë", tags: [String] = ["board", "north"]) -> ContactDetails {
        ContactDetails(firstName: first, lastName: "O'Brien; DROP", email: nil, phone: "+1 555 0199", tags: tags)
    }

    @Test func `a contact comes back as it was stored, byte for byte`() async throws {
        let made = try await acme.create(details("Zoe\u{308}"), at: now)
        let found = try #require(try acme.contact(made.id))
        #expect(Array(found.details.firstName.utf8) == Array("Zoe\u{308}".utf8))
        #expect(found.details == details("Zoe\u{308}"))
        #expect(found.createdAt == now)
        #expect(try await acme.create(details(tags: []), at: now).details.tags == [])
    }

    @Test func `Case 140: another tenant's contacts are not there: not to read, not to change, not to delete`()
        async throws
    {
        let mine = try await acme.create(details("Private"), at: now)
        #expect(try globex.contact(mine.id) == nil)
        #expect(try await globex.update(mine.id, at: now) { $0.firstName = "Mallory" } == nil)
        #expect(try await !globex.delete(mine.id))
        #expect(try globex.contacts(from: 0, limit: 100).contacts.allSatisfy { $0.details.firstName != "Private" })
        #expect(try acme.contact(mine.id)?.details.firstName == "Private")
    }

    @Test func `the same ID is another contact in another tenant`() async throws {
        let before = try #require(try globex.contact(1))
        #expect(try await acme.update(1, at: now + 5) { $0.firstName = "Changed" } != nil)
        #expect(try await acme.delete(2))
        #expect(try globex.contact(1)?.details == before.details)
        #expect(try globex.contact(2) != nil)
    }

    @Test func `Case 146: an ID is never given out twice, also after the last was deleted`() async throws {
        let first = try await acme.create(details(), at: now)
        #expect(try await acme.delete(first.id))
        #expect(try await acme.create(details(), at: now).id == first.id + 1)
    }

    @Test func `contacts made at once each get an ID, without gaps`() async throws {
        let acme = acme
        let details = details()
        let made = try await atOnce(50) { _ in try await acme.create(details, at: TestStore.start).id }
        #expect(made.sorted() == Array(25...74))
    }

    @Test func `two changes at once both hold`() async throws {
        let acme = acme
        _ = try await acme.update(1, at: now) { $0.tags = [] }
        _ = try await atOnce(20) { n in
            try await acme.update(1, at: TestStore.start) { $0.tags.append("tag-\(n)") }
        }
        #expect(try acme.contact(1)?.details.tags.count == 20)
    }

    @Test func `pages follow one another without holes or repeats, both ways`() throws {
        var seen: [Int64] = []
        var start: Int64? = 0
        while let from = start {
            let page = try acme.contacts(from: from, limit: 10)
            seen += page.contacts.map(\.id)
            start = page.next
        }
        #expect(seen == Array(1...24))
        let last = try acme.contacts(from: 21, limit: 10)
        #expect(last.next == nil)
        #expect(last.previous == 11)
        #expect(try acme.contacts(from: 0, limit: 10).previous == nil)
    }

    @Test func `a page stays right while others add and delete`() async throws {
        let first = try acme.contacts(from: 0, limit: 10)
        #expect(try await acme.delete(3))
        _ = try await acme.create(details(), at: now)
        let second = try acme.contacts(from: try #require(first.next), limit: 10)
        #expect(second.contacts.map(\.id) == Array(11...20))
    }

    @Test(arguments: [Int64.min, -1, 1_000_000, .max])
    func `a position from outside finds what is there and does not trap`(start: Int64) throws {
        let page = try acme.contacts(from: start, limit: 100)
        #expect(page.contacts.count == (start < 1 ? 24 : 0))
        #expect(try acme.contact(start) == nil)
    }
}
