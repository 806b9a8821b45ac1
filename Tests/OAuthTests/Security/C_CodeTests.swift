import OAuth
import Testing

@Suite("Security C · The authorization code")
struct CodeCases {
    private let used = Cast.code(redeemedAt: Cast.now, family: Cast.family)

    @Test func `Case 43: a valid replay is refused and revokes what the first use granted`() throws {
        let outcome = try redeeming(.redeem(), used, at: Cast.now + 30)
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.sketch == ["fam_one revoked: code_replay"])
    }

    @Test func `Case 43: it is the first use's family that ends, and it ends now`() throws {
        let outcome = try redeeming(.redeem(), used, at: Cast.now + 30)
        guard case .revokeFamily(let family, let reason, let at) = try #require(outcome.effects.first) else {
            Issue.record("another effect")
            return
        }
        #expect(family == Cast.family)
        #expect(reason == .codeReplay)
        #expect(at == Cast.now + 30)
    }

    @Test(arguments: [
        Fields.redeem().with("code_verifier", Cast.wrongVerifier), Fields.redeem().without("code_verifier"),
        Fields.redeem().with("code_verifier", "x"), Fields.redeem().with("redirect_uri", "https://evil.example/"),
    ])
    func `Case 44: a replay that proves nothing revokes nothing`(fields: Fields) throws {
        let outcome = try redeeming(fields, used)
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.effects.isEmpty)
    }

    @Test func `Case 44: nor does a replay by another client`() throws {
        for other in [Cast.client(id: "app_other", clientID: "gw_id_other"), Cast.native] {
            #expect(try redeeming(.redeem(), used, by: other).effects.isEmpty)
        }
    }

    @Test func `Case 46: a code of one client is no code for another, in all four combinations`() throws {
        for owner in Client.Kind.allCases {
            for thief in Client.Kind.allCases {
                let code = Cast.code(client: Cast.client(id: "app_a", clientID: "gw_id_a", kind: owner))
                let outcome = try redeeming(
                    .redeem(), code, by: Cast.client(id: "app_b", clientID: "gw_id_b", kind: thief))
                #expect(outcome.error == .invalidGrant, "\(owner) \(thief)")
                #expect(outcome.effects.isEmpty, "the code stays usable by its owner")
            }
        }
    }

    @Test func `Case 46: a code of one tenant is no code in another`() throws {
        let outcome = try redeeming(in: Cast.globex)
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.effects.isEmpty)
        #expect(try redeeming(.redeem(), used, in: Cast.globex).effects.isEmpty, "no replay across tenants either")
    }

    @Test(arguments: [(-3600, true), (0, true), (599, true), (600, false), (601, false)] as [(Int64, Bool)])
    func `Case 48: a code lives while now is before its end, also when the clock steps back`(
        seconds: Int64, valid: Bool
    ) throws {
        #expect((try redeeming(at: Cast.now + seconds).response != nil) == valid)
    }

    @Test func `Case 48: a used code never becomes usable again`() throws {
        for seconds: Int64 in [-3600, 0, 1, 600, 3600] {
            #expect(try redeeming(.redeem(), used, at: Cast.now + seconds).error == .invalidGrant)
        }
    }

    @Test func `Case 48: at the end of time nothing overflows`() throws {
        #expect(try redeeming(at: Instant(seconds: .max)).error == .invalidGrant)
        #expect(try redeeming(at: Instant(seconds: .min)).error == .invalidGrant)
    }

    @Test func `Case 48: a code made while the clock was days ahead does not live on once it is right`() throws {
        #expect(try redeeming(at: Cast.now + -86_400).response != nil)
        #expect(try redeeming(at: Cast.now + -86_401).error == .invalidGrant)
    }

    @Test func `Case 49: a damaged code is refused before anything is looked up`() throws {
        let code = Cast.secret(AuthorizationCode.self).reveal()
        let damaged = [
            String(code.dropLast()), code + "0", code.lowercased(), code.uppercased(), "gw_ac_", " " + code,
            code.replacing("gw_ac_", with: "gw_at_"), code.replacing("gw_ac_", with: "gw_rt_"),
            Cast.secret(AccessToken.self).reveal(), Cast.secret(RefreshToken.self).reveal(),
            Cast.secret(DeveloperToken.self).reveal(),
        ]
        for text in damaged {
            let fields = Fields.redeem().with("code", text)
            guard case .authorizationCode(let redemption) = try TokenRequest.read(try fields.list) else { return }
            #expect(redemption.code == nil)
            // Even a record that storage found by mistake is not used.
            #expect(try redeeming(fields).error == .invalidGrant)
            #expect(try redeeming(fields).effects.isEmpty)
        }
    }

    @Test func `Case 50: what was revoked, suspended or left in between is refused`() throws {
        let outcome = try redeeming(.redeem(), Cast.code(grantIsLive: false))
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.effects.isEmpty)
    }

    @Test func `Case 51: one outcome both marks the code and keeps the tokens`() throws {
        for client in [Cast.roster, Cast.client(tokenFormat: .v1)] {
            let sketch = try redeeming(by: client).sketch
            #expect(sketch.filter { $0.hasPrefix("redeemed") }.count == 1)
            #expect(sketch.filter { $0.hasPrefix("access") }.count == 1)
            #expect(sketch.filter { $0.hasPrefix("family") }.count == 1)
        }
    }

    @Test func `a refusal says the same whether a code is unknown or another's`() throws {
        let unknown = try redeeming(.redeem(), nil)
        let foreign = try redeeming(by: Cast.client(id: "app_other", clientID: "gw_id_other"))
        let malformed = try redeeming(Fields.redeem().with("code", "x"))
        let elsewhere = try redeeming(in: Cast.globex)
        for outcome in [foreign, malformed, elsewhere] {
            guard case .failure(let a) = outcome.answer, case .failure(let b) = unknown.answer else {
                Issue.record("it was granted")
                return
            }
            #expect(a == b)
        }
    }
}
