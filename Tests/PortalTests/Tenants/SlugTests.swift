import Portal
import Testing

struct SlugTests {
    @Test(arguments: ["abc", "acme", "acme-events", "a1b", "1st", "a-b-c", "x2-9", String(repeating: "a", count: 40)])
    func `Case 144: plain lower-case names are slugs`(typed: String) {
        #expect(Slug(typed)?.text == typed)
    }

    @Test(arguments: [
        "Acme", "ACME", "acmE", "\u{430}cme", "\u{FF41}cme", "acme\u{212A}", "ac\u{200D}me", "ac\u{200B}me",
        "acme.", ".acme", "acme.example", "-acme", "acme-", "ac--me", "xn--acme-1a", "ac_me", "ac me", " acme", "acme ",
        "acme\n", "acme\r\n", "acme\0", "ac/me", "ac%6De", "acme:8080", "a\u{301}cme", "acme\u{301}", "é-events", "",
        "a", "ab", String(repeating: "a", count: 41), String(repeating: "a", count: 64), "\u{202E}acme", "ａｂｃ", "١٢٣",
    ])
    func `Case 144: anything else is refused and never folded`(typed: String) {
        #expect(Slug(typed) == nil)
    }

    @Test(arguments: [
        "admin", "api", "oauth", "login", "logout", "static", "assets", "well-known", "health", "healthz", "www",
        "mail",
        "support", "security", "root", "system", "new", "settings", "null", "undefined", "gatewright", "signup",
        "setup",
        "tokens", "apps", "account", "dashboard", "operator", "demo", "localhost",
    ])
    func `Case 145: names that belong to us cannot be taken`(typed: String) throws {
        let slug = try #require(Slug(typed))
        #expect(slug.isReserved)
        let checked = TenantDraft.check(name: "Somebody", slug: typed)
        #expect(checked.fields == ["slug"])
    }

    @Test(arguments: ["me", "t", "v2"])
    func `Case 145: short reserved names are refused by their length`(typed: String) {
        #expect(Slug(typed) == nil)
    }

    @Test func `Case 145: a name that only begins like a punycode label is reserved`() {
        #expect(Slug("xn-acme")?.isReserved == true)
    }

    @Test func `Case 145: a reserved name is refused in the same words as a taken one`() {
        guard case .invalid(let problems) = TenantDraft.check(name: "Admin", slug: "admin") else {
            Issue.record("accepted")
            return
        }
        #expect(problems == [TenantDraft.taken])
    }

    @Test func `a workspace with a good name and slug is accepted, spaces around the name dropped`() {
        let draft = TenantDraft.check(name: "  Acme Events ", slug: "acme-events").value
        #expect(draft?.name == "Acme Events")
        #expect(draft?.slug.text == "acme-events")
    }

    @Test func `every problem of a workspace is said at once`() {
        #expect(TenantDraft.check(name: " ", slug: "Acme!").fields == ["name", "slug"])
        #expect(TenantDraft.check(name: String(repeating: "a", count: 81), slug: "acme").fields == ["name"])
    }
}
