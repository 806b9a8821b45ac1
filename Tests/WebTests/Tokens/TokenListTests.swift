import Foundation
import Storage
import Testing

@Suite struct TokenListTests {
    @Test func `Case 230: the list shows a token by its kind and last four digits only`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let token = try await ada.makeToken().token
        let list = try await ada.get("/tokens")
        #expect(list.contains("gw_dt_…\(token.suffix(4))"))
        #expect(Browser.secret("gw_dt_", in: list.body) == nil)
        #expect(list.contains("Never used") && list.contains("1 token."))
    }

    @Test func `Revoking asks first, then holds at once, and the row says who and when`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let token = try await ada.makeToken("Old laptop")
        let question = try await ada.get("/tokens/\(token.id)/revoke")
        #expect(question.contains("Old laptop") && question.contains(String(token.token.suffix(4))))
        #expect(try await site.call("/v2/me", token.token).status == 200)

        let answer = try await ada.submit("/tokens/\(token.id)/revoke")
        #expect(answer.location == "/tokens")
        #expect(try await ada.get("/tokens").contains("The token is revoked."))
        #expect(try await site.call("/v2/me", token.token).status == 401)
        #expect(try site.letters(to: "ada@acme.example").contains { $0.contains("was revoked") })

        let revoked = try await ada.get("/tokens?status=revoked")
        #expect(revoked.contains("Old laptop") && revoked.contains("Revoked by Ada on 21 Nov 2026"))
        #expect(!revoked.contains("/tokens/\(token.id)/revoke"))
        #expect(try await !ada.get("/tokens?status=active").contains("Old laptop"))

        // A second press, from a page that was open before, changes nothing and writes no second letter.
        let letters = try site.count("outbox")
        #expect(try await ada.submit("/tokens/\(token.id)/revoke", on: "/account").status == 303)
        #expect(try await ada.get("/tokens/\(token.id)/revoke").location == "/tokens?status=revoked")
        #expect(try site.count("outbox") == letters)
    }

    @Test func `A revocation needs the form's token`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let token = try await ada.makeToken()
        #expect(try await ada.post("/tokens/\(token.id)/revoke", []).status == 403)
        #expect(try await site.call("/v2/me", token.token).status == 200)
    }

    @Test func `Tokens are filtered by status and words`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        _ = try await ada.makeToken("Nightly export", expires: "7")
        _ = try await ada.makeToken("CI deploy", expires: "never")
        #expect(try await ada.get("/tokens?q=NIGHT").contains("Nightly export"))
        #expect(try await !ada.get("/tokens?q=NIGHT").contains("CI deploy"))
        #expect(try await ada.get("/tokens?q=acme").contains("2 tokens."))
        let none = try await ada.get("/tokens?q=staging&status=nonsense")
        #expect(none.contains("No token matches"))
        #expect(try await ada.get("/tokens?status=expired").contains("No token matches"))
        let empty = try await site.browser(signedInAs: site.cast.grace).get("/tokens")
        #expect(empty.contains("No tokens yet") && !empty.contains("filter-status"))
    }

    @Test func `Tokens are sorted as asked, and those that still work come first`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let first = try await ada.makeToken("Bravo", expires: "never")
        site.clock.move(by: 60)
        let second = try await ada.makeToken("alpha", expires: "7")
        site.clock.move(by: 60)
        let last = try await ada.makeToken("Charlie", expires: "30")
        try await ada.submit("/tokens/\(last.id)/revoke")
        #expect(try await site.call("/v2/me", first.token).status == 200)
        try await site.store.flushUses()
        for (order, ids) in [
            ("newest", [second.id, first.id, last.id]), ("description", [second.id, first.id, last.id]),
            ("used", [first.id, second.id, last.id]), ("expires", [second.id, first.id, last.id]),
            ("nonsense", [second.id, first.id, last.id]),
        ] {
            let page = try await ada.get("/tokens?status=all&sort=\(order)")
            let places = ids.map { page.body.range(of: "from=\($0)")?.lowerBound }
            #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted(), "\(order)")
            #expect(places.count { $0 != nil } == 3)
        }
    }

    @Test func `Case 266: the list warns before the end and says when it has come`() async throws {
        let site = try await TestSite()
        let somebody = try site.cast.ada
        let token = try await site.browser(signedInAs: somebody).makeToken("Nightly export")
        site.clock.move(by: 85 * 86_400)
        let later = try await site.browser(signedInAs: somebody)
        #expect(try await later.get("/tokens").contains("Expires in 5 days"))
        site.clock.move(by: 5 * 86_400)
        #expect(try await !later.get("/tokens").contains("Nightly export"))
        let last = try await site.browser(signedInAs: somebody)
        let expired = try await last.get("/tokens?status=expired")
        #expect(expired.contains("Nightly export") && expired.contains("/tokens/new?from=\(token.id)"))
        #expect(try await site.call("/v2/me", token.token).status == 401)
    }

    @Test func `Case 266: a description is text on every page, whatever it holds`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let hostile = "<script>alert(1)</script>\"\u{301}'&{{title}}"
        let token = try await ada.makeToken(hostile)
        for path in ["", "/\(token.id)/created", "/\(token.id)/revoke", "/new?from=\(token.id)"] {
            let page = try await ada.get("/tokens" + path)
            #expect(page.status == 200)
            #expect(!page.contains("<script>alert"))
            // A quotation mark with an accent is one Character to Swift and still a quotation mark to a browser.
            #expect(Data(page.body.utf8).range(of: Data("\"\u{301}".utf8)) == nil)
            #expect(page.contains("&lt;script&gt;alert(1)"))
        }
    }
}
