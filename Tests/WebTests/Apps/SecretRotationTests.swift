import Foundation
import OAuth
import Portal
import Storage
import Testing

@Suite struct SecretRotationTests {
    @Test(arguments: [("1h", 3600), ("24h", 86_400), ("7d", 604_800)] as [(String, Int64)])
    func `Case 72: both secrets work in the overlap, then the new one alone`(
        overlap: String, seconds: Int64
    ) async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let app = try site.cast.rosterSync
        let page = try await lin.rotate(app.app.id.text, overlap: overlap)
        let fresh = try #require(Browser.secret("gw_cs_", in: page.body))
        #expect(page.contains("New secret for") && page.contains("The old secret works until"))
        site.clock.move(by: seconds - 1)
        #expect(try await site.accepts(app.app.clientID, app.secret))
        #expect(try await site.accepts(app.app.clientID, fresh))
        site.clock.move(by: 1)
        #expect(try await !site.accepts(app.app.clientID, app.secret))
        #expect(try await site.accepts(app.app.clientID, fresh))
    }

    @Test func `Case 72: a leaked secret is replaced at once`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let app = try site.cast.rosterSync
        site.clock.move(by: 1)
        let page = try await lin.rotate(app.app.id.text, overlap: "now")
        let fresh = try #require(Browser.secret("gw_cs_", in: page.body))
        #expect(page.contains("No older secret works any more."))
        #expect(try await !site.accepts(app.app.clientID, app.secret))
        #expect(try await site.accepts(app.app.clientID, fresh))
    }

    @Test func `Case 72: a third secret is refused until one of the two is revoked`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let app = try site.cast.rosterSync
        let id = app.app.id.text
        let fresh = try #require(Browser.secret("gw_cs_", in: try await lin.rotate(id, overlap: "7d").body))
        let letters = try site.count("outbox")
        let refused = try await lin.rotate(id, overlap: "7d")
        #expect(refused.status == 422)
        #expect(refused.contains("Two secrets work already. Revoke one of them first."))
        #expect(try site.count("outbox") == letters)

        let old = try #require(
            try site.store.liveSecrets(of: app.app.id, at: site.clock.now)
                .first { $0.hint.hasSuffix(app.secret.suffix(4)) })
        let path = "/apps/\(id)/secrets/\(old.id.text)/revoke"
        #expect(try await lin.get(path).contains(String(app.secret.suffix(4))))
        #expect(try await site.accepts(app.app.clientID, app.secret))
        #expect(try await lin.submit(path).location == "/apps/\(id)")
        #expect(try await !site.accepts(app.app.clientID, app.secret))
        #expect(try await site.accepts(app.app.clientID, fresh))
        #expect(try await lin.get(path).status == 404)
        #expect(Browser.secret("gw_cs_", in: try await lin.rotate(id, overlap: "1h").body) != nil)
    }

    @Test func `Case 72: taking the last secret away is possible, and said before`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let app = try site.cast.rosterSync
        let secret = try #require(try site.store.liveSecrets(of: app.app.id, at: site.clock.now).first)
        let path = "/apps/\(app.app.id.text)/secrets/\(secret.id.text)/revoke"
        let rotated = try await lin.rotate(app.app.id.text, overlap: "24h")
        let two = try await lin.get(path)
        let fresh = try #require(Browser.secret("gw_cs_", in: rotated.body))
        #expect(try await lin.submit(path).status == 303)
        let last = try #require(try site.store.liveSecrets(of: app.app.id, at: site.clock.now).first)
        let one = try await lin.get("/apps/\(app.app.id.text)/secrets/\(last.id.text)/revoke")
        #expect(one.status == 200 && two.status == 200)
        #expect(one.body.utf8.count != two.body.utf8.count)
        #expect(try await lin.submit("/apps/\(app.app.id.text)/secrets/\(last.id.text)/revoke").status == 303)
        #expect(try await !site.accepts(app.app.clientID, fresh))
        #expect(try await lin.get("/apps/\(app.app.id.text)").contains("No secret works."))
    }

    @Test func `A new secret is announced by mail, without the secret`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let id = try site.cast.rosterSync.app.id.text
        _ = try await lin.rotate(id, overlap: "24h")
        let letter = try #require(try site.letters(to: "lin@northwind.example").first)
        #expect(letter.contains("Roster Sync") && letter.contains("http://127.0.0.1:8080/apps/\(id)"))
        #expect(!letter.contains("gw_cs_"))
    }

    @Test(arguments: ["", "24H", "30d", "0", "never"])
    func `An overlap that was not offered is refused`(overlap: String) async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let app = try site.cast.rosterSync
        let page = try await lin.rotate(app.app.id.text, overlap: overlap)
        #expect(page.status == 422)
        #expect(page.contains("Choose how long the old secret goes on working."))
        #expect(try site.store.liveSecrets(of: app.app.id, at: site.clock.now).count == 1)
    }

    @Test func `Case 72: last use is shown per secret`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let app = try site.cast.rosterSync
        #expect(try await lin.get("/apps/\(app.app.id.text)").contains("Never used"))
        #expect(try await site.accepts(app.app.clientID, app.secret))
        try await site.store.flushUses()
        #expect(try await !lin.get("/apps/\(app.app.id.text)").contains("Never used"))
    }
}
