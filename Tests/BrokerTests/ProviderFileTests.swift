@testable import Broker
import Testing

@Suite("Provider files")
struct ProviderFileTests {
    private let zendesk = """
        zendesk:
          title: Zendesk
          docs: https://developer.zendesk.com/documentation/
          auth: oauth2
          authorize:
            url: https://{subdomain}.zendesk.com/oauth/authorizations/new
          token:
            url: https://{subdomain}.zendesk.com/oauth/tokens
            parameters: {expires_in: "1800"}
          api:
            base: https://{subdomain}.zendesk.com
          fields:
            subdomain: {title: Subdomain, format: label, suffix: .zendesk.com}
        """

    @Test func `a call that proves credentials has the statuses that refuse them, 401 unless said`() throws {
        func entry(_ keys: String) -> String {
            "p:\n  title: P\n  docs: https://p.example/docs\n  auth: api_key\n  api: {base: https://p.example, \(keys)}\n"
        }
        let plain = try #require(ProviderFile(entry("verify: /me")).providers.first?.api?.proof)
        #expect(plain.path == "/me" && plain.refusing == [401])
        let own = ProviderFile(entry("verify: /me, verify_refused: [401, 403]")).providers.first?.api?.proof
        #expect(own?.refusing == [401, 403])
        for wrong in ["verify: me", "verify: /me, verify_refused: [500]", "verify_refused: [401]"] {
            #expect(!problems(entry(wrong)).isEmpty, "\(wrong)")
        }
    }

    @Test func `with basic an entry says what the provider calls user name and password`() throws {
        func entry(_ more: String) -> String {
            "p:\n  title: P\n  docs: https://p.example/docs\n  auth: basic\n  api: {base: https://p.example}\n\(more)"
        }
        func fields(_ more: String) -> [CredentialField] {
            ProviderFile(entry(more)).providers.first?.method.typed ?? []
        }
        #expect(
            fields("").map(\.title) == ["User name", "Password"] && fields("").map(\.isForPrograms) == [false, false])
        let keyed = fields("  credentials: {username: {title: API key, secret: true}}\n")
        #expect(keyed.map(\.title) == ["API key", "Password"] && keyed.map(\.isSecret) == [true, true])
        #expect(keyed.map(\.isForPrograms) == [false, true] && keyed.map(\.isOptional) == [false, true])
        for wrong in [
            "{password: {title: Key, secret: true}}", "{username: {title: A}}",
            "{username: {title: A, secret: true}, pin: {title: B}}",
        ] {
            #expect(problems(entry("  credentials: \(wrong)\n")).count == 1, "\(wrong)")
        }
    }

    private func problems(_ text: String) -> [String] { ProviderFile(text).problems.map(\.description) }

    @Test func `an entry is read whole`() throws {
        let file = ProviderFile(zendesk)
        #expect(file.problems.isEmpty)
        let provider = try #require(file.providers.first)
        #expect(provider.key == "zendesk")
        #expect(provider.method.wireName == "OAUTH2")
        #expect(provider.fields.map(\.name) == ["subdomain"])
        guard case .oauth2(let oauth2) = provider.method else { return #expect(Bool(false)) }
        #expect(oauth2.authorize.sendsPKCE)
        #expect(oauth2.authorize.scopeSeparator == " ")
        #expect(oauth2.token.refreshesBefore == 900)
        #expect(oauth2.token.refreshURL == oauth2.token.url)
    }

    @Test func `a misspelt key is refused with its line, not ignored`() {
        let text = zendesk.replacing(
            "    url: https://{subdomain}.zendesk.com/oauth/tokens",
            with: "    url: https://{subdomain}.zendesk.com/oauth/tokens\n    scope_seperator: ','")
        #expect(problems(text) == ["line 9: zendesk.token.scope_seperator: is not a key that this place knows"])
    }

    @Test func `everything that is wrong is said at once`() {
        let said = problems(
            """
            Bad_Key:
              auth: magic
              authorize: {url: "http://evil.example/a"}
              token: {url: "https://x.example/{nobody}", client: header, refresh_before: soon}
            """)
        #expect(said.contains { $0.contains("lower-case letters") })
        #expect(said.contains { $0.contains("title: is missing") })
        #expect(said.contains { $0.contains("\"magic\" is none of them") })
        #expect(said.contains { $0.contains("must begin with https://") })
        #expect(said.contains { $0.contains("has no \"nobody\"") })
        #expect(said.contains { $0.contains("body, basic, both") })
        #expect(said.contains { $0.contains("number of seconds") })
    }

    @Test func `Case 204: a value that ends a host needs the provider's own domains`() {
        let open = zendesk.replacing(".zendesk.com/oauth/tokens", with: "/oauth/tokens")
        #expect(problems(open).contains { $0.contains("ends the host") })
    }

    @Test(arguments: ["", "- a\n- b", "just text", "a: [", "a: b"])
    func `what is no file of providers is refused`(text: String) {
        #expect(!problems(text).isEmpty)
    }

    @Test(arguments: [
        "https://a.example/{", "https://a.example/}", "https://{}.example", "https://{a{b}}", "https://{a b}.x",
    ])
    func `a broken placeholder is no template`(text: String) {
        #expect(URLTemplate(text) == nil)
    }
}

@Suite("Connection values")
struct ConnectionFieldTests {
    private func field(_ format: ConnectionField.Format, hosts: [String] = []) -> ConnectionField {
        ConnectionField(
            name: "v", title: "V", explanation: nil, example: nil, prefix: nil, suffix: nil, format: format,
            choices: [],
            hosts: hosts, isOptional: false, isSecret: false, source: .person)
    }

    @Test(arguments: [
        "evil.com/#", "a@evil.com", "x.evil.com%2f", "..", ".", "", "a\r\nb", "a b", "é", "a.b", "-a", "a-", "a/b",
        "a?b",
        "a:1", "\u{FF41}", String(repeating: "a", count: 64), String(repeating: "a", count: 300),
    ])
    func `Case 204: what could leave its label is refused`(value: String) {
        #expect(!field(.label).accepts(value))
    }

    @Test func `a plain label is taken`() {
        #expect(["acme", "acme-2", "A1"].allSatisfy(field(.label).accepts))
    }

    @Test(arguments: [
        "https://evil.example", "https://salesforce.com.evil.example", "https://evilsalesforce.com",
        "http://na1.salesforce.com", "https://a@na1.salesforce.com", "https://na1.salesforce.com:444",
        "https://na1.salesforce.com?x", "https://na1.salesforce.com#x", "https://na1.salesforce.com/../x",
        "https://127.0.0.1", "https://[::1]", "https://1", "https://",
    ])
    func `Case 205: an origin outside of the provider's own domains is refused`(value: String) {
        #expect(!field(.origin, hosts: ["salesforce.com"]).accepts(value))
    }

    @Test func `an origin within them is taken`() {
        #expect(field(.origin, hosts: ["salesforce.com"]).accepts("https://na1.my.salesforce.com"))
        #expect(field(.origin, hosts: ["pipedrive.com"]).accepts("https://acme.pipedrive.com/api"))
    }
}
