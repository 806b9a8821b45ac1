import OAuth
import Testing

@Suite("Instant and ID")
struct InstantTests {
    @Test func `time is counted in whole seconds and compared as such`() {
        #expect(Instant(seconds: 5) < Instant(seconds: 6))
        #expect(Instant(seconds: 5) + 10 == Instant(seconds: 15))
        #expect(Instant(seconds: 5) - 10 == Instant(seconds: -5))
        #expect(Instant(seconds: 5) - Instant(seconds: 15) == -10)
    }

    @Test func `arithmetic stays at the ends of time instead of trapping`() {
        #expect(Instant(seconds: .max) + 1 == Instant(seconds: .max))
        #expect(Instant(seconds: 10) + .max == Instant(seconds: .max))
        #expect(Instant(seconds: .min) + -1 == Instant(seconds: .min))
        #expect(Instant(seconds: .min) - 1 == Instant(seconds: .min))
        #expect(Instant(seconds: 10) - .min == Instant(seconds: .max))
        #expect(Instant(seconds: .max) - Instant(seconds: -1) == .max)
        #expect(Instant(seconds: .min) - Instant(seconds: 1) == .min)
    }

    @Test func `an ID is the prefix of what it names and 16 base62 digits`() {
        var random = SplitMix64(seed: 1)
        let id = ID<Entity.Tenant>.random(using: &random)
        let bytes = Array(id.text.utf8)
        #expect(bytes.count == 20)
        #expect(bytes.starts(with: "ten_".utf8))
        #expect(bytes.dropFirst(4).allSatisfy(Base62.isDigit))
        #expect(id != ID<Entity.Tenant>.random(using: &random))
    }

    @Test func `every kind of ID has a prefix of its own`() {
        let prefixes = [
            Entity.Person.prefix, Entity.Tenant.prefix, Entity.Client.prefix, Entity.ClientSecret.prefix,
            Entity.Grant.prefix, Entity.Code.prefix, Entity.TokenFamily.prefix, Entity.DeveloperToken.prefix,
            Entity.Session.prefix, Entity.Mail.prefix,
        ]
        #expect(Set(prefixes).count == prefixes.count)
    }

    @Test func `IDs that Unicode calls equivalent are different IDs`() {
        let composed = ID<Entity.Tenant>("ten_caf\u{E9}")
        let decomposed = ID<Entity.Tenant>("ten_cafe\u{301}")
        #expect(composed.text == decomposed.text, "Swift's own == cannot tell them apart")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(ClientID("gw_id_K") != ClientID("gw_id_\u{212A}"))
    }
}
