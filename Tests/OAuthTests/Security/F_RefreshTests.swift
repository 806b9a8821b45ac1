import Testing

@testable import OAuth

@Suite("Security F · Refresh tokens")
struct RefreshCases {
    /// Rotates `count` times without incident and gives every token, oldest first.
    private func chain(_ ledger: Ledger, _ count: Int) throws -> [Secret<RefreshToken>] {
        var tokens = [ledger.first]
        for step in 1...count {
            let outcome = try ledger.present(try #require(tokens.last), at: Int64(step))
            tokens.append(try #require(outcome.refreshToken))
        }
        return tokens
    }

    @Test func `Case 77: an old token after its successor was used ends the family`() throws {
        let ledger = Ledger()
        let tokens = try chain(ledger, 2)
        let outcome = try ledger.present(tokens[0], at: 3)
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.sketch == ["fam_one revoked: refresh_reuse"])
        #expect(try ledger.present(tokens[2], at: 4).error == .invalidGrant, "the newest is dead too")
        #expect(ledger.liveAccess == 0)
    }

    @Test func `Case 78: parallel refreshes all get the same successor while they are tolerated`() throws {
        let ledger = Ledger()
        let answers = try (0..<100).compactMap { _ in try ledger.present(ledger.first, at: 0).response }
        #expect(answers.count == 100)
        #expect(Set(answers.compactMap { $0.renewal?.refreshToken?.reveal() }).count == 1)
        #expect(Set(answers.map { $0.accessToken.reveal() }).count == 1, "nobody's access token ends another's")
        #expect(ledger.generation == 2)
        #expect(ledger.liveAccess == 1)
    }

    @Test func `Case 78: twenty parallel refreshes never leave two live branches`() throws {
        for seed in UInt64(0)..<50 {
            let ledger = Ledger(seed: seed)
            let outcomes = try (0..<20).map { _ in try ledger.present(ledger.first, at: 0) }
            #expect(Set(outcomes.compactMap { $0.refreshToken?.reveal() }).count == 1)
            #expect(ledger.tokens.values.filter { $0.rotatedAt == nil }.count == 1)
            #expect(ledger.liveAccess <= 1)
        }
    }

    @Test(
        arguments: [(0, true), (59, true), (60, false), (61, false), (100_000, false), (-30, true)] as [(Int64, Bool)])
    func `Case 79: a lost answer is answered again for 60 seconds`(seconds: Int64, tolerated: Bool) throws {
        let ledger = Ledger()
        let successor = try #require(try ledger.present(ledger.first, at: 0).refreshToken)
        let again = try ledger.present(ledger.first, at: seconds)
        #expect(again.refreshToken?.reveal() == (tolerated ? successor.reveal() : nil))
        #expect(ledger.revokedBecause == (tolerated ? nil : .refreshReuse))
        if tolerated { #expect(try ledger.present(successor, at: 60).response != nil) }
    }

    @Test func `Case 79: a hundred repetitions are answered; more are refused, and nothing is revoked`() throws {
        let ledger = Ledger()
        let answers = try (0...101).map { _ in try ledger.present(ledger.first, at: 0) }
        #expect(answers.map { $0.response != nil } == Array(repeating: true, count: 101) + [false])
        #expect(ledger.revokedBecause == nil)
        let successor = try #require(answers.first?.refreshToken)
        #expect(try ledger.present(successor, at: 1).response != nil, "the client that has its answer goes on")
    }

    @Test func `Case 79: a repetition is the same answer; nothing is minted`() throws {
        let ledger = Ledger()
        let first = try #require(try ledger.present(ledger.first, at: 10).response)
        let again = try ledger.present(ledger.first, at: 15)
        #expect(again.sketch == ["replayed 1 streak 1"])
        #expect(again.response?.accessToken.reveal() == first.accessToken.reveal())
        #expect(again.response?.createdAt == first.createdAt)
        #expect(again.response?.renewal?.scopes == first.renewal?.scopes)
        #expect(again.response?.renewal?.expiresIn == TokenResponse.lifetime - 5)
        #expect(ledger.liveAccess == 1)
    }

    @Test func `Case 79: access tokens from before the rotation go on living`() throws {
        let ledger = Ledger()
        let second = try #require(try ledger.present(ledger.first, at: 0).refreshToken)
        _ = try ledger.present(second, at: 100)
        _ = try ledger.present(second, at: 110)
        #expect(ledger.access.map(\.live) == [true, true])
    }

    @Test func `Case 80: grace covers only the immediate predecessor`() throws {
        let ledger = Ledger()
        let tokens = try chain(ledger, 2)
        #expect(try ledger.present(tokens[0], at: 2).error == .invalidGrant)
        #expect(ledger.revokedBecause == .refreshReuse)

        let tolerant = Ledger()
        let others = try chain(tolerant, 2)
        #expect(try tolerant.present(others[1], at: 2).refreshToken?.reveal() == others[2].reveal())
    }

    @Test func `Case 81: a client that never saw the answer goes on with what it has`() throws {
        let ledger = Ledger()
        _ = try ledger.present(ledger.first, at: 0)
        let successor = try #require(try ledger.present(ledger.first, at: 30).refreshToken)
        #expect(try ledger.present(successor, at: 31).response != nil)
    }

    @Test func `Case 82: another client that presents the token ends the family`() throws {
        for thief in [Cast.client(id: "app_other", clientID: "gw_id_other"), Cast.native] {
            let outcome = try refreshing(by: thief)
            #expect(outcome.error == .invalidGrant)
            #expect(outcome.sketch == ["fam_one revoked: stolen_by_other_client"])
        }
    }

    @Test func `Case 82: it learns nothing from the answer`() throws {
        guard case .failure(let stolen) = try refreshing(by: Cast.native).answer,
            case .failure(let unknown) = try refreshing(.refresh(), nil, in: nil, by: Cast.native).answer
        else {
            Issue.record("it was granted")
            return
        }
        #expect(stolen == unknown)
    }

    @Test func `a token of one tenant does nothing in another`() throws {
        for client in [Cast.roster, Cast.native] {
            let outcome = try refreshing(by: client, tenant: Cast.globex)
            #expect(outcome.error == .invalidGrant)
            #expect(outcome.effects.isEmpty)
        }
    }

    @Test func `Case 83: a wider scope is refused, and the token stays what it was`() throws {
        let ledger = Ledger()
        #expect(try ledger.present(ledger.first, at: 0, scope: "account:read").error == .invalidScope)
        #expect(try ledger.present(ledger.first, at: 1).response != nil)
    }

    @Test func `Case 83: a narrower scope is for one access token, the next refresh has them all`() throws {
        let ledger = Ledger()
        let narrow = try ledger.present(ledger.first, at: 0, scope: "people:read")
        #expect(narrow.response?.renewal?.scopes == Cast.set("people:read"))
        let next = try ledger.present(try #require(narrow.refreshToken), at: 1)
        #expect(next.response?.renewal?.scopes == Cast.set("people:read people:write"))
    }

    @Test func `Case 83: reuse with a wider scope is still reuse`() throws {
        let ledger = Ledger()
        let tokens = try chain(ledger, 2)
        #expect(try ledger.present(tokens[0], at: 3, scope: "account:read").error == .invalidGrant)
        #expect(ledger.revokedBecause == .refreshReuse)
    }

    @Test func `Case 84: what was revoked or suspended since is refused, at a repetition too`() throws {
        #expect(try refreshing(in: Cast.family(grantIsLive: false)).error == .invalidGrant)
        let rotated = Cast.token(rotatedAt: Cast.now, sealedSuccessor: [1], replays: 0)
        let outcome = try refreshing(.refresh(), rotated, in: Cast.family(generation: 2, grantIsLive: false))
        #expect(outcome.error == .invalidGrant)
        #expect(outcome.effects.isEmpty)
    }

    @Test(arguments: [(-1, true), (0, false), (1, false)] as [(Int64, Bool)])
    func `Case 85: the idle limit has a boundary, and a clock stepped back does not trap`(offset: Int64, valid: Bool)
        throws
    {
        let limit: Int64 = 30 * 86_400
        #expect((try refreshing(idleLimit: limit, at: Cast.now + limit + offset).response != nil) == valid)
        #expect(try refreshing(idleLimit: limit, at: Instant(seconds: .min)).response != nil)
    }

    @Test func `Case 88: a public client without client_id is an invalid request`() throws {
        let body = try Fields.refresh().list
        #expect(
            code { try ClientCredentials.read(authorizationHeaders: [], body: body, query: .empty) } == .invalidRequest)
    }

    @Test func `records that contradict each other change nothing`() throws {
        let unreadable = Cast.token(rotatedAt: Cast.now, sealedSuccessor: [1, 2, 3])
        let missing = Cast.token(rotatedAt: Cast.now, sealedSuccessor: nil)
        for token in [unreadable, missing] {
            let outcome = try refreshing(.refresh(), token, in: Cast.family(generation: 2))
            #expect(outcome.error == .serverError)
            #expect(outcome.effects.isEmpty)
        }
        let both = try refreshing(
            .refresh(), Cast.token(generation: 2, rotatedAt: Cast.now), in: Cast.family(generation: 2))
        #expect(both.error == .serverError)
        #expect(both.effects.isEmpty)
    }
}
