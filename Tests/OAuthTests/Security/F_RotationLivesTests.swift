import Testing

@testable import OAuth

@Suite("Security F · Lives of a refresh token")
struct RotationLives {
    @Test func `a thief who shadows every refresh is caught at the fourth rotation in a row`() throws {
        let ledger = Ledger()
        var shared = ledger.first
        var generations = 0
        for step in 0..<10 {
            let client = try ledger.present(shared, at: Int64(step) * 100)
            _ = try ledger.present(shared, at: Int64(step) * 100 + 1)
            guard ledger.revokedBecause == nil else { break }
            generations += 1
            shared = try #require(client.refreshToken)
        }
        #expect(generations == Grace.longestStreak)
        #expect(ledger.revokedBecause == .refreshReuse)
    }

    @Test func `a client that loses an answer now and then is never locked out`() throws {
        let ledger = Ledger()
        var token = ledger.first
        for step in 0..<60 {
            let at = Int64(step) * 100
            let answer = try ledger.present(token, at: at)
            // Three rotations in a row lose their answer, then one arrives.
            let received = step % 4 == 3 ? answer : try ledger.present(token, at: at + 5)
            token = try #require(received.refreshToken, "locked out at \(step)")
        }
        #expect(ledger.revokedBecause == nil)
        #expect(ledger.generation == 61)
    }

    @Test func `several repetitions of one token count once for the streak`() throws {
        let ledger = Ledger()
        var token = ledger.first
        for step in 0..<3 {
            for _ in 0..<5 { _ = try ledger.present(token, at: Int64(step) * 100) }
            token = try #require(try ledger.present(token, at: Int64(step) * 100).refreshToken)
            #expect(ledger.streak == step + 1)
        }
        #expect(ledger.revokedBecause == nil)
    }

    @Test func `a thief who uses the token first is noticed when the client comes`() throws {
        let ledger = Ledger()
        let stolen = try #require(try ledger.present(ledger.first, at: 0).refreshToken)
        _ = try ledger.present(stolen, at: 10)
        #expect(try ledger.present(ledger.first, at: 20).error == .invalidGrant)
        #expect(ledger.revokedBecause == .refreshReuse)
    }

    @Test func `whatever is presented in whatever order, one branch at most is alive`() throws {
        for seed in UInt64(0)..<40 {
            let ledger = Ledger(seed: seed)
            var random = SplitMix64(seed: seed &+ 1000)
            var known = [ledger.first]
            var at: Int64 = 0
            for _ in 0..<30 {
                at += Int64.random(in: -5...40, using: &random)
                let token = try #require(known.suffix(3).randomElement(using: &random))
                let wasRevoked = ledger.revokedBecause != nil
                let outcome = try ledger.present(token, at: at)
                if wasRevoked { #expect(outcome.error == .invalidGrant) }
                if let next = outcome.refreshToken, next.reveal() != known.last?.reveal() { known.append(next) }
                #expect(ledger.tokens.values.filter { $0.rotatedAt == nil }.count == 1)
                #expect(Set(ledger.tokens.values.map(\.generation)).count == ledger.tokens.count)
                #expect(ledger.streak <= Grace.longestStreak)
            }
        }
    }

    @Test func `a successor opens for the token it was sealed under and for no other`() throws {
        var random = SplitMix64(seed: 1)
        let old = Secret<RefreshToken>.random(using: &random)
        let new = Secret<RefreshToken>.random(using: &random)
        let answer = Self.answer(new, using: &random)
        let sealed = try #require(answer.seal(under: .refreshToken(old), using: &random))
        #expect(Successor.open(sealed, with: .refreshToken(old))?.refresh.reveal() == new.reveal())
        #expect(Successor.open(sealed, with: .refreshToken(new)) == nil)
        #expect(Successor.open(sealed, with: .refreshToken(.random(using: &random))) == nil)
        for index in sealed.indices {
            var damaged = sealed
            damaged[index] ^= 1
            #expect(Successor.open(damaged, with: .refreshToken(old)) == nil, "byte \(index)")
        }
        for length in 0..<sealed.count {
            #expect(Successor.open(Array(sealed.prefix(length)), with: .refreshToken(old)) == nil)
        }
    }

    @Test func `sealed bytes show nothing of either token and never repeat`() throws {
        var random = SplitMix64(seed: 1)
        let old = Secret<RefreshToken>.random(using: &random)
        let new = Secret<RefreshToken>.random(using: &random)
        let answer = Self.answer(new, using: &random)
        let one = try #require(answer.seal(under: .refreshToken(old), using: &random))
        let two = try #require(answer.seal(under: .refreshToken(old), using: &random))
        #expect(one != two)
        #expect(!String(decoding: one, as: UTF8.self).contains("gw_rt_"))
        #expect(!String(decoding: one, as: UTF8.self).contains("gw_at_"))
    }

    private static func answer(_ token: Secret<RefreshToken>, using random: inout SplitMix64) -> Successor {
        Successor(refresh: token, access: .random(using: &random), scopes: Cast.roster.allowedScopes)
    }
}
