import OAuth
import Portal
import Testing

struct AppFormTests {
    private func form(_ change: (inout AppForm) -> Void = { _ in }) -> AppForm {
        var form = AppForm()
        form.name = "Roster Sync"
        form.description = "Keeps a roster in step with people."
        form.homepage = "https://roster.example"
        form.callbacks = ["https://roster.example/callback"]
        form.kind = "confidential"
        form.scopes = ["people:read"]
        change(&form)
        return form
    }

    private func check(_ change: (inout AppForm) -> Void = { _ in }) -> Checked<AppDetails> {
        form(change).check(catalogue: ScopeDescription.catalogue)
    }

    private func problems(_ change: (inout AppForm) -> Void) -> [Problem] {
        if case .invalid(let problems) = check(change) { problems } else { [] }
    }

    @Test func `a new app starts with PKCE required and tokens that expire`() {
        let details = check().value
        #expect(details?.pkceRequired == true)
        #expect(details?.tokenFormat == .v2)
        #expect(details?.kind == .confidential)
        #expect(details?.callbacks == ["https://roster.example/callback"])
        #expect(details?.scopes.text == "people:read")
    }

    @Test func `a confidential app may leave PKCE to its requests, a public one cannot`() {
        #expect(check { $0.pkce = "optional" }.value?.pkceRequired == false)
        let open = check {
            $0.pkce = "optional"
            $0.kind = "public"
        }
        #expect(open.value?.pkceRequired == true)
        #expect(check { $0.pkce = "whatever" }.value?.pkceRequired == true)
        #expect(check { $0.tokenFormat = "v3" }.value?.tokenFormat == .v2)
    }

    @Test func `every problem is said at once, each with its field`() {
        let fields = AppForm().check(catalogue: ScopeDescription.catalogue).fields
        #expect(fields == ["name", "description", "homepage", "kind", "callbacks", "scopes"])
    }

    @Test(arguments: [
        ("http://roster.example/cb", RedirectURIProblem.plainHTTP), ("roster.example/cb", .noScheme),
        ("https://roster.example/cb#top", .fragment), ("https://ada@roster.example/cb", .userinfo),
        ("https://*.roster.example/cb", .wildcard), ("https://Roster.example/cb", .uppercaseHost),
        ("https://roster.example/../cb", .dotSegment), ("https://roster.example:443/cb", .defaultPort),
        ("javascript:alert(1)", .schemeNotAllowed), ("com.example.app:/cb", .privateUseForWeb),
        ("https://roster.example/cb?code=1", .reservedQuery), ("https://r\u{F6}ster.example/cb", .notASCII),
    ])
    func `each callback rule has words of its own, beside the row it is about`(
        uri: String, problem: RedirectURIProblem
    ) {
        #expect(problems { $0.callbacks = [uri] } == [Problem("callbacks", problem.message)])
        let third = problems { $0.callbacks = ["https://roster.example/a", "", uri] }
        #expect(third == [Problem("callbacks-3", problem.message)])
    }

    @Test func `empty rows are left out, and the others keep their order`() {
        let typed = ["", "https://roster.example/b", "  ", "https://roster.example/a", ""]
        let details = check { $0.callbacks = typed }.value
        #expect(details?.callbacks == ["https://roster.example/b", "https://roster.example/a"])
    }

    @Test func `a callback twice is said beside the second one`() {
        let uri = "https://roster.example/a"
        #expect(check { $0.callbacks = [uri, uri] }.fields == ["callbacks-2"])
        #expect(check { $0.callbacks = [uri, uri + "/"] }.value?.callbacks.count == 2)
    }

    @Test func `Case 267: an app has at least one and at most 20 callbacks`() {
        let many = (1...21).map { "https://roster.example/\($0)" }
        #expect(check { $0.callbacks = many }.fields == ["callbacks"])
        #expect(check { $0.callbacks = Array(many.dropLast()) }.value?.callbacks.count == 20)
        #expect(check { $0.callbacks = ["", " "] }.fields == ["callbacks"])
    }

    @Test func `a native app may come back to its own scheme or to this computer`() {
        let details = check {
            $0.kind = "public"
            $0.callbacks = ["com.example.roster:/cb", "http://127.0.0.1/cb"]
        }.value
        #expect(details?.callbacks.count == 2)
    }

    @Test(arguments: ["Gatewright", "GATEWRIGHT official", "Gate wright Support", "gate-wright"])
    func `Case 133: an app cannot bear our own name`(name: String) {
        #expect(check { $0.name = name }.fields == ["name"])
    }

    @Test(arguments: [
        "", "Roster\nSync", "Roster\u{202E}cnyS", "Roster\u{200B}Sync", String(repeating: "x", count: 61),
    ])
    func `Case 133: a name cannot disguise itself`(name: String) {
        #expect(check { $0.name = name }.fields == ["name"])
    }

    @Test func `a description has at least 20 characters and may have lines`() {
        #expect(check { $0.description = "Nineteen characters" }.fields == ["description"])
        #expect(check { $0.description = "Twenty characters!!!" }.value != nil)
        #expect(check { $0.description = "First line of two,\nsecond line of two." }.value != nil)
        #expect(check { $0.description = "Twenty characters \u{202E}!!!" }.fields == ["description"])
    }

    @Test(arguments: [
        "", "roster.example", "http://roster.example", "javascript:alert(document.domain)", "data:text/html,hello",
        "https://", "https:///path", "https://ada@roster.example", "https://roster.example\\@evil.example",
        "https://roster.example/a b", "ftp://roster.example", "HTTPS://roster.example", "//roster.example",
        "https://r\u{F6}ster.example",
    ])
    func `Case 13: a homepage is an https address and nothing that runs`(homepage: String) {
        #expect(check { $0.homepage = homepage }.fields == ["homepage"])
    }

    @Test(arguments: ["http://localhost:3000", "http://127.0.0.1:3000/", "https://roster.example/about?x=1#y"])
    func `a homepage on this computer may be plain http`(homepage: String) {
        #expect(check { $0.homepage = homepage }.value?.homepage == homepage)
    }

    @Test(arguments: [
        "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://localhost@evil.example",
    ])
    func `Case 13: a host that only begins like this computer is not this computer`(homepage: String) {
        #expect(check { $0.homepage = homepage }.fields == ["homepage"])
    }

    @Test func `Case 112: an app can ask for nothing outside the catalogue`() {
        #expect(check { $0.scopes = ["people:read", "billing:write"] }.value?.scopes.text == "people:read")
        #expect(check { $0.scopes = ["billing:write"] }.fields == ["scopes"])
        #expect(check { $0.scopes = [] }.fields == ["scopes"])
    }

    @Test(arguments: ["", "Confidential", "native", "public "])
    func `the kind is one of the two`(kind: String) {
        #expect(check { $0.kind = kind }.fields == ["kind"])
    }
}
