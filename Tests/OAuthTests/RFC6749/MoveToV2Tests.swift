import OAuth
import Testing

/// The way from V1 to V2: the V1 access token, presented once as a refresh token.
@Suite("RFC 6749 · §6: a V1 access token for a V2 pair")
struct MoveToV2Tests {
    private let v1 = Cast.secret(AccessToken.self, seed: 9)

    private func moving(
        _ token: RefreshRecord? = Cast.token(isUnusedV1: true), in family: FamilyRecord? = Cast.family(),
        by client: Client = Cast.roster, scope: String? = nil, idleLimit: Int64? = nil, at now: Instant = Cast.now
    ) throws -> Outcome {
        var fields = Fields.refresh().with("refresh_token", v1.reveal())
        if let scope { fields = fields.with("scope", scope) }
        return try refreshing(fields, token, in: family, by: client, idleLimit: idleLimit, at: now)
    }

    @Test func `the V1 token ends, and a pair of the same scopes takes its place`() throws {
        let outcome = try moving()
        let renewal = try #require(outcome.response?.renewal)
        #expect(renewal.scopes == Cast.family().scopes && renewal.expiresIn == 86_400)
        #expect(outcome.response?.accessToken.reveal() != v1.reveal())
        #expect(
            outcome.sketch == [
                "the V1 token ends", "rotated 1 streak 0", "refresh 2",
                "access to people:read people:write until 86400",
            ])
    }

    @Test func `an app that still uses V1 is told to switch, and nothing changes`() throws {
        let outcome = try moving(by: Cast.client(tokenFormat: .v1))
        #expect(outcome.error == .unauthorizedClient)
        #expect(outcome.effects.isEmpty)
    }

    @Test func `an access token that is not a V1 one is no refresh token`() throws {
        let outcome = try moving(nil, in: nil)
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.effects.isEmpty)
    }

    @Test func `Case 79: presented again within a minute it gets the same pair`() throws {
        let first = try moving()
        let rotation = try #require(first.rotation)
        let used = Cast.token(rotatedAt: Cast.now, sealedSuccessor: rotation.sealedSuccessor)
        let again = try moving(used, in: Cast.family(generation: 2), at: Cast.now + 59)
        #expect(again.response?.accessToken.reveal() == first.response?.accessToken.reveal())
        #expect(again.refreshToken?.reveal() == first.refreshToken?.reveal())
        #expect(again.sketch == ["replayed 1 streak 1"])
    }

    @Test(arguments: [60, 61, 86_400] as [Int64])
    func `Case 77: presented again later it ends everything that came of it`(seconds: Int64) throws {
        let rotation = try #require(try moving().rotation)
        let used = Cast.token(rotatedAt: Cast.now, sealedSuccessor: rotation.sealedSuccessor)
        let outcome = try moving(used, in: Cast.family(generation: 2), at: Cast.now + seconds)
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.sketch == ["fam_one revoked: refresh_reuse"])
    }

    @Test func `Case 77: presented again after its successor was used it ends everything`() throws {
        let rotation = try #require(try moving().rotation)
        let used = Cast.token(rotatedAt: Cast.now, sealedSuccessor: rotation.sealedSuccessor)
        let outcome = try moving(used, in: Cast.family(generation: 3), at: Cast.now + 1)
        #expect(outcome.sketch == ["fam_one revoked: refresh_reuse"])
    }

    @Test func `Case 82: another app's V1 token proves that it leaked`() throws {
        let outcome = try moving(by: Cast.client(id: "app_other", clientID: "gw_id_other"))
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.sketch == ["fam_one revoked: stolen_by_other_client"])
    }

    @Test func `Case 83: the pair may have less, never more`() throws {
        #expect(try moving(scope: "people:read").response?.renewal?.scopes == Cast.set("people:read"))
        let wider = try moving(scope: "people:read account:read")
        #expect(wider.error == .invalidScope)
        #expect(wider.effects.isEmpty)
    }

    @Test func `Case 84: what was taken back is not exchanged`() throws {
        for family in [Cast.family(grantIsLive: false), Cast.family(revokedAt: Cast.now)] {
            let outcome = try moving(in: family)
            #expect(outcome.error == .invalidGrant)
            #expect(outcome.effects.isEmpty)
        }
    }

    @Test func `Case 85: an idle limit of refresh tokens does not count for a token that never had one`() throws {
        let late = Cast.now + 10 * 365 * 86_400
        #expect(try moving(idleLimit: 3600, at: late).response != nil)
    }
}

extension Outcome {
    fileprivate var rotation: Rotation? {
        effects.lazy.compactMap { if case .rotated(let rotation) = $0 { rotation } else { nil } }.first
    }
}
