import Portal
import Testing

@Suite("Names that others trust")
struct PublicNameTests {
    @Test(arguments: [
        "G\u{430}tewright", "\u{FF27}ATEWRIGHT", "Official Gatewright", "gate-wright", "G a t e w r i g h t",
        "Gatewr1ght", "Gatevvright", "Gatewr\u{ED}ght",
        "\u{50D}\u{430}\u{442}\u{435}\u{51D}\u{433}\u{456}\u{50D}\u{4BB}\u{442}",
        "GATEWRIGHT Support", "g4tewrigh7", "Gatewr\u{131}ght", "Gatewr|ght", "Ga\u{301}tewright", "Gatewriqht",
        "\u{1D406}atewright", "gat5ewright", "gat\u{43A}ewright", "\u{24BC}atewright", "My Gatewright\u{2019}s App",
    ])
    func `Case 133: what looks like the product's own name is no app's and no workspace's`(name: String) {
        #expect(PublicName.problem(withBrand: name) != nil)
        guard case .invalid(let problems) = TenantDraft.check(name: name, slug: "some-slug") else {
            Issue.record("a workspace may be called so")
            return
        }
        #expect(problems.map(\.field) == ["name"])
    }

    @Test(arguments: [
        "Р\u{430}ypal", "\u{430}pple", "Roster S\u{443}nc", "Ro\u{3BF}ster", "\u{41A}a\u{444}e", "\u{3B1}lpha",
        "Microsoft\u{585}",
        "\u{FF32}oster", "\u{24C7}oster", "\u{1D419}oom", "\u{212A}iosk", "R\u{1D0F}ster", "R\u{2B0}oster",
    ])
    func `Case 133: a word of two alphabets, or of letters in another coat, is refused`(name: String) {
        #expect(PublicName.problem(with: name)?.hasSuffix(".") == true)
    }

    @Test(arguments: [
        "a" + String(repeating: "\u{301}", count: 28), "e\u{301}\u{302}\u{303}\u{304}", "\u{301}abc", "A\u{20DD}pp",
    ])
    func `Case 133: accents do not pile up`(name: String) {
        #expect(PublicName.problem(with: name) == "Use fewer accents on one letter.")
    }

    @Test(arguments: [
        "Roster Sync", "Café Zoë", "Cafe\u{301}", "Кафе Bar", "Ελλάδα Tours", "日本語アプリ", "JR東日本", "한국 App", "हिन्दी",
        "मुंबई ज़ुं", "ภาษาไทยที่นี่", "עברית", "العربية", "Straße 7", "R\u{F8}dgr\u{F8}d", "A+ Events", "Łódź", "Tiếng Việt",
        "Tie\u{302}\u{301}ng", "Gate 9", "Wright & Sons", "The Gateway", "C++ Builder’s", "\u{1F98A} Fox", "4 Seasons",
        "Αθήνα", "Москва 2026", "Նարեկ", "Großer Gatter", "Watergate Rights",
    ])
    func `names in the world's scripts are fine, also beside each other`(name: String) {
        #expect(PublicName.problem(withBrand: name) == nil)
    }

    @Test func `Case 133: people's names follow the same rules, but for the product's`() {
        let policy = PasswordPolicy(common: [])
        func problems(_ name: String) -> [String] {
            guard
                case .invalid(let problems) = SignUp.check(
                    name: name, email: "nora@new.example", password: "a long walk by the sea", policy: policy)
            else { return [] }
            return problems.map(\.field)
        }
        #expect(problems("N\u{43E}ra") == ["name"])
        #expect(problems("Нора Smith") == [] && problems("Olga of Gatewright") == [])
    }

    @Test func `a sandbox takes its name from its person's, as far as it may`() throws {
        var random = SystemRandomNumberGenerator()
        let slugs = try (0..<50).map { _ in
            try #require(TenantDraft.sandbox(ofSomebodyCalled: "Nora", using: &random)).slug.text
        }
        #expect(Set(slugs).count == 50 && slugs.allSatisfy { $0.hasPrefix("sandbox-") && $0.utf8.count == 16 })
        #expect(TenantDraft.sandbox(ofSomebodyCalled: "Nora", using: &random)?.name == "Nora's sandbox")
        #expect(TenantDraft.sandbox(ofSomebodyCalled: "Gatewright", using: &random)?.name == "My sandbox")
    }
}
