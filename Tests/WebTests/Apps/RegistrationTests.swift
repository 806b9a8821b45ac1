import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing

@Suite struct RegistrationTests {
    @Test func `A confidential app gets an ID and a secret that is shown once and works`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let app = try await lin.register()
        #expect(Browser.secret("gw_cs_", in: app.secret) == app.secret)
        #expect(try await site.accepts(app.clientID, app.secret))
        #expect(try await lin.get("/apps/\(app.id)/created").contains("already shown"))

        let page = try await lin.get("/apps/\(app.id)")
        #expect(page.contains(app.clientID) && page.contains("gw_cs_…\(app.secret.suffix(4))"))
        #expect(page.contains("Required") && page.contains("(V2)") && page.contains("https://choir.example/callback"))
        #expect(page.contains("by Lin"))
        for path in ["/apps", "/apps/\(app.id)", "/apps/\(app.id)/edit", "/apps/\(app.id)/delete"] {
            #expect(Browser.secret("gw_cs_", in: try await lin.get(path).body) == nil, "\(path)")
        }
        let secretPart = Data(app.secret.utf8.dropFirst(6).prefix(30))
        for name in try FileManager.default.contentsOfDirectory(atPath: site.folder) {
            let bytes = FileManager.default.contents(atPath: site.folder + "/" + name) ?? Data()
            #expect(bytes.range(of: secretPart) == nil, "\(name)")
        }
    }

    @Test func `Case 229: a secret is shown to the session that made it only`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let location = try #require(try await lin.submit("/apps", Browser.appFields(), on: "/apps/new").location)
        let elsewhere = try await site.browser(signedInAs: site.cast.lin).get(location)
        #expect(Browser.secret("gw_cs_", in: elsewhere.body) == nil)
        let page = try await lin.get(location)
        #expect(Browser.secret("gw_cs_", in: page.body) != nil)
        #expect(page.headers[.cacheControl] == "no-store")
    }

    @Test func `A public app gets no secret, cannot get one and needs PKCE`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let app = try await lin.register("Pocket Roster", kind: "public", callbacks: ["com.example.pocket:/cb"])
        #expect(app.secret.isEmpty)
        #expect(try await lin.get("/apps/\(app.id)/created").contains("A public app has no secret"))
        let page = try await lin.get("/apps/\(app.id)")
        #expect(page.contains("Required") && !page.contains("/apps/\(app.id)/secrets"))
        let refused = try await lin.rotate(app.id, overlap: "24h")
        #expect(refused.status == 422)
        #expect(refused.contains("A public app has no secret"))
        let edited = try await lin.submit(
            "/apps/\(app.id)",
            Browser.appFields("Pocket Roster", callbacks: ["com.example.pocket:/cb"], more: [("pkce", "optional")]),
            on: "/apps/\(app.id)/edit")
        #expect(edited.status == 303)
        #expect(try await !lin.get("/apps/\(app.id)").contains("Optional"))
    }

    @Test func `Every callback has its own error in its own row, and the form stays as it was typed`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let rows = ["http://choir.example/cb", "https://choir.example/cb", "", "https://choir.example/cb#part"]
        let page = try await lin.submit("/apps", Browser.appFields(callbacks: rows), on: "/apps/new")
        #expect(page.status == 422)
        #expect(page.contains("Use https. Plain http works only for 127.0.0.1, [::1] and localhost."))
        #expect(page.contains("Remove the # and what follows: a callback URL cannot have a fragment."))
        for uri in rows where !uri.isEmpty { #expect(page.contains("value=\"\(uri)\"")) }
        #expect(page.contains("value=\"Choir Roster\""))
        // Each problem of the summary leads to an input that is there.
        for part in page.body.components(separatedBy: "href=\"#").dropFirst() {
            let id = part.prefix { $0 != "\"" }
            #expect(page.contains("id=\"\(id)\""), "\(id)")
        }
        #expect(try site.count("apps") == 1)
    }

    @Test func `Without a script, one button adds a row and one ticks every scope`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let rows = { (page: Answer) in page.body.components(separatedBy: "name=\"callbacks\"").count - 1 }
        #expect(rows(try await lin.get("/apps/new")) == 1)
        let added = try await lin.submit("/apps", Browser.appFields(action: "add_callback"), on: "/apps/new")
        #expect(added.status == 303 && added.location == "/apps/new?filled=yes#field-callbacks-2")
        let more = try await lin.get("/apps/new?filled=yes")
        #expect(more.status == 200)
        #expect(rows(more) == 2)
        #expect(more.contains("value=\"https://choir.example/callback\"") && more.contains("value=\"Choir Roster\""))
        let all = try await lin.submit("/apps", Browser.appFields(action: "select_all"), on: "/apps/new")
        #expect(all.location == "/apps/new?filled=yes#field-scopes")
        let ticked = try await lin.get("/apps/new?filled=yes")
        let catalogue = try site.store.scopeCatalogue()
        #expect(ticked.body.components(separatedBy: "-hint\" checked").count - 1 == catalogue.count - 1)
        #expect(ticked.contains("Not part of “Select all scopes”."))
        #expect(!ticked.contains("There is a problem"))
        #expect(try site.count("apps") == 1)
        let full = (1...20).map { "https://choir.example/\($0)" }
        let fields = Browser.appFields(callbacks: full, action: "add_callback")
        _ = try await lin.submit("/apps", fields, on: "/apps/new")
        let most = try await lin.get("/apps/new?filled=yes")
        #expect(rows(most) <= 21)
    }

    @Test func `Without a script, ticking every scope of a new API key leads to a page that Back finds again`()
        async throws
    {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let typed = [
            ("name", "Choir Roster"), ("description", "Half typed"), ("callbacks", "https://choir.example/callback"),
            ("scopes", "people:read"),
        ]
        let sent = try await lin.submit("/user/api-keys", typed + [("action", "select_all")])
        #expect(sent.status == 303 && sent.location == "/user/api-keys?filled=yes#field-scopes")
        let page = try await lin.get("/user/api-keys?filled=yes")
        #expect(page.contains("id=\"field-scopes\""))
        #expect(page.body.components(separatedBy: "-hint\" checked").count == (try site.store.scopeCatalogue()).count)
        for (_, value) in typed.prefix(3) { #expect(page.contains(value), "\(value)") }
        #expect(!page.contains("There is a problem"))
        #expect(try await !lin.get("/user/api-keys").contains("Half typed"))
        #expect(try site.count("apps") == 1)
    }

    @Test func `Case 132: an app's texts are text on every page, whatever they hold`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let hostile = "<img src=x onerror=alert(1)>\"\u{301}'&{{title}}"
        let app = try await lin.register(hostile)
        for path in ["", "/edit", "/delete", "/created"] {
            let page = try await lin.get("/apps/\(app.id)" + path)
            #expect(page.status == 200)
            #expect(!page.contains("<img") && page.contains("&lt;img src=x"))
            #expect(Data(page.body.utf8).range(of: Data("\"\u{301}".utf8)) == nil)
        }
        #expect(try await !lin.get("/apps").contains("<img"))
    }

    @Test func `Somebody whose address is not confirmed registers nothing and is told why`() async throws {
        let site = try await TestSite()
        let nora = try await site.unconfirmed()
        #expect(try await nora.get("/apps").contains("Confirm your email address first"))
        #expect(try await nora.get("/apps/new").location == "/apps")
        #expect(try await nora.submit("/apps", Browser.appFields(), on: "/account").status == 422)
        #expect(try site.count("apps") == 1)
    }

    @Test func `Case 267: one person has at most 50 apps`() async throws {
        let site = try await TestSite()
        let somebody = try site.cast.mallory
        let details = try site.cast.rosterSync.app.details
        for _ in 1...50 {
            _ = try await site.store.registerBeyondQuota(
                details, owner: somebody.person, secret: nil, at: site.clock.now)
        }
        let mallory = try await site.browser(signedInAs: somebody)
        let refused = try await mallory.submit("/apps", Browser.appFields(), on: "/account")
        #expect(refused.status == 422)
        #expect(refused.contains("You have 50 apps, the most one person can have."))
        #expect(try site.count("apps") == 51)
    }
}
