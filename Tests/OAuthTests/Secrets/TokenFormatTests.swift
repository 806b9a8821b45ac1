import OAuth
import Testing

@Suite("Token text")
struct TokenFormatTests {
    @Test(arguments: [
        ("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"),
        ("000000000000000000000000000000", "2C8GjS"),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcd", "34KlM6"),
    ])
    func `the checksum is that of the published examples`(body: String, checksum: String) {
        #expect(Base62.encode(CRC32.checksum(body.utf8), width: 6).elementsEqual(checksum.utf8))
    }

    @Test func `the largest checksum fits in six digits and small ones are padded`() {
        #expect(Base62.encode(.max, width: 6).elementsEqual("4gfFC3".utf8))
        #expect(Base62.encode(0, width: 6).elementsEqual("000000".utf8))
        #expect(Base62.encode(61, width: 6).elementsEqual("00000z".utf8))
    }

    @Test func `CRC-32 has the check value of the catalogue`() {
        #expect(CRC32.checksum("123456789".utf8) == 0xCBF4_3926)
        #expect(CRC32.checksum([]) == 0)
    }

    @Test func `a secret is its kind, 30 digits and a checksum over those alone`() {
        let text = Array(Cast.secret(AccessToken.self).reveal().utf8)
        #expect(text.count == 42)
        #expect(text.starts(with: "gw_at_".utf8))
        let body = text.dropFirst(6).prefix(30)
        #expect(text.suffix(6).elementsEqual(Base62.encode(CRC32.checksum(body), width: 6)))
    }

    @Test func `every kind has its own prefix and reads only its own`() {
        let texts = [
            Cast.secret(AccessToken.self).reveal(), Cast.secret(RefreshToken.self).reveal(),
            Cast.secret(AuthorizationCode.self).reveal(), Cast.secret(DeveloperToken.self).reveal(),
            Cast.secret(ClientSecretKind.self).reveal(), Cast.secret(SessionCookie.self).reveal(),
            Cast.secret(MailLink.self).reveal(), Cast.secret(SetupCode.self).reveal(),
            Cast.secret(ConsentTicket.self).reveal(),
        ]
        #expect(Set(texts.map { String($0.prefix(6)) }).count == texts.count)
        #expect(texts.map { Secret<AccessToken>($0) != nil } == [true] + Array(repeating: false, count: 8))
        #expect(texts.map { Secret<RefreshToken>($0) != nil }.filter { $0 }.count == 1)
        #expect(texts.map { Secret<DeveloperToken>($0) != nil }.filter { $0 }.count == 1)
    }

    @Test func `changing any single character makes it no secret`() {
        let text = Array(Cast.secret(AccessToken.self, seed: 3).reveal().utf8)
        for index in text.indices {
            var changed = text
            changed[index] = text[index] == 0x61 ? 0x62 : 0x61
            #expect(Secret<AccessToken>(String(decoding: changed, as: UTF8.self)) == nil, "at \(index)")
        }
    }

    @Test func `longer, shorter, empty and Unicode look-alikes are no secrets`() {
        let text = Cast.secret(AccessToken.self).reveal()
        for wrong in ["", "gw_at_", text + "0", String(text.dropLast()), text + " ", " " + text, text + "\u{301}"] {
            #expect(Secret<AccessToken>(wrong) == nil, "\(wrong.utf8.count) bytes")
        }
        #expect(Secret<AccessToken>(text) != nil)
    }

    @Test func `drawing throws away the bytes that would favour some digits`() {
        struct Constant: RandomNumberGenerator {
            var values: [UInt64]
            mutating func next() -> UInt64 { values.removeFirst() }
        }
        // Little-endian bytes: 248…255 are skipped, then 0, 61, 62, 247, …
        var random = Constant(values: [0xFFFE_FDFC_FBFA_F9F8, 0x0000_0000_F73E_3D00])
        #expect(Base62.draw(8, using: &random) == "0z0z0000")
    }

    @Test func `every digit is drawn about equally often`() {
        var random = SplitMix64(seed: 99)
        var counts: [UInt8: Int] = [:]
        for byte in Base62.draw(62_000, using: &random).utf8 { counts[byte, default: 0] += 1 }
        #expect(counts.count == 62)
        // Mean 1000, standard deviation 31: `byte % 62` of a full byte would put eight digits at 1211.
        #expect(counts.values.allSatisfy { (850...1150).contains($0) })
    }

    @Test func `a client_id has its own prefix and 22 digits`() {
        var random = SplitMix64(seed: 5)
        let id = Array(ClientID.random(using: &random).text.utf8)
        #expect(id.count == 28)
        #expect(id.starts(with: "gw_id_".utf8))
        #expect(id.dropFirst(6).allSatisfy(Base62.isDigit))
    }
}
