import Foundation
import OAuth
import Testing

@testable import Storage

/// What is stored today must be found and opened by every later version. The values were computed by another
/// implementation (Python's hmac and cryptography), under the master key 0xAB × 32.
@Suite("Stored formats")
struct FormatTests {
    let folder: TemporaryFolder
    let keyring: Keyring

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("0011223344556677 " + String(repeating: "ab", count: 32) + "\n", to: "master.key")
        chmod(folder.path + "/master.key", 0o400)
        keyring = try Keyring(KeyFile.read(folder.path + "/master.key"))
    }

    @Test func `a secret's digest is HMAC-SHA256 under HKDF of the master key and its kind`() throws {
        let token = try #require(Secret<AccessToken>("gw_at_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"))
        #expect(keyring.digest(token).hex == "64f185407b169892b75907dcbc0f002a7af8be7907da7fc92a2d05f3453e3035")
    }

    @Test func `a text's digest is made likewise, under its purpose`() {
        #expect(
            keyring.digest("ada@acme.example", purpose: "throttle").hex
                == "3f866d2150635c726283f39ec5d1b9087de644c736f3c05e41bb91c6f41e28ba")
    }

    @Test func `the value a key is remembered by`() {
        #expect(
            keyring.checkValue(of: keyring.activeID)?.hex
                == "f1e8be7fab3c556e001542d33965611e59d25c8befa9726b347cdd9e2e1c61b9")
    }

    @Test func `a sealed value is 0x01, key, nonce, AES-256-GCM ciphertext and tag, bound to its place`() throws {
        let sealed = try #require(
            HexText.bytes(
                "01" + "0011223344556677" + "000102030405060708090a0b"
                    + "de79892cf6880aa236" + "48c6a7e38bcefc8d9784c43febc7fb6b"))
        let opened = try keyring.open(sealed, table: "outbox", column: "body", row: "mai_1")
        #expect(String(decoding: opened, as: UTF8.self) == "Olá, Ada")
    }
}
