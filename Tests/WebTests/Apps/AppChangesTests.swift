import Foundation
import OAuth
import Portal
import Storage
import Testing

@Suite struct AppChangesTests {
    @Test func `An app's texts, callbacks, scopes, PKCE and token format can be changed`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let id = try site.cast.rosterSync.app.id.text
        let form = try await lin.get("/apps/\(id)/edit")
        #expect(form.contains("value=\"Roster Sync\"") && form.contains("value=\"https://roster.example/callback\""))
        let answer = try await lin.submit(
            "/apps/\(id)",
            Browser.appFields(
                "Roster Two", callbacks: ["https://roster.example/b", "", "https://roster.example/a"],
                scopes: ["account:read"], more: [("pkce", "optional"), ("token_format", "v1")]),
            on: "/apps/\(id)/edit")
        #expect(answer.location == "/apps/\(id)")
        let page = try await lin.get("/apps/\(id)")
        #expect(page.contains("Your changes are saved."))
        #expect(page.contains("Roster Two") && page.contains("Optional") && page.contains("Never expire (V1)"))
        let details = try #require(try site.store.app(ID(id), of: site.cast.lin.person.id)).details
        #expect(details.callbacks == ["https://roster.example/b", "https://roster.example/a"])
        #expect(details.scopes.text == "account:read")
    }

    @Test func `A change with mistakes changes nothing and is shown again`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let id = try site.cast.rosterSync.app.id.text
        let page = try await lin.submit(
            "/apps/\(id)", Browser.appFields("", callbacks: [""], scopes: []), on: "/apps/\(id)/edit")
        #expect(page.status == 422)
        #expect(page.contains("action=\"/apps/\(id)\""))
        #expect(try await lin.get("/apps/\(id)").contains("Roster Sync"))
    }

    @Test func `An app stays confidential or public for good, whatever a form says`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let app = try site.cast.rosterSync
        let answer = try await lin.submit(
            "/apps/\(app.app.id.text)", Browser.appFields("Roster Sync", kind: "public"),
            on: "/apps/\(app.app.id.text)/edit")
        #expect(answer.status == 303)
        let now = try #require(try site.store.app(app.app.id, of: site.cast.lin.person.id))
        #expect(now.details.kind == .confidential)
        #expect(try await site.accepts(app.app.clientID, app.secret))
    }

    @Test func `A consent page that was open before a change asks again, within the same second too`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let open = try await ada.get(try site.authorizePath())
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let id = try site.cast.rosterSync.app.id.text
        let edited = try await lin.submit(
            "/apps/\(id)",
            Browser.appFields("Payroll Export", callbacks: [try site.cast.rosterSync.callback]),
            on: "/apps/\(id)/edit")
        #expect(edited.status == 303)
        let answer = try await ada.post(
            "/t/acme/oauth/authorize",
            [("ticket", open.hidden("ticket") ?? ""), ("decision", "allow"), ("csrf", open.csrf ?? "")])
        #expect(answer.location?.contains("code=") != true)
        #expect(try site.engine.read { try $0.rows("SELECT id FROM grants").isEmpty })
    }

    @Test func `Case 164: what redirects codes or weakens them asks who it is; better words do not`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let app = try site.cast.rosterSync.app
        let path = "/apps/\(app.id.text)"
        func fields(
            homepage: String = app.details.homepage, callback: String = app.details.callbacks[0],
            pkce: String = "required"
        ) -> [(String, String)] {
            [
                ("name", "Roster Sync"), ("description", "The same, in better words than before."),
                ("homepage", homepage), ("callbacks", callback), ("scopes", "people:read"), ("pkce", pkce),
                ("token_format", "v2"), ("action", "save"),
            ]
        }
        site.clock.move(by: 601)
        #expect(try await lin.submit(path, fields(), on: path + "/edit").status == 303)
        for dangerous in [
            fields(homepage: "https://elsewhere.example/"), fields(callback: "https://elsewhere.example/callback"),
            fields(pkce: "optional"),
        ] {
            let asked = try await lin.submit(path, dangerous, on: path + "/edit")
            #expect(asked.status == 403 && asked.contains("Confirm it is you"))
        }
        let now = try #require(try site.store.app(app.id)).details
        #expect(now.callbacks == app.details.callbacks && now.homepage == app.details.homepage && now.pkceRequired)
        #expect(now.description == "The same, in better words than before.")
    }

    @Test func `V1 becomes V2 in the ordinary form too without asking anybody again, and so does saving what is`()
        async throws
    {
        let site = try await TestSite()
        try await site.change { $0.tokenFormat = .v1 }
        let ada = try await site.browser(signedInAs: site.cast.ada)
        _ = try await ada.code(scope: "people:read")
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let app = try #require(try site.store.app(site.cast.rosterSync.app.id))
        let path = "/apps/\(app.id.text)"
        let same =
            [
                ("name", app.details.name), ("description", app.details.description),
                ("homepage", app.details.homepage), ("pkce", app.details.pkceRequired ? "required" : "optional"),
                ("action", "save"),
            ] + app.details.callbacks.map { ("callbacks", $0) } + app.details.scopes.sorted.map { ("scopes", $0.text) }
        for format in ["v2", "v2"] {
            #expect(try await lin.submit(path, same + [("token_format", format)], on: path + "/edit").status == 303)
            let again = try await ada.get(try site.authorizePath(scope: "people:read"))
            #expect(again.parameter("code") != nil, "asked again: \(again.status)")
        }
        #expect(try site.store.app(app.id)?.details.tokenFormat == .v2)
        // Anything that stands on the consent page does ask.
        try await site.change { $0.name = "Rooster Sync" }
        #expect(try await ada.get(try site.authorizePath(scope: "people:read")).hidden("ticket") != nil)
    }

    @Test func `Deleting asks for the name, byte for byte, and ends the app at once`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let app = try await lin.register("Caf\u{E9} Roster")
        #expect(try await lin.get("/apps/\(app.id)/delete").contains("Nobody allows it to do anything now"))
        for typed in ["", "Cafe Roster", "caf\u{E9} roster", "Cafe\u{301} Roster", "Caf\u{E9} Roster "] {
            let page = try await lin.submit("/apps/\(app.id)/delete", ["confirm_name": typed])
            #expect(page.status == 422, "\(typed)")
            #expect(page.contains("Type the name exactly: Caf\u{E9} Roster"))
        }
        #expect(try await site.accepts(app.clientID, app.secret))
        let answer = try await lin.submit("/apps/\(app.id)/delete", ["confirm_name": "Caf\u{E9} Roster"])
        #expect(answer.location == "/apps")
        let list = try await lin.get("/apps")
        #expect(list.contains("The app is deleted") && !list.contains(app.clientID))
        #expect(try await lin.get("/apps/\(app.id)").status == 404)
        #expect(try await !site.accepts(app.clientID, app.secret))
    }

    @Test func `Deleting an app that people allowed says so and ends their grants`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let page = try await ada.get(try site.authorizePath())
        _ = try await ada.post(
            "/t/acme/oauth/authorize",
            [("ticket", page.hidden("ticket") ?? ""), ("decision", "allow"), ("csrf", page.csrf ?? "")])
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let id = try site.cast.rosterSync.app.id.text
        #expect(try await lin.get("/apps/\(id)").contains("1 person in 1 workspace"))
        #expect(try await lin.get("/apps/\(id)/delete").contains("It is allowed by 1 person in 1 workspace."))
        #expect(try await lin.submit("/apps/\(id)/delete", ["confirm_name": "Roster Sync"]).status == 303)
        while try await site.store.sweep(at: site.clock.now) {}
        #expect(try site.engine.read { try $0.rows("SELECT id FROM grants").isEmpty })
        #expect(try await !ada.get("/account/apps").contains("Roster Sync"))
    }

    @Test func `Case 139: another person's app is unknown to everybody else, on every address`() async throws {
        let site = try await TestSite()
        let app = try site.cast.rosterSync.app.id.text
        let secret = try #require(
            try site.store.liveSecrets(of: site.cast.rosterSync.app.id, at: site.clock.now).first
        ).id.text
        for somebody in [try site.cast.ada, try site.cast.mallory, try site.cast.olga] {
            let browser = try await site.browser(signedInAs: somebody)
            for id in [app, "app_0000000000000000"] {
                for path in ["", "/edit", "/created", "/delete", "/secrets/\(secret)/revoke"] {
                    let answer = try await browser.get("/apps/\(id)" + path)
                    #expect(answer.status == 404, "GET \(path)")
                    #expect(!answer.contains("Roster Sync"))
                }
                for path in ["", "/delete", "/secrets", "/secrets/\(secret)/revoke"] {
                    let fields = Browser.appFields("Mine now") + [("confirm_name", "Roster Sync"), ("overlap", "now")]
                    let answer = try await browser.submit("/apps/\(id)" + path, fields, on: "/account")
                    #expect(answer.status == 404, "POST \(path)")
                }
            }
            #expect(try await !browser.get("/apps").contains("Roster Sync"))
        }
        #expect(try await site.accepts(site.cast.rosterSync.app.clientID, site.cast.rosterSync.secret))
    }

    @Test func `Case 139: a secret of another app of one's own is not revoked through this one`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let other = try await lin.register()
        let roster = try site.cast.rosterSync
        let secret = try #require(try site.store.liveSecrets(of: roster.app.id, at: site.clock.now).first).id.text
        #expect(try await lin.get("/apps/\(other.id)/secrets/\(secret)/revoke").status == 404)
        #expect(try await lin.submit("/apps/\(other.id)/secrets/\(secret)/revoke", on: "/account").status == 404)
        #expect(try await site.accepts(roster.app.clientID, roster.secret))
    }
}
