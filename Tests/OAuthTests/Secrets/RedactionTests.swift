import OAuth
import Testing

@Suite("Secrets keep to themselves")
struct RedactionTests {
    struct Holder {
        let name = "holder"
        let token: Secret<AccessToken>
    }

    let secret = Cast.secret(AccessToken.self)

    @Test func `a secret does not describe itself`() {
        for text in [
            String(describing: secret), String(reflecting: secret), secret.description, secret.debugDescription,
        ] {
            #expect(!text.contains(String(secret.reveal().dropFirst(6))))
            #expect(text.contains("redacted"))
        }
    }

    @Test func `what holds a secret does not describe it either`() {
        var dumped = ""
        dump(Holder(token: secret), to: &dumped)
        for text in [dumped, String(describing: Holder(token: secret)), String(reflecting: [secret]), "\([secret])"] {
            #expect(!text.contains(String(secret.reveal().dropFirst(6))))
        }
        #expect(dumped.contains("holder"), "the rest is there")
    }

    @Test func `a mirror sees nothing inside (Mustache reads private properties through one)`() {
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test func `the hint is the kind and the last four digits, and reveals no random digit`() {
        let text = secret.reveal()
        #expect(secret.hint.prefix == "gw_at_")
        #expect(secret.hint.lastFour == String(text.suffix(4)))
        #expect(secret.hint.text == "gw_at_…" + text.suffix(4))
        #expect(Hint(prefix: "gw_at_", lastFour: String(text.suffix(4))) == secret.hint)
    }

    @Test func `an answer, its error and its effects do not describe their secrets`() throws {
        let outcome = try redeeming()
        let response = try #require(outcome.response)
        let access = String(response.accessToken.reveal().dropFirst(6))
        let refresh = String(try #require(response.renewal?.refreshToken).reveal().dropFirst(6))
        var dumped = ""
        dump(outcome, to: &dumped)
        #expect(!dumped.contains(access))
        #expect(!dumped.contains(refresh))
    }
}
