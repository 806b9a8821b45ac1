import Testing

@testable import Storage

@Suite("Passwords")
struct PasswordTests {
    /// Small, for what does not depend on cost.
    static let quick = Argon2Parameters(memoryKiB: 64, passes: 1, lanes: 1)

    @Test func `a hash is an Argon2id PHC string that its own password opens and no other`() async throws {
        let hasher = try PasswordHasher(parameters: Self.quick, threads: 1)
        let hash = try await hasher.hash("correct horse battery staple")
        #expect(hash.text.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
        #expect(try await hasher.verify("correct horse battery staple", against: hash))
        #expect(try await !hasher.verify("correct horse battery stapl", against: hash))
        #expect(try await !hasher.verify("", against: hash))
        #expect(try await hasher.hash("correct horse battery staple") != hash)
    }

    @Test func `libargon2's published vector verifies`() async throws {
        // From the reference implementation's test.c: Argon2id, t=2, m=2^16, p=1, password "password", "somesalt".
        let hash = PasswordHash(
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
        let hasher = try PasswordHasher(parameters: Self.quick, threads: 1)
        #expect(try await hasher.verify("password", against: hash))
        #expect(try await !hasher.verify("Password", against: hash))
        #expect(hash.parameters == Argon2Parameters(memoryKiB: 65_536, passes: 2, lanes: 1))
    }

    @Test func `Case 175: the default is no less than 19 MiB, two passes, one lane`() async throws {
        let hasher = try PasswordHasher(threads: 1)
        let hash = try await hasher.hash("some long password")
        #expect(hash.text.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(!hasher.needsRehash(hash))
    }

    @Test(arguments: [
        "$argon2id$v=19$m=12288,t=2,p=1$c29tZXNhbHQ$abc", "$argon2id$v=19$m=19456,t=1,p=1$c29tZXNhbHQ$abc",
        "$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$abc", "$argon2id$v=16$m=19456,t=2,p=1$c29tZXNhbHQ$abc", "",
        "$2b$12$x",
        "$argon2id$v=19$m=99999999999,t=2,p=1$c29tZXNhbHQ$abc",
    ])
    func `Case 175: a hash made with other costs needs another at the next sign-in`(text: String) {
        #expect(PasswordHash(text).needsRehash(under: .floor))
    }

    @Test func `Case 176: a password is hashed exactly as received`() async throws {
        let hasher = try PasswordHasher(parameters: Self.quick, threads: 1)
        let hash = try await hasher.hash("  caf\u{E9} 🔑 ")
        #expect(try await hasher.verify("  caf\u{E9} 🔑 ", against: hash))
        #expect(try await !hasher.verify("  cafe\u{301} 🔑 ", against: hash))
        #expect(try await !hasher.verify("caf\u{E9} 🔑", against: hash))
        let nul = try await hasher.hash("before\0after")
        #expect(try await !hasher.verify("before", against: nul))
    }

    @Test func `Case 174: more than 1,024 bytes are refused before hashing`() async throws {
        let hasher = try PasswordHasher(parameters: Self.quick, threads: 1)
        let longest = String(repeating: "a", count: 1_024)
        #expect(try await hasher.verify(longest, against: hasher.hash(longest)))
        let million = String(repeating: "a", count: 1_000_000)
        await #expect(throws: PasswordHasher.Failure.tooLong) { try await hasher.hash(million) }
        await #expect(throws: PasswordHasher.Failure.tooLong) { try await hasher.verifyNothing(longest + "a") }
    }

    @Test func `Case 174: of 500 at once the pool takes what it can and refuses the rest as busy`() async throws {
        let hasher = try PasswordHasher(parameters: .floor, threads: 1, waiting: 4)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<500 {
                group.addTask {
                    do {
                        return try await !hasher.verifyNothing("a password")
                    } catch {
                        return error as? PasswordHasher.Failure != .busy
                    }
                }
            }
            return await group.reduce(into: [true: 0, false: 0]) { $0[$1, default: 0] += 1 }
        }
        #expect(try #require(outcomes[true]) >= 5)
        #expect(try #require(outcomes[false]) > 400)
        // And it recovers at once.
        #expect(try await hasher.verify("p", against: hasher.hash("p")))
    }

    @Test func `Case 169: an unknown person's password is hashed at the same cost as a known one's`() async throws {
        let hasher = try PasswordHasher(threads: 1)
        #expect(hasher.nobody.parameters == hasher.parameters)
        let clock = ContinuousClock()
        // The work is really done: the quickest of a few is no quicker than a hash can be.
        var quickest = Duration.seconds(60)
        for _ in 0..<4 {
            quickest = min(quickest, try await clock.measure { _ = try await hasher.verifyNothing("wrong") })
        }
        #expect(quickest > .milliseconds(5))
        #expect(try await !hasher.verifyNothing(""))
    }

    @Test func `a damaged hash throws instead of saying yes or no`() async throws {
        let hasher = try PasswordHasher(parameters: Self.quick, threads: 1)
        await #expect(throws: (any Error).self) {
            try await hasher.verify("x", against: PasswordHash("$argon2id$v=19$m=64,t=1,p=1$!!$!!"))
        }
    }
}
