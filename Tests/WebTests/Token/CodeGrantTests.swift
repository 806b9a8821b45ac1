import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite struct CodeGrantTests {
    @Test func `Case 43, §4.1.2: a code presented twice is refused, and ends what it gave`() async throws {
        let site = try await TestSite()
        let code = try await site.browser(signedInAs: site.cast.ada).code(scope: "account:read")
        let first = try await site.redeem(code)
        let access = try #require(first.json["access_token"] as? String)
        #expect(try await site.call("/v2/me", access).status == 200)
        let second = try await site.redeem(code)
        #expect(second.status == 400 && second.error == "invalid_grant")
        #expect(try await site.call("/v2/me", access).status == 401)
        #expect(try await site.refresh(first.json["refresh_token"] as? String ?? "").error == "invalid_grant")
    }

    @Test func `Case 44: a code that is too old is refused`() async throws {
        let site = try await TestSite()
        let code = try await site.browser(signedInAs: site.cast.ada).code()
        site.clock.move(by: 601)
        #expect(try await site.redeem(code).error == "invalid_grant")
    }

    @Test func `Case 46: a code of one app is nothing to another, and stays good for its own`() async throws {
        let site = try await TestSite()
        let code = try await site.browser(signedInAs: site.cast.ada).code()
        let other = try await site.browser(signedInAs: site.cast.mallory).register()
        let stolen = try await site.token(
            site.redemption(of: code) + [("client_id", other.clientID), ("client_secret", other.secret)])
        #expect(stolen.status == 400 && stolen.error == "invalid_grant")
        #expect(try await site.redeem(code).status == 200)
    }

    @Test func `Case 46: a code of one tenant is nothing at another`() async throws {
        let site = try await TestSite()
        let code = try await site.browser(signedInAs: site.cast.ada).code()
        for slug in ["globex", "northwind"] { #expect(try await site.redeem(code, at: slug).error == "invalid_grant") }
        #expect(try await site.redeem(code, at: "nowhere").status == 404)
        #expect(try await site.redeem(code).status == 200)
    }

    @Test func `Case 33: another callback than the one that was asked for is refused; with PKCE it may be left out`()
        async throws
    {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let code = try await ada.code()
        let credentials = try site.rosterCredentials()
        for uri in ["https://roster.example/callback/", "https://evil.example/", "https://ROSTER.example/callback"] {
            let fields = try site.redemption(of: code).map { $0.0 == "redirect_uri" ? ($0.0, uri) : $0 }
            #expect(try await site.token(fields + credentials).error == "invalid_grant", "\(uri)")
        }
        let without = try site.redemption(of: code).filter { $0.0 != "redirect_uri" }
        #expect(try await site.token(without + credentials).status == 200)
    }

    @Test func `Case 57, 59: a code that was asked for with a challenge needs its verifier`() async throws {
        let site = try await TestSite()
        let code = try await site.browser(signedInAs: site.cast.ada).code()
        let credentials = try site.rosterCredentials()
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        for verifier in [nil, "", challenge] {
            let answer = try await site.token(site.redemption(of: code, verifier: verifier) + credentials)
            #expect(answer.status == 400 && answer.error == "invalid_grant", "\(verifier ?? "none")")
        }
        #expect(try await site.redeem(code).status == 200)
    }

    @Test func `Case 58: a verifier for a code without a challenge is refused`() async throws {
        let site = try await TestSite()
        try await site.change { $0.pkceRequired = false }
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let path = try site.authorizePath(more: "&prompt=consent").replacingOccurrences(
            of: "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256", with: "")
        let code = try #require(try await ada.decide("allow", at: path).parameter("code"))
        #expect(try await site.redeem(code).error == "invalid_grant")
        let without = try site.redemption(of: code, verifier: nil) + site.rosterCredentials()
        #expect(try await site.token(without.filter { $0.0 != "redirect_uri" }).error == "invalid_grant")
        #expect(try await site.token(without).status == 200)
    }

    @Test func `Case 61: after five wrong verifiers a code is burned`() async throws {
        let site = try await TestSite()
        let code = try await site.browser(signedInAs: site.cast.ada).code()
        let wrong =
            try site.redemption(of: code, verifier: String(repeating: "w", count: 43)) + site.rosterCredentials()
        for _ in 0..<5 { #expect(try await site.token(wrong).error == "invalid_grant") }
        #expect(try await site.redeem(code).error == "invalid_grant")
    }

    @Test func `Case 113, 117: the answer's scope is what was allowed, whatever the token request says`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let code = try await ada.code(scope: "people:read")
        let answer = try await site.token(
            site.redemption(of: code) + site.rosterCredentials() + [("scope", "people:read people:write")])
        if answer.status == 200 { #expect(answer.json["scope"] as? String == "people:read") }
        let path = try site.authorizePath(more: "&prompt=consent").replacingOccurrences(
            of: "&scope=people%3Aread", with: "")
        let all = try #require(try await ada.decide("allow", at: path).parameter("code"))
        #expect(try await site.redeem(all).json["scope"] as? String == "account:read people:read people:write")
    }
}
