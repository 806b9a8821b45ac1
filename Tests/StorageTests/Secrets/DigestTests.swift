import Crypto
import OAuth
import Storage
import Testing

@Suite("Digests of secrets")
struct DigestTests {
    let keyring: Keyring

    init() throws {
        var random = SystemRandomNumberGenerator()
        keyring = try Keyring([.random(using: &random)])
    }

    private func secret<Kind: SecretKind>(_ kind: Kind.Type = Kind.self) -> Secret<Kind> {
        var random = SystemRandomNumberGenerator()
        return .random(using: &random)
    }

    @Test func `the same secret has the same digest, another another, and another key another`() throws {
        let token: Secret<AccessToken> = secret()
        #expect(keyring.digest(token) == keyring.digest(token))
        #expect(keyring.digest(token) != keyring.digest(secret(AccessToken.self)))
        var random = SystemRandomNumberGenerator()
        #expect(try Keyring([.random(using: &random)]).digest(token) != keyring.digest(token))
        #expect(keyring.digest(token).bytes.count == 32)
    }

    @Test func `every kind and every purpose has a key of its own`() throws {
        let text = "the same text"
        let digests = ["at", "rt", "throttle", "form"].map { purpose in
            switch purpose {
            case "at": keyring.digest(text, purpose: "at")
            case "rt": keyring.digest(text, purpose: "rt")
            case "throttle": keyring.digest(text, purpose: "throttle")
            default: keyring.digest(text, purpose: "form")
            }
        }
        #expect(Set(digests).count == 4)
        // Not even where a purpose has the name of a kind.
        let token: Secret<AccessToken> = secret()
        #expect(keyring.digest(token.reveal(), purpose: "at") != keyring.digest(token))
    }

    @Test func `Case 222: what is stored is not accepted as a credential`() throws {
        let stored = keyring.digest(secret(DeveloperToken.self))
        let presented = [stored.hex, String(decoding: stored.bytes, as: UTF8.self), "gw_dt_" + stored.hex]
        for text in presented { #expect(Secret<DeveloperToken>(text) == nil) }
        #expect(keyring.digest(stored.hex, purpose: "dt") != stored)
    }

    @Test func `Case 223: a row made with SHA-256 of a known token does not authenticate it`() async throws {
        let folder = try TemporaryFolder()
        let engine = try folder.engine("CREATE TABLE tokens (digest BLOB NOT NULL UNIQUE) STRICT;")
        let known: Secret<DeveloperToken> = secret()
        let forged = [
            Array(SHA256.hash(data: Array(known.reveal().utf8))),
            Array(
                HMAC<SHA256>.authenticationCode(
                    for: Array(known.reveal().utf8), using: SymmetricKey(data: [UInt8](repeating: 0, count: 32)))),
        ]
        for digest in forged { try await engine.write { try $0.run("INSERT INTO tokens VALUES (\(digest))") } }
        let presented = keyring.digest(known)
        #expect(try engine.read { try $0.row("SELECT 1 FROM tokens WHERE digest = \(presented)") } == nil)
    }

    @Test func `a digest is compared whole and comes back from the database as it was`() throws {
        let digest = keyring.digest("a", purpose: "test")
        #expect(digest.isEqual(to: digest.bytes))
        #expect(!digest.isEqual(to: Array(digest.bytes.dropLast())))
        #expect(!digest.isEqual(to: digest.bytes.dropLast() + [digest.bytes[31] ^ 1]))
        #expect(Digest(Array(digest.bytes.dropLast())) == nil)
        #expect(Digest(digest.bytes) == digest)
    }

    @Test func `Case 233: the digits of 20,000 secrets are unique and evenly spread`() {
        var random = SystemRandomNumberGenerator()
        var seen = Set<String>()
        var counts = [UInt8: Int]()
        for _ in 0..<20_000 {
            let text = Secret<AccessToken>.random(using: &random).reveal()
            seen.insert(text)
            for digit in text.utf8.dropFirst(6).prefix(30) { counts[digit, default: 0] += 1 }
        }
        #expect(seen.count == 20_000)
        #expect(counts.count == 62)
        // χ² with 61 degrees of freedom: above 150 once in 10^9 runs, and some 22,000 for `byte % 62`.
        let expected = 20_000.0 * 30 / 62
        let chiSquare = counts.values.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        #expect(chiSquare < 150)
    }
}
