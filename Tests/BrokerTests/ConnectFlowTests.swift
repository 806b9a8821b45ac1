import Broker
import OAuth
import Testing

@Suite("What a callback says")
struct CallbackAnswerTests {
    private func oauth2(_ authorize: String = "") throws -> (Provider, OAuth2) {
        let file = ProviderFile(
            """
            p:
              title: P
              docs: https://p.example/docs
              auth: oauth2
              authorize:
                url: https://p.example/a
            \(authorize)
              token: {url: https://p.example/t}
              keep: {from_callback: [realm, place]}
              fields:
                realm: {title: Realm, format: digits, from: callback}
                place: {title: Place, format: host, hosts: [p.example], from: callback}
            """)
        try #require(file.problems.isEmpty, "\(file.problems)")
        let provider = try #require(file.providers.first)
        guard case .oauth2(let oauth2) = provider.method else { throw ConnectRefusal(.unexpected) }
        return (provider, oauth2)
    }

    private func callback(_ query: String) throws -> CallbackAnswer { CallbackAnswer(try ParameterList(query: query)) }

    @Test func `§4.1.2: the code is read under the provider's own name`() throws {
        #expect(try callback("code=c&state=s").code(for: oauth2().1) == "c")
        #expect(try callback("spapi_code=c&code=x").code(for: oauth2("    code_name: spapi_code").1) == "c")
    }

    @Test func `Case 203: an error wins over a code, and its text is one bounded line`() throws {
        let text = "a%0D%0Ab%1B" + String(repeating: "x", count: 2_000)
        #expect {
            try callback("code=c&error=access_denied&error_description=\(text)").code(for: oauth2().1)
        } throws: { error in
            guard case .refusedByProvider("access_denied", let said)? = (error as? ConnectRefusal)?.reason else {
                return false
            }
            return said.utf8.count == 300 && said.hasPrefix("abx")
        }
    }

    @Test(arguments: ["state=s", "code=&state=s", "code=a&code=b"])
    func `a callback without one code is no connection`(query: String) throws {
        #expect(throws: ConnectRefusal(.missingCode)) { try callback(query).code(for: oauth2().1) }
    }

    @Test func `Case 201: an issuer that is another's ends the flow`() throws {
        let promised = try oauth2("    issuer: https://p.example").1
        #expect(try callback("code=c&iss=https%3A%2F%2Fp.example").code(for: promised) == "c")
        #expect(throws: ConnectRefusal(.wrongIssuer)) {
            try callback("code=c&iss=https://evil.example").code(for: promised)
        }
        #expect(throws: ConnectRefusal(.wrongIssuer)) { try callback("code=c").code(for: promised) }
    }

    @Test func `RFC 5849 §2.2: a verifier belongs to its own temporary token`() throws {
        #expect(try callback("oauth_token=t&oauth_verifier=v").verifier(of: "t") == "v")
        #expect(throws: ConnectRefusal(.missingCode)) {
            try callback("oauth_token=u&oauth_verifier=v").verifier(of: "t")
        }
        #expect(throws: ConnectRefusal(.missingCode)) { try callback("oauth_token=t").verifier(of: "t") }
        #expect(throws: ConnectRefusal(.refusedByProvider("access_denied", ""))) {
            try callback("denied=t").verifier(of: "t")
        }
    }

    @Test func `Case 204: what the callback says to keep must have its form`() throws {
        let (provider, _) = try oauth2()
        let good = try callback("realm=12&place=eu.p.example").kept(by: provider, names: ["realm", "place", "other"])
        #expect(good == ["realm": "12", "place": "eu.p.example"])
        let bad = try callback("realm=a&place=evil.example").kept(by: provider, names: ["realm", "place"])
        #expect(bad.isEmpty)
    }
}

@Suite("Values of a connection")
struct ConnectValuesTests {
    private func provider() throws -> Provider {
        let file = ProviderFile(
            """
            zendesk:
              title: Zendesk
              docs: https://developer.zendesk.com/
              auth: oauth2
              authorize: {url: "https://{subdomain}.zendesk.com/oauth/authorizations/new"}
              token: {url: "https://{subdomain}.zendesk.com/oauth/tokens"}
              fields:
                subdomain: {title: Subdomain, format: label}
                instance_url: {title: Instance, format: origin, hosts: [zendesk.com], from: token}
                note: {title: Note, format: text, optional: true}
            """)
        try #require(file.problems.isEmpty, "\(file.problems)")
        return try #require(file.providers.first)
    }

    @Test(arguments: [
        "evil.com/#", "a@evil.com", "x.evil.com%2f", "..", "a\r\nb", "", String(repeating: "a", count: 300), "münchen",
        "a b",
    ])
    func `Case 204: a subdomain is one label and nothing else`(value: String) throws {
        let provider = try provider()
        #expect(throws: ConnectRefusal.self) { try provider.values(from: ["subdomain": value]) }
    }

    @Test func `fields that must be there are missed, and others are kept as text`() throws {
        let provider = try provider()
        #expect(throws: ConnectRefusal(.missingValue("subdomain"))) { try provider.values(from: [:]) }
        #expect(
            try provider.values(from: ["subdomain": "acme", "theirs": "x y"]) == ["subdomain": "acme", "theirs": "x y"])
    }

    @Test func `a page cannot say what the provider is to say`() throws {
        let provider = try provider()
        #expect(throws: ConnectRefusal(.invalidValue("instance_url"))) {
            try provider.values(from: ["subdomain": "acme", "instance_url": "https://a.zendesk.com"])
        }
    }
}

@Suite("Results")
struct ConnectResultTests {
    @Test func `the socket's message is the wire's, byte for byte`() {
        let good = ConnectResult(integration: "github", connectionID: "u1", ending: .connected)
        #expect(
            good.socketMessage
                == #"{"message_type":"success","provider_config_key":"github","connection_id":"u1","is_pending":false}"#
        )
        let bad = ConnectResult(
            integration: "github", connectionID: "u1", ending: .refused(ConnectRefusal(.missingDigest)))
        #expect(
            bad.socketMessage
                == #"{"message_type":"error","provider_config_key":"github","connection_id":"u1","error_type":"missing_hmac","error_desc":"Missing HMAC digest."}"#
        )
    }

    @Test func `the opener's message is spelt as the wire's first clients read it`() {
        let good = ConnectResult(integration: "github", connectionID: "u1", ending: .connected)
        #expect(
            good.openerMessage
                == #"{"eventType":"AUTHORIZATION_SUCEEDED","data":{"connectionId":"u1","providerConfigKey":"github"}}"#)
        let bad = ConnectResult(integration: "g", connectionID: "u", ending: .refused(ConnectRefusal(.invalidDigest)))
        #expect(
            bad.openerMessage
                == #"{"eventType":"AUTHORIZATION_FAILED","data":{"error":{"type":"invalid_hmac","message":"Invalid HMAC digest."}}}"#
        )
    }

    @Test func `a redirected result stands under a signature, behind the page's own query`() throws {
        let result = ConnectResult(integration: "github", connectionID: "u 1", ending: .connected)
        let url = result.address("https://app.example/x?a=1#top", key: "k", at: Instant(seconds: 5))
        let signature = SignedResult.sign(
            [("connection_id", "u 1"), ("provider_config_key", "github"), ("at", "5"), ("status", "success")], key: "k")
        #expect(
            url
                == "https://app.example/x?a=1&connection_id=u%201&provider_config_key=github&at=5&status=success"
                + "&signature=\(signature)#top")
    }
}

@Suite("Connect sessions, as a backend asks for them")
struct ConnectSessionAskTests {
    private func mistakes(_ body: String, isReconnection: Bool = false) -> [[String]] {
        switch ConnectSessionAsk.read(Array(body.utf8), isReconnection: isReconnection) {
        case .success: []
        case .failure(let mistakes): mistakes.all.map(\.path)
        }
    }

    @Test func `everything that the wire has is read, and stored as it was`() throws {
        let body = """
            {"end_user": {"id": "7", "email": "ada@acme.example", "tags": {"a": "b"}},
             "organization": {"id": "o", "display_name": "Acme"}, "tags": {"plan": "pro"},
             "allowed_integrations": ["github", "zendesk"],
             "integrations_config_defaults": {"zendesk": {"user_scopes": "x", "authorization_params": {"p": "q"},
                "connection_config": {"subdomain": "acme"}}},
             "webhook_url_override": "https://acme.example/hook"}
            """
        let ask = try ConnectSessionAsk.read(Array(body.utf8), isReconnection: false).get()
        #expect(ask.label == "ada@acme.example")
        #expect(ask.allows("github") && !ask.allows("slack"))
        #expect(ask.defaults["zendesk"]?.values == ["subdomain": "acme"])
        #expect(ask.owner.tags == ["a": "b", "plan": "pro"])
        #expect(ask.owner.organizationID == "o")
        #expect(ConnectSessionAsk(stored: ask.stored) == ask)
    }

    @Test(arguments: [
        ("{}", [["end_user"]]), ("[]", [[]]), ("{", [[]]), (#"{"end_user":{"id":"1"},"x":1}"#, [["x"]]),
        (#"{"end_user":{"email":"a"}}"#, [["end_user", "id"]]),
        (#"{"end_user":{"id":7}}"#, [["end_user", "id"], ["end_user", "id"]]),
        (#"{"end_user":{"id":"1","name":"x"}}"#, [["end_user", "name"]]),
        (#"{"tags":{"a":1}}"#, [["tags", "a"]]),
        (#"{"tags":{},"allowed_integrations":"github"}"#, [["allowed_integrations"]]),
        (#"{"tags":{},"webhook_url_override":"http://10.0.0.1/\r\nX: y"}"#, [["webhook_url_override"]]),
        (#"{"tags":{},"webhook_url_override":"http://acme.example/hook"}"#, [["webhook_url_override"]]),
        (
            #"{"tags":{},"integrations_config_defaults":{"g":{"scopes":"x"}}}"#,
            [["integrations_config_defaults", "g", "scopes"]]
        ),
    ])
    func `what is wrong is named by its path`(body: String, paths: [[String]]) {
        #expect(mistakes(body) == paths)
    }

    @Test func `a reconnection names one connection and allows nothing else`() throws {
        let body = #"{"connection_id": "u1", "integration_id": "github"}"#
        let ask = try ConnectSessionAsk.read(Array(body.utf8), isReconnection: true).get()
        #expect(ask.allows("github") && !ask.allows("zendesk"))
        #expect(ConnectSessionAsk(stored: ask.stored) == ask)
        #expect(mistakes("{}", isReconnection: true) == [["connection_id"], ["integration_id"]])
    }
}
