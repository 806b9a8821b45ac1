import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite struct RefreshGrantTests {
    @Test func `Case 77: a refresh token is replaced, and the old one's reuse later ends all`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens(scope: "account:read")
        let next = try await site.refresh(tokens.refresh)
        let (access, refresh) = (
            next.json["access_token"] as? String ?? "", next.json["refresh_token"] as? String ?? ""
        )
        #expect(next.status == 200 && refresh != tokens.refresh && access != tokens.access)
        #expect(try await site.call("/v2/me", access).status == 200)
        site.clock.move(by: 61)
        #expect(try await site.refresh(tokens.refresh).error == "invalid_grant")
        #expect(try await site.refresh(refresh).error == "invalid_grant")
        #expect(try await site.call("/v2/me", access).status == 401)
    }

    @Test func `Case 80: a repetition within a minute gets the same tokens again`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens()
        let first = try await site.refresh(tokens.refresh)
        site.clock.move(by: 30)
        let again = try await site.refresh(tokens.refresh)
        #expect(again.status == 200)
        for name in ["access_token", "refresh_token", "scope", "token_type"] {
            #expect(again.json[name] as? String == first.json[name] as? String && again.json[name] != nil, "\(name)")
        }
        #expect(try await site.refresh(again.json["refresh_token"] as? String ?? "").status == 200)
    }

    @Test func `Case 82: a refresh token of another app or tenant is refused`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens()
        for slug in ["globex", "northwind"] {
            #expect(try await site.refresh(tokens.refresh, at: slug).error == "invalid_grant")
        }
        #expect(try await site.refresh(tokens.refresh).status == 200)
        let fresh = try await site.tokens()
        let other = try await site.browser(signedInAs: site.cast.mallory).register()
        let stolen = try await site.token([
            ("grant_type", "refresh_token"), ("refresh_token", fresh.refresh), ("client_id", other.clientID),
            ("client_secret", other.secret),
        ])
        #expect(stolen.status == 400 && stolen.error == "invalid_grant")
    }

    @Test func `Case 83: a refresh may narrow the scope, never widen it`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens(scope: "account:read people:read")
        for scope in ["people:write", "people:read people:write", "default", "people:read  account:read"] {
            let answer = try await site.refresh(tokens.refresh, scope: scope)
            #expect(answer.status == 400 && answer.error == "invalid_scope", "\(scope)")
        }
        let narrow = try await site.refresh(tokens.refresh, scope: "account:read")
        #expect(narrow.json["scope"] as? String == "account:read")
        #expect(
            try await site.call("/t/acme/api/v1/people", narrow.json["access_token"] as? String ?? "").status == 403)
        let full = try await site.refresh(narrow.json["refresh_token"] as? String ?? "")
        #expect(full.json["scope"] as? String == "account:read people:read")
    }

    @Test func `Case 107: what a person took back is dead at the next request`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens(scope: "account:read")
        #expect(try await site.call("/v2/me", tokens.access).status == 200)
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let grant = try #require(try site.store.grants(of: site.cast.ada.person.id).first)
        #expect(try await ada.submit("/account/apps/acme/\(grant.id.text)/revoke").status == 303)
        #expect(try await site.call("/v2/me", tokens.access).status == 401)
        #expect(try await site.refresh(tokens.refresh).error == "invalid_grant")
    }

    @Test func `a refresh token does not expire while it is not used`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens()
        site.clock.move(by: 3 * 365 * 86_400)
        #expect(try await site.refresh(tokens.refresh).status == 200)
    }

    @Test func `Secrets of other kinds are no refresh tokens`() async throws {
        let site = try await TestSite()
        let tokens = try await site.tokens()
        for text in [tokens.access, Secret<RefreshToken>.random().reveal(), tokens.refresh + "x", "x"] {
            #expect(try await site.refresh(text).error == "invalid_grant")
        }
        #expect(try await site.refresh("").error == "invalid_request")
    }
}
