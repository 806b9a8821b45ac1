import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing

@Suite struct TokenCreationTests {
    @Test func `a token is made, shown once with a call that works, and announced by mail`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let answer = try await ada.submit("/tokens", Browser.tokenFields("Nightly export"), on: "/tokens/new")
        #expect(answer.status == 303)
        let location = try #require(answer.location)
        let page = try await ada.get(location)
        let token = try #require(Browser.secret("gw_dt_", in: page.body))
        #expect(page.headers[.cacheControl] == "no-store")
        #expect(page.contains("Nightly export") && page.contains("shown only this once"))
        #expect(page.contains("Friday, 19 February 2027"))
        #expect(page.contains("curl -H &quot;Authorization: Bearer \(token)&quot;"))

        let me = try await site.call("/v2/me", token)
        #expect(me.status == 200)
        #expect(me.contains("ada@acme.example"))

        let letter = try #require(try site.letters(to: "ada@acme.example").first)
        #expect(letter.contains("Nightly export") && letter.contains("account:read") && letter.contains("Acme"))
        #expect(letter.contains("Friday, 19 February 2027") && letter.contains("http://127.0.0.1:8080/tokens"))
        #expect(!letter.contains("gw_dt_"))
    }

    @Test func `Case 229: neither a reload, another session nor what is stored shows the token again`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let answer = try await ada.submit("/tokens", Browser.tokenFields(), on: "/tokens/new")
        let location = try #require(answer.location)
        let elsewhere = try await site.browser(signedInAs: site.cast.ada).get(location)
        #expect(elsewhere.status == 200)
        #expect(Browser.secret("gw_dt_", in: elsewhere.body) == nil)

        let token = try #require(Browser.secret("gw_dt_", in: try await ada.get(location).body))
        #expect(!location.contains(token))
        let again = try await ada.get(location)
        #expect(again.contains("already shown") && again.contains("Regenerate"))
        for path in [location, "/tokens?status=all", "/tokens/new", "/dashboard", "/account"] {
            #expect(try await !ada.get(path).contains(token), "\(path)")
        }
        let secretPart = Data(token.utf8.dropFirst(6).prefix(30))
        for name in try FileManager.default.contentsOfDirectory(atPath: site.folder) {
            let bytes = FileManager.default.contents(atPath: site.folder + "/" + name) ?? Data()
            #expect(bytes.range(of: secretPart) == nil, "\(name)")
        }
    }

    @Test func `Case 229: a token that nobody looked at in ten minutes is not shown any more`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let location = try #require(try await ada.submit("/tokens", Browser.tokenFields(), on: "/tokens/new").location)
        site.clock.move(by: 601)
        #expect(try await ada.get(location).contains("already shown"))
    }

    @Test func `Every problem is said at once, and the form keeps what was typed`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let page = try await ada.submit(
            "/tokens",
            [
                ("tenant", "acme"), ("description", ""), ("scopes", "people:read"), ("expires", "custom"),
                ("expires_on", "2020-01-01"),
            ], on: "/tokens/new")
        #expect(page.status == 422)
        #expect(page.contains("<title>Error: "))
        #expect(page.contains("href=\"#field-description\"") && page.contains("href=\"#field-expires_on\""))
        #expect(page.contains("value=\"2020-01-01\""))
        #expect(page.contains(#"value="people:read" aria-describedby="scope-people:read-hint" checked"#))
        #expect(try site.count("developer_tokens") == 0)
    }

    @Test func `Select all ticks every scope the person may give but full access, and keeps the rest of the form`()
        async throws
    {
        let site = try await TestSite()
        let catalogue = try site.store.scopeCatalogue()
        for (somebody, role) in [(try site.cast.ada, Role.admin), (try site.cast.grace, .member)] {
            let expected = ScopeDescription.available(to: role, from: catalogue).count { $0.scope.text != "default" }
            let browser = try await site.browser(signedInAs: somebody)
            let sent = try await browser.submit(
                "/tokens",
                [("tenant", "acme"), ("description", "Half typed"), ("expires", "30"), ("action", "select_all")],
                on: "/tokens/new")
            // A page of its own, so that Back finds no answer to a form; what was typed is not in its address.
            #expect(sent.status == 303 && sent.location == "/tokens/new?filled=yes#field-scopes")
            let page = try await browser.get("/tokens/new?filled=yes")
            #expect(page.status == 200 && !page.contains("filled in by the link"))
            #expect(page.body.components(separatedBy: "-hint\" checked").count - 1 == expected)
            #expect(page.contains("value=\"Half typed\""))
            #expect(!page.contains("There is a problem"))
            let stranger = try await site.browser(signedInAs: site.cast.lin)
            #expect(try await !stranger.get("/tokens/new?filled=yes").contains("Half typed"))
        }
        #expect(try site.count("developer_tokens") == 0)
    }

    @Test func `A link fills the form in and says so, but makes nothing`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let page = try await ada.get("/tokens/new?description=From+a+link&scopes=people:read+account:read&expires=7")
        #expect(page.contains("value=\"From a link\"") && page.contains("filled in by the link"))
        #expect(page.body.components(separatedBy: "-hint\" checked").count - 1 == 2)
        #expect(page.contains("value=\"7\" checked"))
        let odd = try await ada.get("/tokens/new?description=a%0Ab&scopes=%22&expires=soon&tenant=globex&from=tok_x")
        #expect(odd.status == 200)
        #expect(odd.contains("value=\"90\" checked") && !odd.contains("Globex"))
        #expect(try site.count("developer_tokens") == 0)
    }

    @Test func `Regenerate is the form filled from the old token, never from somebody else's`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let old = try await ada.makeToken("Old laptop", scopes: ["people:read", "people:write"], expires: "365")
        let page = try await ada.get("/tokens/new?from=\(old.id)")
        #expect(page.contains("value=\"Old laptop\"") && page.contains("value=\"365\" checked"))
        #expect(page.body.components(separatedBy: "-hint\" checked").count - 1 == 2)
        let mallory = try await site.browser(signedInAs: site.cast.mallory).get("/tokens/new?from=\(old.id)")
        #expect(mallory.status == 200)
        #expect(!mallory.contains("Old laptop"))
    }

    @Test func `A regenerated token takes the old one's place: one works, and the mail says so`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let old = try await ada.makeToken("Old laptop")
        let form = "/tokens/new?from=\(old.id)"
        #expect(try await ada.get(form).contains("takes the place of “Old laptop”"))
        let fields = Browser.tokenFields("Old laptop", scopes: ["account:read"]) + [("replaces", old.id)]

        // Shown again with a problem, it still knows what it is about, and the old one still works.
        let again = try await ada.submit("/tokens", fields.filter { $0.0 != "scopes" }, on: form)
        #expect(again.status == 422 && again.hidden("replaces") == old.id)
        #expect(try await site.call("/v2/me", old.token).status == 200)

        let answer = try await ada.submit("/tokens", fields, on: form)
        let page = try await ada.get(try #require(answer.location))
        let new = try #require(Browser.secret("gw_dt_", in: page.body))
        #expect(try await site.call("/v2/me", new).status == 200)
        #expect(try await site.call("/v2/me", old.token).status == 401)
        #expect(try site.letters(to: "ada@acme.example").first?.contains("takes the place of") == true)
        #expect(try await ada.get("/tokens?status=revoked").contains("Revoked by Ada"))
    }

    @Test func `Nobody's token is replaced by somebody else's`() async throws {
        let site = try await TestSite()
        let old = try await site.browser(signedInAs: site.cast.ada).makeToken("Old laptop")
        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        let fields = Browser.tokenFields("Mine now", at: "globex") + [("replaces", old.id)]
        #expect(try await mallory.submit("/tokens", fields, on: "/tokens/new").status == 303)
        #expect(try await site.call("/v2/me", old.token).status == 200)
    }

    @Test func `No two active tokens of a person and workspace share a description`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let first = try await ada.makeToken("CI deploy")
        let refused = try await ada.submit("/tokens", Browser.tokenFields("CI deploy"), on: "/tokens/new")
        #expect(refused.status == 422 && refused.contains("You have an active token “CI deploy” at Acme"))
        #expect(refused.contains("href=\"#field-description\""))
        try await ada.submit("/tokens/\(first.id)/revoke")
        _ = try await ada.makeToken("CI deploy")
    }

    @Test func `The page of a new token offers a call that its scopes allow`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        for (scopes, sentence, path) in [
            (["account:read", "people:read"], "Ask the API who you are:", "/v2/me"),
            (["people:read"], "List the people of Acme:", "/t/acme/api/v1/people"),
            (["people:write"], "Add somebody to the people of Acme:", "first_name"),
        ] {
            let fields = Browser.tokenFields("For \(scopes.joined())", scopes: scopes)
            let answer = try await ada.submit("/tokens", fields, on: "/tokens/new")
            let page = try await ada.get(try #require(answer.location))
            #expect(page.contains(sentence) && page.contains(path), "\(scopes)")
            #expect(page.contains("who you are") == (path == "/v2/me"))
        }
    }

    @Test func `Case 177: a field that is sent twice is refused`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let answer = try await ada.submit(
            "/tokens", Browser.tokenFields() + [("tenant", "globex")], on: "/tokens/new")
        #expect(answer.status == 400)
        #expect(try site.count("developer_tokens") == 0)
    }

    @Test func `A chosen day is the last one on which the token works`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let fields = Browser.tokenFields(expires: "custom") + [("expires_on", "2026-11-22")]
        let answer = try await ada.submit("/tokens", fields, on: "/tokens/new")
        let page = try await ada.get(try #require(answer.location))
        #expect(page.contains("Sunday, 22 November 2026"))
        let token = try #require(Browser.secret("gw_dt_", in: page.body))
        site.clock.move(by: 86_400 + 53_157)  // 2026-11-22T23:59:59Z
        #expect(try await site.call("/v2/me", token).status == 200)
        site.clock.move(by: 1)
        #expect(try await site.call("/v2/me", token).status == 401)
    }
}
