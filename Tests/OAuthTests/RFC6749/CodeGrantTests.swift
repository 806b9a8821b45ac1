import OAuth
import Testing

@Suite("RFC 6749 · §4.1: the authorization code grant")
struct CodeGrantTests {
    @Test func `§4.1.4: a right request gets tokens, and says all that storage has to do`() throws {
        let outcome = try redeeming()
        #expect(outcome.response != nil)
        #expect(
            outcome.sketch == [
                "family for gr_ada_roster with people:read", "redeemed cod_one at 0",
                "access to people:read until 86400", "refresh 1",
            ])
    }

    @Test func `§4.1.4: the answer carries what was stored`() throws {
        let outcome = try redeeming()
        let response = try #require(outcome.response)
        var access: [String] = []
        var refresh: [String] = []
        var families: Set<String> = []
        for effect in outcome.effects {
            switch effect {
            case .issueAccess(let issued):
                access.append(issued.secret.reveal())
                families.insert(issued.family.text)
            case .issueRefresh(let issued):
                refresh.append(issued.secret.reveal())
                families.insert(issued.family.text)
            case .startFamily(let start): families.insert(start.id.text)
            case .redeemed(_, let family, _): families.insert(family.text)
            default: Issue.record("unexpected \(effect.sketch)")
            }
        }
        #expect(access == [response.accessToken.reveal()])
        #expect(refresh == [response.renewal?.refreshToken?.reveal()])
        #expect(families.count == 1, "all hang on the same family")
    }

    @Test func `§4.1.4: a V1 app gets one token without an end and no refresh token`() throws {
        let v1 = Cast.client(tokenFormat: .v1)
        let outcome = try redeeming(by: v1)
        #expect(outcome.response?.renewal == nil)
        #expect(
            outcome.sketch == [
                "family for gr_ada_roster with people:read", "redeemed cod_one at 0",
                "access to people:read until ever",
            ])
    }

    @Test func `§4.1.3: the code must have been issued to this client`() throws {
        let other = Cast.client(id: "app_other", clientID: "gw_id_other")
        let outcome = try redeeming(by: other)
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.effects.isEmpty)
    }

    @Test func `§4.1.3: an unknown code is refused`() throws {
        #expect(try redeeming(.redeem(), nil).error == .invalidGrant)
    }

    @Test func `§4.1.3: redirect_uri must be identical when it was in the authorization request`() throws {
        for other in [
            "https://roster.example/callback/", "https://roster.example/CALLBACK", "https://evil.example/", "x",
        ] {
            let outcome = try redeeming(Fields.redeem().with("redirect_uri", other))
            #expect(outcome.error == .invalidGrant)
            #expect(outcome.effects.isEmpty)
        }
    }

    @Test func `§4.1.3: redirect_uri may be left out when it was left out before`() throws {
        let without = Fields.redeem().without("redirect_uri").without("code_verifier")
        let code = Cast.code(redirectURIWasSent: false, challenge: nil)
        #expect(try redeeming(without, code).response != nil)
        #expect(try redeeming(Fields.redeem().without("code_verifier"), code).response != nil)
        #expect(try redeeming(without.with("redirect_uri", "https://x.example"), code).error == .invalidGrant)
    }

    @Test func `§4.1.3: left out although it was sent before, it is refused unless PKCE proves as much`() throws {
        let without = Fields.redeem().without("redirect_uri")
        #expect(try redeeming(without.without("code_verifier"), Cast.code(challenge: nil)).error == .invalidGrant)
        #expect(try redeeming(without, Cast.code()).response != nil)
    }

    @Test func `§4.1.2: a code presented twice is refused, and all it granted is revoked`() throws {
        let used = Cast.code(redeemedAt: Cast.now, family: Cast.family)
        let outcome = try redeeming(.redeem(), used, at: Cast.now + 1)
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.sketch == ["fam_one revoked: code_replay"])
    }

    @Test func `§4.1.2: also when it is presented again after it has expired`() throws {
        let used = Cast.code(redeemedAt: Cast.now, family: Cast.family)
        #expect(try redeeming(.redeem(), used, at: Cast.now + 100_000).sketch == ["fam_one revoked: code_replay"])
    }

    @Test func `§4.1.2: a code expires`() throws {
        #expect(try redeeming(at: Cast.now + 599).response != nil)
        let late = try redeeming(at: Cast.now + 600)
        #expect(late.error == .invalidGrant)
        #expect(late.effects.isEmpty)
    }

    @Test func `§10.3: what a code stands for must still be allowed`() throws {
        let outcome = try redeeming(.redeem(), Cast.code(grantIsLive: false))
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.effects.isEmpty)
    }

    @Test func `the same chance gives the same answer, another gives another`() throws {
        let one = try redeeming(seed: 1).response?.accessToken.reveal()
        #expect(try redeeming(seed: 1).response?.accessToken.reveal() == one)
        #expect(try redeeming(seed: 2).response?.accessToken.reveal() != one)
    }
}
