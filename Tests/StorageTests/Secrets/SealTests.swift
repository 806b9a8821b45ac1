import Crypto
import OAuth
import Storage
import Testing

@Suite("Sealed values")
struct SealTests {
    let old: MasterKey
    let keyring: Keyring
    let seed = Array("JBSWY3DPEHPK3PXP".utf8)

    init() throws {
        var random = SystemRandomNumberGenerator()
        old = .random(using: &random)
        keyring = try Keyring([old])
    }

    private func seal(row: String = "per_1") throws -> [UInt8] {
        try keyring.seal(seed, table: "people", column: "totp_seed", row: row)
    }

    @Test func `a sealed value opens in its place, never reads the same twice and does not hold the clear text`() throws
    {
        let sealed = try seal()
        #expect(try keyring.open(sealed, table: "people", column: "totp_seed", row: "per_1") == seed)
        #expect(try seal() != sealed)
        #expect(sealed.count == 1 + 8 + 12 + seed.count + 16)
        #expect(sealed.first == 1)
        #expect(!String(decoding: sealed, as: UTF8.self).contains("JBSWY3DP"))
    }

    /// So that what earlier versions sealed opens: by the documented steps, put together apart.
    @Test func `RFC 5869: a value is sealed under HKDF of the master key and its place`() throws {
        var random = Counting()
        let master = MasterKey.random(using: &random)
        let sealed = try Keyring([master]).seal(seed, table: "people", column: "totp_seed", row: "per_1")
        let bytes = (UInt64(1)...5).flatMap { number in withUnsafeBytes(of: number) { Array($0) } }
        #expect(Array(sealed[1..<9]) == Array(bytes[..<8]))
        let place =
            [0, 0, 0, 6] + Array("people".utf8) + [0, 0, 0, 9] + Array("totp_seed".utf8) + [0, 0, 0, 5]
            + Array("per_1".utf8)
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: bytes[8...]), info: Array("seal-v1:".utf8) + place,
            outputByteCount: 32)
        let box = try AES.GCM.SealedBox(
            nonce: AES.GCM.Nonce(data: sealed[9..<21]), ciphertext: sealed[21..<(sealed.count - 16)],
            tag: sealed[(sealed.count - 16)...])
        #expect(try Array(AES.GCM.open(box, using: key, authenticating: place)) == seed)
    }

    private struct Counting: RandomNumberGenerator {
        var last: UInt64 = 0
        mutating func next() -> UInt64 {
            last += 1
            return last
        }
    }

    @Test func `Case 224: a value moved to another row, column or table does not open`() throws {
        let sealed = try seal()
        #expect(throws: KeyError.sealed) {
            try keyring.open(sealed, table: "people", column: "totp_seed", row: "per_2")
        }
        #expect(throws: KeyError.sealed) { try keyring.open(sealed, table: "people", column: "email", row: "per_1") }
        #expect(throws: KeyError.sealed) {
            try keyring.open(sealed, table: "tenants", column: "totp_seed", row: "per_1")
        }
    }

    @Test func `Case 224: places that read the same when joined are told apart`() throws {
        let sealed = try keyring.seal(seed, table: "ab", column: "c", row: "d")
        #expect(throws: KeyError.sealed) { try keyring.open(sealed, table: "a", column: "bc", row: "d") }
        #expect(throws: KeyError.sealed) { try keyring.open(sealed, table: "ab", column: "cd", row: "") }
    }

    @Test func `a changed bit anywhere after the key's name does not open`() throws {
        let sealed = try seal()
        for index in sealed.indices where !(1..<9).contains(index) {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: KeyError.sealed) {
                try keyring.open(changed, table: "people", column: "totp_seed", row: "per_1")
            }
        }
        for length in [0, 1, 36, sealed.count - 1] {
            #expect(throws: KeyError.sealed) {
                try keyring.open(Array(sealed.prefix(length)), table: "people", column: "totp_seed", row: "per_1")
            }
        }
    }

    @Test func `after a rotation the old key still opens what it sealed, and the new one seals`() throws {
        var random = SystemRandomNumberGenerator()
        let new = MasterKey.random(using: &random)
        let sealed = try seal()
        let both = try Keyring([new, old])
        #expect(try both.open(sealed, table: "people", column: "totp_seed", row: "per_1") == seed)
        let resealed = try both.seal(seed, table: "people", column: "totp_seed", row: "per_1")
        #expect(keyID(of: resealed) == both.activeID.text)
        #expect(keyID(of: sealed) == keyring.activeID.text)
        #expect(throws: KeyError.missing(keyring.activeID)) {
            try Keyring([new]).open(sealed, table: "people", column: "totp_seed", row: "per_1")
        }
    }

    @Test func `a master key does not show its bytes`() {
        #expect("\(old)" == "MasterKey(\(keyring.activeID))")
        #expect(Mirror(reflecting: old).children.isEmpty)
    }

    /// Of a sealed value, the eight bytes that name its key.
    private func keyID(of sealed: [UInt8]) -> String {
        sealed[1..<9].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
