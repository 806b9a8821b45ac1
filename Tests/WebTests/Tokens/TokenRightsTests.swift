import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite struct TokenRightsTests {
    @Test func `Case 118: a member cannot give what only admins may do, and is told so`() async throws {
        let site = try await TestSite()
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let form = try await grace.get("/tokens/new")
        #expect(form.contains("Only an admin of Acme can give this."))
        let answer = try await grace.submit(
            "/tokens", Browser.tokenFields(scopes: ["people:read", "people:write"]), on: "/tokens/new")
        #expect(answer.status == 422)
        #expect(answer.contains("Only an admin of Acme can give “"))
        #expect(try site.count("developer_tokens") == 0)
    }

    @Test func `Case 118: an admin who becomes a member can read with the old token, but no longer write`() async throws
    {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let token = try await ada.makeToken(scopes: ["people:read", "people:write", "account:read"]).token
        let create = { (name: String) in
            try await site.send(
                .post, "/t/acme/api/v1/people",
                headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")],
                body: Array("{\"first_name\":\"\(name)\"}".utf8))
        }
        #expect(try await create("Nia").status == 201)
        try await site.store.addMember(
            site.cast.ada.person.id, to: site.cast.acme.id, as: .member, at: site.clock.now)
        #expect(try await create("Noor").status == 403)
        #expect(try await site.call("/t/acme/api/v1/people", token).status == 200)
    }

    @Test func `Case 119: a token makes no other token and no app, whatever its scopes`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let token = try await ada.makeToken(scopes: ["default", "account:read", "people:write"]).token
        let (tokens, apps) = (try site.count("developer_tokens"), try site.count("apps"))
        let body = "tenant=acme&description=More&scopes=default&expires=never&action=create"
        for path in ["/tokens", "/apps", "/tenants"] {
            for headers in [[("Origin", "http://127.0.0.1:8080")], [("Sec-Fetch-Site", "none")], []] {
                let answer = try await site.send(
                    .post, path,
                    headers: headers + [
                        ("Authorization", "Bearer \(token)"), ("Content-Type", "application/x-www-form-urlencoded"),
                    ], body: Array(body.utf8))
                #expect([303, 403].contains(answer.status), "\(path) \(answer.status)")
                #expect(answer.location == nil || answer.location == "/login")
            }
            let page = try await site.call(path, token)
            #expect(page.location?.hasPrefix("/login") == true || page.status == 405)
        }
        #expect(try site.count("developer_tokens") == tokens)
        #expect(try site.count("apps") == apps)
    }

    @Test func `Case 139: another person's token is as unknown as one that does not exist`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let token = try await ada.makeToken("Payroll")
        for somebody in [try site.cast.grace, try site.cast.mallory, try site.cast.olga] {
            let browser = try await site.browser(signedInAs: somebody)
            for id in [token.id, "tok_0000000000000000"] {
                for path in ["/tokens/\(id)/created", "/tokens/\(id)/revoke"] {
                    let answer = try await browser.get(path)
                    #expect(answer.status == 404)
                    #expect(!answer.contains("Payroll"))
                }
                #expect(try await browser.submit("/tokens/\(id)/revoke", on: "/account").status == 404)
            }
            #expect(try await !browser.get("/tokens?status=all").contains("Payroll"))
        }
        #expect(try await site.call("/v2/me", token.token).status == 200)
        #expect(try await site.browser().get("/tokens/\(token.id)/revoke").location?.hasPrefix("/login?next=") == true)
    }

    @Test func `Case 139: a token cannot be made at a workspace of others`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let answer = try await ada.submit("/tokens", Browser.tokenFields(at: "globex"), on: "/tokens/new")
        #expect(answer.status == 422)
        #expect(answer.contains("href=\"#field-tenant\""))
        #expect(try site.count("developer_tokens") == 0)
    }

    @Test func `Somebody in no workspace, or without a confirmed address, is told why there is no token`() async throws
    {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let nora = try await site.unconfirmed()
        for (browser, why) in [(olga, "no workspace yet"), (nora, "Confirm your email address first")] {
            let list = try await browser.get("/tokens")
            #expect(list.status == 200)
            #expect(list.contains(why) && !list.contains("href=\"/tokens/new\""))
            #expect(try await browser.get("/tokens/new").location == "/tokens")
            let answer = try await browser.submit("/tokens", Browser.tokenFields(), on: "/account")
            #expect(answer.status == 422)
            #expect(answer.contains(why))
        }
        #expect(try site.count("developer_tokens") == 0)
    }

    @Test func `Case 267: one person has at most 100 active tokens, and revoking one makes room`() async throws {
        let site = try await TestSite()
        let somebody = try site.cast.ada
        let member = try #require(try site.store.membership(of: somebody.person.id, in: site.cast.acme.id))
        let scopes = try #require(ScopeSet(parsing: "account:read"))
        for number in 1...100 {
            _ = try await site.store.makeBeyondQuota(
                DeveloperTokenDraft(member: member, description: "Number \(number)", scopes: scopes, expiresAt: nil),
                token: .random(), letter: Letter(kind: .tokenCreated, recipient: "a@b.example", subject: "", body: ""),
                at: site.clock.now)
        }
        let ada = try await site.browser(signedInAs: somebody)
        let refused = try await ada.submit("/tokens", Browser.tokenFields(), on: "/account")
        #expect(refused.status == 422)
        #expect(refused.contains("You have 100 active tokens"))
        let list = try await ada.get("/tokens")
        let path = "/tokens/" + (try #require(list.value(after: "class=\"btn small danger\" href=\"/tokens/")))
        #expect(try await ada.submit(path).status == 303)
        #expect(try await ada.submit("/tokens", Browser.tokenFields(), on: "/tokens/new").status == 303)
    }
}

extension TestSite {
    /// A browser of Nora, who signed up and has not opened the link yet, yet has a session.
    func unconfirmed() async throws -> Browser {
        let now = clock.now
        guard
            case .valid(let signUp) = SignUp.check(
                name: "Nora", email: "nora@newcomers.example", password: "a long enough one",
                policy: PasswordPolicy(common: []))
        else { throw Cast.CastError.refused("Nora") }
        let letter = Letter(kind: .verification, recipient: signUp.email.text, subject: "Confirm", body: "")
        let hash = try await site.passwords.hash(signUp.password)
        try await store.signUp(
            signUp, passwordHash: hash, link: .random(), confirm: letter, known: { _ in letter }, at: now)
        let person = try #require(try store.signInCandidate(for: signUp.email)).person
        let cookie = Secret<SessionCookie>.random()
        _ = try await store.startSession(
            cookie, for: person.id, replacing: nil, userAgent: "", address: "198.51.100.9", at: now)
        let browser = browser(from: "198.51.100.9")
        browser.session = cookie.reveal()
        return browser
    }
}
