import Foundation
import OAuth
import Portal
import Storage
import Testing

@Suite("Secrets at rest")
struct SecretsAtRestTests {
    let test: TestStore
    let secrets: KnownSecrets

    init() async throws {
        test = try await TestStore()
        secrets = try await KnownSecrets(in: test)
    }

    /// Database, log and shared memory, as they lie on the disk.
    private func files() throws -> [(name: String, bytes: Data)] {
        try FileManager.default.contentsOfDirectory(atPath: test.folder.path).map { name in
            (name: name, bytes: try Data(contentsOf: URL(fileURLWithPath: test.folder.path + "/" + name)))
        }
    }

    /// The ways in which a text might lie about: as it is, backwards, hexadecimal, base64 at each of its three
    /// alignments.
    private func spellings(of text: String) -> [Data] {
        let bytes = Array(text.utf8)
        let hex = bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
        let base64 = (0..<3).map { shift in
            let encoded = Data([UInt8](repeating: 0x78, count: shift) + bytes).base64EncodedString()
            // Whole groups of the text alone.
            return String(encoded.dropFirst(shift == 0 ? 0 : 4).prefix(bytes.count / 3 * 4 - 8))
        }
        let url = base64.map { $0.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_") }
        return ([hex, hex.uppercased()] + base64 + url).map { Data($0.utf8) } + [Data(bytes), Data(bytes.reversed())]
    }

    private func expectClean(_ moment: Comment) throws {
        for (file, bytes) in try files() {
            for (name, text) in secrets.texts {
                for spelling in spellings(of: withoutPrefix(text)) where bytes.range(of: spelling) != nil {
                    Issue.record("\(moment): the \(name) is in \(file)")
                }
            }
        }
    }

    /// The 30 random digits of a token; another secret as it is.
    private func withoutPrefix(_ text: String) -> String {
        guard text.hasPrefix("gw_"), text.utf8.count == 42 else { return text }
        return String(text.dropFirst(6).prefix(30))
    }

    @Test func `Case 221: no secret is in the files, however spelt, before and after a checkpoint`() throws {
        #expect(secrets.texts.count > 25)
        try expectClean("in use")
        try test.engine.checkpoint()
        try expectClean("after a checkpoint")
        test.engine.close()
        try expectClean("closed")
    }

    @Test func `Case 221: the search would find each spelling`() throws {
        let text = withoutPrefix(test.rosterSecret.reveal())
        for shift in 0..<3 {
            let around = [UInt8](repeating: 0x7A, count: 6 + shift) + Array(text.utf8) + [0x21, 0x21]
            #expect(spellings(of: text).contains { Data(Data(around).base64EncodedString().utf8).range(of: $0) != nil })
        }
        #expect(try files().contains { $0.bytes.range(of: Data("ada@acme.example".utf8)) != nil })
    }

    /// Every 32 bytes that lie in a column somewhere.
    private func digests() throws -> [[UInt8]] {
        try test.engine.read { db in
            try [
                "SELECT digest FROM sessions", "SELECT digest FROM mail_links", "SELECT digest FROM setup_codes",
                "SELECT digest FROM client_secrets", "SELECT digest FROM consent_tickets",
                "SELECT digest FROM authorization_codes", "SELECT digest FROM access_tokens",
                "SELECT digest FROM refresh_tokens", "SELECT digest FROM developer_tokens",
                "SELECT digest FROM environment_keys",
                "SELECT sealed_successor FROM refresh_tokens WHERE sealed_successor IS NOT NULL",
            ].flatMap { (sql: SQL) in try db.rows(sql).map { try $0.blob(0) } }
        }
    }

    private func secret<Kind: SecretKind>(_ kind: Kind.Type, from digest: [UInt8], _ spelling: Int) -> Secret<Kind>? {
        let digits: [UInt8] =
            switch spelling {
            case 0: digest.flatMap { Base62.encode(UInt32($0), width: 2) }
            case 1: digest.flatMap { Array((($0 < 16 ? "0" : "") + String($0, radix: 16)).utf8) }
            default: digest.map { Base62.alphabet[Int($0) % 62] }
            }
        let body = Array(digits.prefix(30))
        let text =
            "gw_" + Kind.prefix + "_" + String(decoding: body, as: UTF8.self)
            + String(decoding: Base62.encode(CRC32.checksum(body), width: 6), as: UTF8.self)
        return Secret(text)
    }

    @Test func `Case 222: nothing that is stored works as a credential, even in a token's own shape`() async throws {
        let digests = try digests()
        #expect(digests.count > 20)
        let ada = try await test.session(of: test.ada).session
        let now = TestStore.start
        for digest in digests {
            for raw in [digest.map { String($0, radix: 16) }.joined(), Data(digest).base64EncodedString()] {
                #expect(Secret<AccessToken>(raw) == nil)
                #expect(Secret<DeveloperToken>("gw_dt_" + raw) == nil)
            }
            for spelling in 0..<3 {
                let access = try #require(secret(AccessToken.self, from: digest, spelling))
                #expect(try test.check(access) == "unknown")
                let own = try #require(secret(DeveloperToken.self, from: digest, spelling))
                #expect(try test.store.check(own, from: "198.51.100.1", at: now).word == "unknown")
                let cookie = try #require(secret(SessionCookie.self, from: digest, spelling))
                #expect(try test.store.session(for: cookie, at: now) == nil)
                let client = try #require(secret(ClientSecretKind.self, from: digest, spelling))
                #expect(throws: OAuthError.self) { try test.authentication(secret: client).get() }
                let backend = try #require(secret(EnvironmentKey.self, from: digest, spelling))
                #expect(try test.store.environment(key: backend, at: now) == nil)
                let link = try #require(secret(MailLink.self, from: digest, spelling))
                #expect(try test.store.owner(of: link, for: .reset, at: now) == nil)
            }
            let code = try #require(secret(AuthorizationCode.self, from: digest, 1))
            #expect(try await test.redeem(code).error == .invalidGrant)
            let refresh = try #require(secret(RefreshToken.self, from: digest, 1))
            #expect(try await test.refresh(refresh).error == .invalidGrant)
            let ticket = try #require(secret(ConsentTicket.self, from: digest, 1))
            #expect(try await test.store.take(ticket, in: test.acme.id, session: ada, at: now) == nil)
        }
    }

    @Test func `Case 226: under another master key nothing that was issued is known`() async throws {
        let tokens = try await test.tokens(), cookie = try await test.session(of: test.ada).cookie
        var random = SystemRandomNumberGenerator()
        let other = Store(engine: test.engine, keyring: try Keyring([.random(using: &random)]))
        #expect(try other.check(tokens.access, at: TestStore.start).word == "unknown")
        #expect(try other.session(for: cookie, at: TestStore.start) == nil)
        let letter = try #require(try test.store.outbox().first { try test.store.letter($0.id)?.body != nil }).id
        #expect(throws: KeyError.self) { try other.letter(letter) }
    }
}
