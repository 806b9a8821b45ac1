import Crypto
import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("Leaked tokens")
struct LeakedTokensTests {
    private func report(
        _ site: TestSite, _ body: String, headers: [(String, String)] = [("Content-Type", "text/plain")],
        from address: String = "198.51.100.1"
    ) async throws -> Answer {
        try await site.send(.post, "/leaked-tokens", headers: headers, body: Array(body.utf8), from: address)
    }

    @Test func `Case 270: live, dead, unknown and nonsense get one and the same answer, a second time too`()
        async throws
    {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let live = try await ada.makeToken().token
        let dead = try await ada.makeToken("Old one")
        try await ada.submit("/tokens/\(dead.id)/revoke", ["reason": "x"])
        let tokens = try await site.tokens()
        var answers: Set<String> = []
        for text in [
            live, live, dead.token, tokens.access, tokens.refresh, try site.roster.secret, "x", "",
            Secret<AccessToken>.random().reveal(),
        ] {
            let answer = try await report(site, text)
            #expect(answer.status == 202)
            answers.insert(answer.everything(hiding: "-"))
        }
        #expect(answers.count == 1)
    }

    @Test func `nobody is told of what a deleted workspace leaves until it is swept`() async throws {
        let site = try await TestSite()
        let own = try await site.browser(signedInAs: site.cast.ada).makeToken("CI deploy").token
        let tokens = try await site.tokens()
        let ada = try #require(try site.store.membership(of: site.cast.ada.person.id, in: site.cast.acme.id))
        #expect(try await site.store.delete(site.cast.acme, by: ada, letters: [], from: "", at: site.clock.now))
        func sent() throws -> Int64? {
            try site.engine.read { db in try db.row("SELECT count(*) AS sent FROM outbox") }?.integer("sent")
        }
        let before = try sent()
        #expect(try await report(site, "\(own)\n\(tokens.access)\n\(tokens.refresh)").status == 202)
        #expect(try sent() == before)
    }

    @Test func `nobody is told of what a deleted app or a closed account leaves until it is swept`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens()
        let lin = try site.cast.lin.person
        let own = try await site.browser(signedInAs: site.cast.lin).makeToken("Nightly", at: "northwind").token
        #expect(
            try await site.store.delete(
                lin, letter: Letter(kind: .accountDeleted, recipient: lin.email, subject: "Bye", body: "Bye."),
                at: site.clock.now) != nil)
        func count(_ sql: SQL) throws -> Int64? {
            try site.engine.read { db in try db.row("SELECT (\(fragment: sql)) AS n") }?.integer("n")
        }
        let letters = try count("SELECT count(*) FROM outbox")
        let events = try count("SELECT count(*) FROM audit_events")
        #expect(try await report(site, "\(own)\n\(tokens.access)\n\(tokens.refresh)").status == 202)
        #expect(try count("SELECT count(*) FROM outbox") == letters)
        #expect(try count("SELECT count(*) FROM audit_events") == events)
    }

    @Test func `Case 270: a person's token is revoked, its owner is told once, and the log has it`() async throws {
        let site = try await TestSite()
        let token = try await site.browser(signedInAs: site.cast.ada).makeToken("CI deploy").token
        let before = try site.letters(to: site.cast.ada.email).count
        for _ in 0..<3 { _ = try await report(site, "export TOKEN=\(token) # oops") }
        #expect(try await !site.works(token))
        let letters = try site.letters(to: site.cast.ada.email)
        #expect(letters.count == before + 1)
        #expect(letters.first?.contains("CI deploy") == true && letters.first?.contains(token) == false)
        let row = try site.engine.read { db in
            try db.row(
                "SELECT count(*) AS number, max(address) AS seen FROM audit_events WHERE action = 'token.leaked'")
        }
        #expect(try #require(row).integer("number") == 1)
        #expect(try #require(row).text("seen").isEmpty, "who reported it is not the workspace's to read")
    }

    @Test(arguments: ["access", "refresh"])
    func `Case 270: an app's token ends with all of its family; developer and admin are told`(kind: String) async throws
    {
        let site = try await TestSite()
        let tokens = try await site.tokens()
        _ = try await report(site, #"{"token":"\#(kind == "access" ? tokens.access : tokens.refresh)"}"#)
        #expect(try await !site.works(tokens.access))
        #expect(try await site.refresh(tokens.refresh).error == "invalid_grant")
        for somebody in [try site.cast.lin, try site.cast.ada] {
            #expect(try site.letters(to: somebody.email).first?.contains("Roster Sync") == true)
        }
    }

    @Test func `Case 270: an expired token was dead already`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens()
        site.clock.move(by: 86_400)
        _ = try await report(site, tokens.access)
        #expect(try await site.refresh(tokens.refresh).status == 200)
    }

    @Test func `Case 270: client secrets of apps and of APIs`() async throws {
        let site = try await TestSite()
        let (roster, api) = (try site.roster, try await site.api())
        _ = try await report(site, "\(roster.secret)\n\(api.secret)")
        #expect(try await !site.accepts(roster.id, roster.secret))
        #expect(try await site.introspect("x", by: api).status == 401)
        #expect(try site.letters(to: site.cast.lin.email).first?.contains("Roster Sync") == true)
        #expect(try site.letters(to: site.cast.olga.email).first?.contains("Orders API") == true)
    }

    @Test(arguments: [
        "application/json", "application/x-www-form-urlencoded", "text/plain", "application/octet-stream",
    ])
    func `in whatever it stands: several at once, in the shape of a secret-scanning service too`(type: String)
        async throws
    {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let (one, two) = (try await ada.makeToken("One").token, try await ada.makeToken("Two").token)
        let body =
            #"[{"token":"\#(one)","type":"gw_developer_token","url":"https://github.com/x/y","source":"content"},"#
            + #"{"token":"\#(two)","type":"gw_developer_token","url":"","source":"commit"}]"#
        #expect(try await report(site, body, headers: [("Content-Type", type)]).status == 202)
        for token in [one, two] { #expect(try await !site.works(token)) }
    }

    @Test func `Case 270: a signature that cannot be right is refused, and nothing happens`() async throws {
        var site = try await TestSite()
        let token = try await site.browser(signedInAs: site.cast.ada).makeToken().token
        let key = P256.Signing.PrivateKey()
        let right = try key.signature(for: Data(token.utf8)).derRepresentation.base64EncodedString()
        let header = { (text: String) in ("Github-Public-Key-Signature", text) }
        #expect(try await report(site, token, headers: [header(right)]).status == 403)
        #expect(try await site.works(token))

        site = try await TestSite(partnerKey: PartnerKey(pem: key.publicKey.pemRepresentation))
        let other = try await site.browser(signedInAs: site.cast.ada).makeToken().token
        let wrong = try P256.Signing.PrivateKey().signature(for: Data(other.utf8)).derRepresentation
        for text in [right, wrong.base64EncodedString(), "", "x", "===="] {
            #expect(try await report(site, other, headers: [header(text)]).status == 403)
        }
        #expect(try await site.works(other))
        let good = try key.signature(for: Data(other.utf8)).derRepresentation.base64EncodedString()
        #expect(try await report(site, other, headers: [header(good)]).status == 202)
        #expect(try await !site.works(other))
    }

    @Test func `reports are counted for each address`() async throws {
        let site = try await TestSite()
        for _ in 0..<30 { #expect(try await report(site, "x").status == 202) }
        let answer = try await report(site, "x")
        #expect(answer.status == 429 && answer.header("Retry-After") != nil)
        site.clock.move(by: 60)
        #expect(try await report(site, "x").status == 202)
        #expect(try await report(site, String(repeating: "x", count: 65 * 1024)).status == 413)
        // The other 64 bits of an IPv6 address are free to choose.
        for number in 0..<30 { #expect(try await report(site, "x", from: "2001:db8::\(number + 1)").status == 202) }
        #expect(try await report(site, "x", from: "2001:db8::ffff").status == 429)
        #expect(try await report(site, "x", from: "2001:db8:0:1::1").status == 202)
    }
}
