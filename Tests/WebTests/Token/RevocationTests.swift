import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("RFC 7009 · Revocation, through the server")
struct RevocationEndpointTests {
    @Test func `§2.1, Case 103: a refresh token is dead at once, and all that came from it`() async throws {
        let site = try await TestSite()
        let first = try await site.tokens()
        let second = try await site.refresh(first.refresh)
        let access = try #require(second.json["access_token"] as? String)
        let refresh = try #require(second.json["refresh_token"] as? String)
        let answer = try await site.revoke(refresh)
        #expect(answer.status == 200 && answer.body.isEmpty)
        for token in [first.access, access] { #expect(try await !site.works(token)) }
        #expect(try await site.refresh(refresh).error == "invalid_grant")
        #expect(try await site.refresh(first.refresh).error == "invalid_grant")
    }

    @Test func `§2.1: an access token goes alone; the app renews`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens()
        #expect(try await site.revoke(tokens.access).status == 200)
        #expect(try await !site.works(tokens.access))
        #expect(try await site.refresh(tokens.refresh).status == 200)
    }

    @Test func `§2.1: a used refresh token still ends its family`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens()
        let next = try #require(try await site.refresh(tokens.refresh).json["access_token"] as? String)
        #expect(try await site.revoke(tokens.refresh).status == 200)
        #expect(try await !site.works(next))
    }

    @Test func `§2.1: the grant itself stays, so the person is not asked again`() async throws {
        let site = try await TestSite()
        _ = try await site.revoke(try await site.tokens().refresh)
        #expect(try site.store.grants(of: site.cast.ada.person.id).count == 1)
    }

    @Test func `Case 103: a public app revokes by its name alone, a confidential one does not`() async throws {
        let site = try await TestSite()
        let lin = try await site.browser(signedInAs: site.cast.lin)
        let app = try await lin.register(kind: "public", callbacks: ["http://127.0.0.1/callback"])
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let path =
            "/t/acme/oauth/authorize?response_type=code&client_id=\(app.clientID)&scope=people%3Aread&state=s"
            + "&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback&code_challenge_method=S256"
            + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        let code = try #require(try await ada.decide("allow", at: path).parameter("code"))
        let answer = try await site.token([
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", "http://127.0.0.1/callback"),
            ("code_verifier", TestSite.verifier), ("client_id", app.clientID),
        ])
        let token = try #require(answer.json["access_token"] as? String, "\(answer.body)")
        let named = [("token", token), ("client_id", app.clientID)]
        #expect(try await site.post("/t/acme/oauth/revoke", named).status == 200)
        #expect(try await !site.works(token))
        let tokens = try await site.tokens()
        let bare = [("token", tokens.access), ("client_id", try site.roster.id)]
        #expect(try await site.post("/t/acme/oauth/revoke", bare).error == "invalid_client")
        #expect(try await site.works(tokens.access))
    }

    @Test func `§2.1: another app's token is refused and lives on`() async throws {
        let site = try await TestSite()
        let leech = try await site.browser(signedInAs: site.cast.mallory).register("Leech")
        let tokens = try await site.tokens()
        for token in [tokens.access, tokens.refresh] {
            let answer = try await site.revoke(token, by: Credentials(id: leech.clientID, secret: leech.secret))
            #expect(answer.status == 400 && answer.error == "unauthorized_client")
        }
        #expect(try await site.works(tokens.access))
        #expect(try await site.refresh(tokens.refresh).status == 200)
    }

    @Test func `Case 105: a wrong hint changes nothing; unknown, bent and foreign tokens are 200`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens()
        let developer = try await site.browser(signedInAs: site.cast.ada).makeToken().token
        for token in ["x", Secret<AccessToken>.random().reveal(), Secret<RefreshToken>.random().reveal(), developer] {
            #expect(try await site.revoke(token).status == 200)
        }
        #expect(try await site.works(developer), "an app revokes what it was given, nothing else")
        let elsewhere = try await site.revoke(tokens.access, at: "globex")
        #expect(elsewhere.status == 200 && elsewhere.body.isEmpty)
        #expect(try await site.works(tokens.access))
        let fields = [("token", tokens.refresh), ("token_type_hint", "access_token")] + (try site.roster.fields)
        #expect(try await site.post("/t/acme/oauth/revoke", fields).status == 200)
        #expect(try await site.refresh(tokens.refresh).error == "invalid_grant")
    }

    @Test func `Case 102: a token in the address is refused`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens()
        let answer = try await site.post("/t/acme/oauth/revoke?token=\(tokens.access)", try site.roster.fields)
        #expect(answer.status == 400 && answer.error == "invalid_request")
        #expect(try await site.works(tokens.access))
    }

    @Test func `Case 106: when it cannot be written it is 503, never 200`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens()
        try await site.engine.write { db in
            _ = try db.run("CREATE TRIGGER broken BEFORE UPDATE ON token_families BEGIN SELECT RAISE(ABORT, 'x'); END")
        }
        let answer = try await site.revoke(tokens.refresh)
        #expect(answer.status >= 500)
        #expect(try await site.works(tokens.access))
    }

    @Test func `Case 108: of a revocation and refreshes at once, nothing lives after the revocation`() async throws {
        let site = try await TestSite()
        for _ in 0..<20 {
            let tokens = try await site.tokens()
            let minted = try await withThrowingTaskGroup(of: [String].self) { group in
                for round in 0..<6 {
                    group.addTask {
                        if round == 3 {
                            #expect(try await site.revoke(tokens.refresh).status == 200)
                            return []
                        }
                        let answer = try await site.refresh(tokens.refresh)
                        return ["access_token", "refresh_token"].compactMap { answer.json[$0] as? String }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            for token in minted + [tokens.access] where token.hasPrefix("gw_at_") {
                #expect(try await !site.works(token))
            }
            for token in minted where token.hasPrefix("gw_rt_") {
                #expect(try await site.refresh(token).error == "invalid_grant")
            }
            // Dead tokens from one address are soon no longer answered: a minute later they are.
            site.clock.move(by: 61)
        }
    }
}
