import Foundation
import OAuth
import Portal
import Storage
import Testing

@Suite struct MembershipTests {
    @Test func `Case 151: an existing person accepts signed in, and nobody else`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let sent = try await ada.submit(
            "/t/acme/invitations", ["email": "LIN@northwind.example", "role": "member"], on: "/t/acme/invitations/new")
        #expect(sent.location == "/t/acme/members")
        let link = try site.link("invitations", to: "LIN@northwind.example")
        let stranger = site.browser()
        let door = try await stranger.get(link)
        #expect(door.contains("Sign in to join") && !door.contains("name=\"password\""))
        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        #expect(try await mallory.get(link).contains("Switch account"))
        #expect(try await mallory.submit(link, on: "/account").status == 200)
        #expect(try await mallory.get("/t/acme").status == 404)
        let lin = try await site.browser(signedInAs: site.cast.lin)
        #expect(try await lin.get(link).contains("Join <bdi>Acme"))
        #expect(try await lin.get("/t/acme").status == 404, "opening the link alone must join nothing")
        #expect(try await lin.submit(link).location == "/t/acme")
        #expect(try await lin.get("/t/acme").status == 200)
        #expect(try await lin.get(link).status == 410)
    }

    @Test func `Case 151: a newcomer signs up by the link and is in`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        _ = try await ada.submit(
            "/t/acme/invitations", ["email": "nia@acme.example", "role": "admin"], on: "/t/acme/invitations/new")
        let link = try site.link("invitations", to: "nia@acme.example")
        let nia = site.browser()
        let refused = try await nia.submit(link, ["name": "Nia", "password": "short"])
        #expect(refused.status == 422 && refused.contains("value=\"Nia\""))
        #expect(try await nia.submit(link, ["name": "Nia", "password": "Nia likes long walks"]).location == "/t/acme")
        #expect(try await nia.get("/t/acme/policy").status == 200)
        #expect(try await site.browser().get(link).status == 410)
    }

    @Test func `Cases 151, 259: sending again replaces the link, three an hour go to one address, withdrawing ends it`()
        async throws
    {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let fields = [("email", "nia@acme.example"), ("role", "member")]
        _ = try await ada.submit("/t/acme/invitations", fields, on: "/t/acme/invitations/new")
        let first = try site.link("invitations", to: "nia@acme.example")
        let path = try #require(
            try await ada.get("/t/acme/members").value(after: "action=\"/t/acme/invitations/"))
        let id = try #require(path.split(separator: "/").first)
        #expect(try await ada.submit("/t/acme/invitations/\(id)/resend", on: "/t/acme/members").status == 303)
        #expect(try await site.browser().get(first).status == 410)
        _ = try await ada.submit("/t/acme/invitations", fields, on: "/t/acme/invitations/new")
        let fourth = try await ada.submit("/t/acme/invitations", fields, on: "/t/acme/invitations/new")
        #expect(fourth.status == 422 && fourth.contains("three invitations within an hour"))
        #expect(try site.letters(to: "nia@acme.example").count == 3)
        let last = try site.link("invitations", to: "nia@acme.example")
        #expect(try await site.browser().get(last).status == 200)
        #expect(try await ada.submit("/t/acme/invitations/\(id)/withdraw", on: "/t/acme/members").status == 303)
        #expect(try await site.browser().get(last).status == 410)
    }

    @Test func `an admin gives roles and removes; the last one stays`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let (adas, graces) = (try site.cast.ada.person.id.text, try site.cast.grace.person.id.text)
        let refused = try await ada.submit(
            "/t/acme/members/\(adas)/role", ["role": "member"], on: "/t/acme/members")
        #expect(refused.status == 422 && refused.contains("This is the only admin"))
        #expect(try await ada.submit("/t/acme/leave").status == 422)
        let grace = try await site.browser(signedInAs: site.cast.grace)
        #expect(try await grace.get("/t/acme/policy").status == 403)
        _ = try await ada.submit("/t/acme/members/\(graces)/role", ["role": "admin"], on: "/t/acme/members")
        #expect(try await grace.get("/t/acme/policy").status == 200)
        #expect(try await grace.submit("/t/acme/members/\(adas)/remove").status == 303)
        #expect(try await ada.get("/t/acme").status == 404)
        #expect(try site.letters(to: "ada@acme.example").first?.contains("Grace removed you from Acme") == true)
    }

    @Test func `a workspace is renamed by admins, left by anybody, and deleted by typing its name`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let grace = try await site.browser(signedInAs: site.cast.grace)
        #expect(try await grace.submit("/t/acme/settings", ["name": "Hers"], on: "/account").status == 403)
        #expect(try await ada.submit("/t/acme/settings", ["name": ""]).status == 422)
        #expect(try await ada.submit("/t/acme/settings", ["name": "Acme & Sons"]).status == 303)
        #expect(try await grace.get("/t/acme").contains("Acme &amp; Sons"))
        #expect(try await grace.submit("/t/acme/leave").location == "/dashboard")
        #expect(try await grace.get("/t/acme").status == 404)
        #expect(try await ada.submit("/t/acme/delete", ["confirm_name": "Acme"]).status == 422)
        #expect(try await ada.submit("/t/acme/delete", ["confirm_name": "Acme & Sons"]).location == "/dashboard")
        #expect(try await ada.get("/t/acme").status == 404)
    }
}
