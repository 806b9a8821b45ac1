import OAuth
import Testing

@Suite("Secrets found in text")
struct FoundSecretTests {
    private func kinds(_ text: String) -> [String] {
        FoundSecret.all(in: Array(text.utf8)).map {
            switch $0 {
            case .access(let token): token.reveal()
            case .refresh(let token): token.reveal()
            case .developer(let token): token.reveal()
            case .client(let secret): secret.reveal()
            case .environment(let key): key.reveal()
            }
        }
    }

    private static let access = Cast.secret(AccessToken.self).reveal()
    private static let developer = Cast.secret(DeveloperToken.self).reveal()
    private static let all: [String] = [
        access, Cast.secret(RefreshToken.self).reveal(), developer, Cast.secret(ClientSecretKind.self).reveal(),
        Cast.secret(EnvironmentKey.self).reveal(),
    ]

    @Test(arguments: [" ", "", "&token=", "gw_gw_g", "\u{301}gw_at_\r\n", "\"},{\"token\":\""])
    func `each kind that can be revoked is found, whatever stands around it`(separator: String) {
        #expect(kinds("x" + Self.all.joined(separator: separator) + "x") == Self.all)
    }

    @Test func `what only resembles one is none: a wrong checksum, other kinds, hints, halves`() {
        let cut = String(Self.developer.dropLast())
        let wrong: String = Self.developer.hasSuffix("0") ? cut + "1" : cut + "0"
        let code: String = Cast.secret(AuthorizationCode.self).reveal()
        let session: String = Cast.secret(SessionCookie.self).reveal()
        let others: [String] = ["", "gw_", wrong, cut, "gw_dt_…x9Zq", code, session, "gw_id_roster"]
        for text in others { #expect(kinds(text).isEmpty) }
    }

    @Test func `each is found once, and at most a hundred`() {
        #expect(kinds(Self.developer + " " + Self.developer).count == 1)
        var many = ""
        for seed in 1...150 { many += Cast.secret(AccessToken.self, seed: UInt64(seed)).reveal() + "\n" }
        #expect(kinds(many).count == FoundSecret.most)
    }

    @Test func `bytes that are no text are no trap`() {
        var bytes: [UInt8] = []
        for number in 0..<4096 { bytes.append(UInt8(truncatingIfNeeded: number &* 31)) }
        bytes.append(contentsOf: "gw_dt_".utf8)
        bytes.append(0xFF)
        #expect(FoundSecret.all(in: bytes).isEmpty)
    }
}
