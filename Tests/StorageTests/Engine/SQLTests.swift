import OAuth
import Portal
import Storage
import Testing

@Suite("SQL literal")
struct SQLTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `values are bound, and written ? for SQLite and $1 for PostgreSQL`() {
        let slug = "acme"
        let sql: SQL = "SELECT name FROM tenants WHERE slug = \(slug) AND plan > \(2)"
        #expect(sql.render(.question).text == "SELECT name FROM tenants WHERE slug = ? AND plan > ?")
        #expect(sql.render(.dollar).text == "SELECT name FROM tenants WHERE slug = $1 AND plan > $2")
        #expect(sql.render(.dollar).values == [.text("acme"), .integer(2)])
    }

    @Test func `fragments keep their values in order, lists are separated, an empty list finds nothing`() {
        let live: SQL = "expires_at > \(Instant(seconds: 9)) AND revoked_at IS NULL"
        let sql: SQL =
            "SELECT 1 WHERE a = \("x") AND \(fragment: live) AND b IN (\(list: [1, 2])) AND c IN (\(list: [Int]()))"
        #expect(
            sql.render(.dollar).text
                == "SELECT 1 WHERE a = $1 AND expires_at > $2 AND revoked_at IS NULL AND b IN ($3, $4) AND c IN (NULL)")
        #expect(sql.render(.dollar).values == [.text("x"), .integer(9), .integer(1), .integer(2)])
    }

    @Test func `identifiers, moments, truth and absence become what both engines store`() {
        let nobody: ID<Entity.Person>? = nil
        let stored: [any SQLConvertible] = [
            ID<Entity.Tenant>("ten_1"), Instant(seconds: -5), true, false, nobody, [1, 2] as [UInt8], Int64.max,
            Role.admin,
        ]
        #expect(
            stored.map(\.sqlValue)
                == [
                    .text("ten_1"), .integer(-5), .integer(1), .integer(0), .null, .blob([1, 2]), .integer(.max),
                    .text("admin"),
                ])
    }

    @Test(arguments: [
        "'; DROP TABLE t; --", "' OR '1'='1", "\" OR 1=1 --", "x' UNION SELECT sqlite_version() --", "? ?1 $1 :a @b",
        "\u{FEFF}\u{202E}ا\u{301}é\u{0D}\u{0A}", "%_\\",
    ])
    func `hostile text is stored and found as it is`(text: String) async throws {
        let engine = try folder.engine("CREATE TABLE t (s TEXT NOT NULL) STRICT;")
        try await engine.write { try $0.run("INSERT INTO t VALUES (\(text))") }
        let found = try engine.read { try $0.rows("SELECT s FROM t WHERE s = \(text)").map { try $0.text("s") } }
        #expect(found.count == 1)
        #expect(try #require(found.first).utf8.elementsEqual(text.utf8))
        #expect(try engine.count("SELECT count(*) FROM t") == 1)
    }

    @Test func `text with a NUL is refused: it would be looked up as what stands before it`() async throws {
        let engine = try folder.engine("CREATE TABLE t (s TEXT NOT NULL) STRICT; INSERT INTO t VALUES ('acme');")
        #expect(throws: StorageError.self) {
            try engine.read { try $0.row("SELECT s FROM t WHERE s = \("acme\0evil")") }
        }
        #expect(throws: StorageError.self) { try engine.read { try $0.row("SELECT \([UInt8]())") } }
    }
}
