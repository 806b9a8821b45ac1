import Broker
import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("Broker · integrations in the portal")
struct IntegrationPagesTests {
    private static let list = "/t/acme/env/dev/integrations"

    @Test func `the picker searches names, kinds and categories, and offers a provider of one's own`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        #expect(try await ada.get(Self.list).contains("No integration yet"))
        let all = try await ada.get(Self.list + "/new")
        #expect(all.contains("13 providers") && all.contains(Self.list + "/new/photos"))
        #expect(all.contains(Self.list + "/new/custom"))
        let found = try await ada.get(Self.list + "/new?q=PHOTO")
        #expect(found.contains("1 provider like") && !found.contains(Self.list + "/new/mail"))
        #expect(try await ada.get(Self.list + "/new?q=api+key").contains(Self.list + "/new/mail"))
        let none = try await ada.get(Self.list + "/new?q=%3Cb%3E")
        #expect(none.contains("Nothing matches") && none.contains("value=\"&lt;b&gt;\""))
        #expect(try await ada.get(Self.list + "/new/unknown").status == 404)
    }

    @Test func `the code for one's own page brings its button, and the credentials where people type them`()
        async throws
    {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        for (provider, call) in [
            ("photos", "\"user-1\");"), ("zen", "\"user-1\", { params: { subdomain: \"…\" } });"),
            ("mail", "\"user-1\", { credentials: { apiKey: \"…\" } });"),
            ("shop", "\"user-1\", { credentials: { username: \"…\" } });"),
            ("machine", "\"user-1\", { credentials: { clientId: \"…\", clientSecret: \"…\" } });"),
            ("store", "{ credentials: { jwt: { privateKeyId: \"…\", issuerId: \"…\", privateKey: \"…\" } } });"),
            (
                "suite",
                "{ params: { accountId: \"…\" }, credentials: { tokenId: \"…\", tokenSecret: \"…\" } });"
            ),
        ] {
            let integration = try await world.integrate(provider)
            let page = try await ada.get("\(Self.list)/\(integration.id.text)")
            let text = page.body.replacing("&quot;", with: "\"").replacing("&lt;", with: "<").replacing(
                "&gt;", with: ">")
            #expect(text.contains("<button id=\"connect\">"), "\(provider)")
            #expect(text.contains("document.getElementById(\"connect\").onclick") && text.contains(call), "\(provider)")
        }
    }

    @Test func `setting up shows the callback first, and the secret never again`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let form = try await ada.get(Self.list + "/new/photos")
        let callback = try #require(form.body.range(of: "http://127.0.0.1:8080/oauth/callback"))
        let clientID = try #require(form.body.range(of: "id=\"field-client_id\""))
        #expect(callback.lowerBound < clientID.lowerBound)
        let wrong = try await ada.submit(
            Self.list,
            [
                ("provider", "photos"), ("key", "a/b"), ("display_name", ""), ("client_id", "id-1"),
                ("secret", "s3cr3t-typed"),
                ("scopes", "read\nwr\"ite"),
            ], on: Self.list + "/new/photos")
        #expect(wrong.status == 422 && wrong.contains("id=\"err-key\"") && wrong.contains("id=\"err-scopes\""))
        #expect(wrong.contains("value=\"id-1\"") && !wrong.contains("s3cr3t-typed"))
        let half = try await ada.submit(
            Self.list, [("provider", "photos"), ("key", "photos"), ("client_id", "id-1"), ("scopes", "read, write")],
            on: Self.list + "/new/photos")
        let place = try #require(half.location)
        let incomplete = try await ada.get(place)
        #expect(incomplete.contains("Incomplete") && incomplete.contains("Missing: client secret"))
        #expect(!incomplete.contains("Connect to test"))
        let details = try #require(try world.store.integration("photos", in: world.environment)).details
        #expect(details.scopes == ["read", "write"])
        let saved = try await ada.submit(
            place,
            [
                ("key", "photos"), ("client_id", "id-1"), ("secret", "  s3cr3t-typed\r\n"), ("scopes", "read"),
                ("callback", "own"),
            ])
        #expect(saved.location == place)
        let ready = try await ada.get(place)
        #expect(ready.contains("Ready") && ready.contains("Connect to test") && !ready.contains("s3cr3t-typed"))
        let integration = try #require(try world.store.integration("photos", in: world.environment))
        #expect(ready.contains("/oauth/callback/\(integration.id.text)") && integration.details.hasOwnCallback)
        #expect(try world.store.registration(of: integration).secret == "s3cr3t-typed")
        // Saved again without typing it, the secret stays.
        _ = try await ada.submit(
            place, [("key", "photos"), ("client_id", "id-1"), ("scopes", "read"), ("callback", "shared")])
        #expect(try world.store.registration(of: integration).secret == "s3cr3t-typed")
        let list = try await ada.get(Self.list)
        #expect(list.contains("Ready") && list.contains("No connections"))
    }

    @Test func `a key that is taken is refused, and another is suggested`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        try await world.integrate("photos")
        let form = try await ada.get(Self.list + "/new/photos")
        #expect(form.contains("value=\"photos-2\""))
        let refused = try await ada.submit(
            Self.list, [("provider", "photos"), ("key", "photos")], on: Self.list + "/new/photos")
        #expect(refused.status == 422 && refused.contains("has this key already"))
    }

    @Test func `a change that breaks connections says how many, and is saved only on purpose`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        try await world.connect("u1")
        try await world.connect("u2")
        let integration = try #require(try world.store.integration("photos", in: world.environment))
        let place = "\(Self.list)/\(integration.id.text)"
        let change = [("key", "pictures"), ("client_id", "other"), ("scopes", "read")]
        for understood in ["", "1", "3"] {
            let asked = try await ada.submit(place, change + [("understood", understood)])
            #expect(asked.status == 422 && asked.contains("Not saved yet") && asked.contains("2 connections"))
            #expect(asked.contains("value=\"pictures\""))
        }
        #expect(try world.store.integration("photos", in: world.environment)?.details.clientID == "id")
        // What breaks nothing needs no box.
        #expect(
            try await ada.submit(place, [("key", "photos"), ("client_id", "id"), ("scopes", "read write")]).location
                == place)
        #expect(try await ada.submit(place, change + [("understood", "2")]).location == place)
        #expect(try world.store.integration("pictures", in: world.environment)?.details.clientID == "other")
        let asked = try await ada.get(place + "/delete")
        #expect(asked.contains("2 connections go with it"))
        // Its name may be anything; what is typed is its key.
        #expect(asked.contains("Type the integration’s key to confirm") && asked.contains("data-expected>pictures<"))
        let wrong = try await ada.submit(place + "/delete", ["confirm_name": "photos"])
        #expect(wrong.status == 422 && wrong.contains("Type the key exactly: pictures"))
        #expect(try await ada.submit(place + "/delete", ["confirm_name": "pictures"]).location == Self.list)
        #expect(try await ada.get(place).status == 404)
        #expect(try world.store.connections(of: world.environment, limit: 5).isEmpty)
    }

    @Test func `what the provider refuses is said with what to do`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let integration = try await world.integrate("photos")
        try await world.store.note(trouble: "invalid_client", of: integration.id, at: world.site.clock.now)
        let page = try await ada.get("\(Self.list)/\(integration.id.text)")
        #expect(page.contains("Failing") && page.contains("client ID or secret"))
        #expect(try await ada.get(Self.list).contains("Failing"))
    }

    @Test func `a provider of one's own is checked like the catalogue's, and can be changed`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let good = [
            ("provider", "custom"), ("key", "crm"), ("client_id", "id"), ("secret", "s"), ("scopes", "all"),
            ("custom-title", "Example \"CRM\": 1"), ("custom-token", "https://crm.example/token"),
            ("custom-client", "basic"),
            ("custom-separator", "comma"), ("custom-revoke", ""), ("custom-api", "https://api.crm.example"),
        ]
        for wrong in [
            "", "crm.example/auth", "http://crm.example/auth", "https://u@crm.example/a", "https://crm.example/#a",
            "https://{host}/auth", "https://crm.example/a\"\n  evil: x",
        ] {
            let refused = try await ada.submit(
                Self.list, good + [("custom-authorize", wrong)], on: Self.list + "/new/custom")
            #expect(refused.status == 422 && refused.contains("id=\"err-custom-authorize\""), "\(wrong)")
            #expect(refused.contains("value=\"https://crm.example/token\""))
        }
        let saved = try await ada.submit(
            Self.list, good + [("custom-authorize", "https://crm.example/auth"), ("custom-pkce", "yes")],
            on: Self.list + "/new/custom")
        let place = try #require(saved.location)
        let stored = try #require(try world.store.integration("crm", in: world.environment))
        let provider = try #require(world.site.site.outside.provider(of: stored))
        #expect(provider.title == "Example \"CRM\": 1")
        guard case .oauth2(let oauth2) = provider.method else { Issue.record("no OAuth 2"); return }
        #expect(oauth2.authorize.scopeSeparator == "," && oauth2.authorize.sendsPKCE && oauth2.token.client == .basic)
        let page = try await ada.get(place)
        #expect(page.contains("value=\"https://crm.example/auth\"") && page.contains("Ready"))
        let change = good.filter { $0.0 != "provider" } + [("custom-authorize", "https://crm.example/oauth2/auth")]
        #expect(try await ada.submit(place, change).location == place)
        let changed = try #require(try world.store.integration("crm", in: world.environment)?.details.definition)
        #expect(changed.contains("https://crm.example/oauth2/auth") && changed.contains("pkce: false"))
    }

    @Test func `a secret value of an integration is never shown, and an empty field keeps it`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let new = try await ada.get(Self.list + "/new/keyed")
        #expect(new.contains("name=\"value-developer\" type=\"password\"") && !new.contains("One is stored"))
        let wrong = try await ada.submit(
            Self.list, ["provider": "keyed", "key": "keyed", "value-developer": "two words"],
            on: Self.list + "/new/keyed")
        #expect(wrong.status == 422 && wrong.contains("err-value-developer") && !wrong.contains("two words"))
        let made = try await ada.submit(
            Self.list, ["provider": "keyed", "key": "keyed", "value-developer": "dev-secret-1"],
            on: Self.list + "/new/keyed")
        let place = try #require(made.location)
        let page = try await ada.get(place)
        #expect(page.contains("One is stored") && !page.contains("dev-secret-1"))
        func stored() throws -> String? {
            try world.store.integration("keyed", in: world.environment)?.details.values["developer"]
        }
        _ = try await ada.submit(place, ["key": "keyed", "display_name": "Renamed", "value-developer": ""])
        #expect(try stored() == "dev-secret-1")
        #expect(try world.store.integration("keyed", in: world.environment)?.details.displayName == "Renamed")
        let again = try await ada.submit(place, ["key": "a/b", "value-developer": ""])
        #expect(again.status == 422 && !again.contains("dev-secret-1"))
        _ = try await ada.submit(place, ["key": "keyed", "value-developer": "dev-secret-2"])
        #expect(try stored() == "dev-secret-2")
        // A box lets it go, and says so when something is typed as well.
        #expect(page.contains("name=\"remove-value-developer\"") && !new.contains("remove-value-developer"))
        let both = try await ada.submit(
            place, ["key": "keyed", "value-developer": "dev-secret-3", "remove-value-developer": "yes"])
        #expect(both.status == 422 && both.contains("not both") && !both.contains("dev-secret"))
        #expect(both.contains("value=\"yes\" checked"))
        #expect(try stored() == "dev-secret-2")
        // Values say whose app people install and with what it is proven: nothing for a session that lies open.
        world.site.clock.move(by: 601)
        for change in [("value-developer", "dev-secret-3"), ("remove-value-developer", "yes")] {
            let asked = try await ada.submit(place, [("key", "keyed"), change])
            #expect(asked.status == 403 && asked.contains("Confirm it is you"))
        }
        #expect(try stored() == "dev-secret-2")
        #expect(try await ada.submit(place, ["key": "keyed", "value-developer": ""]).location == place)
        world.site.clock.move(by: -601)
        _ = try await ada.submit(place, ["key": "keyed", "value-developer": "", "remove-value-developer": "yes"])
        #expect(try stored() == nil)
        let emptied = try await ada.get(place)
        #expect(!emptied.contains("One is stored") && !emptied.contains("remove-value-developer"))
    }

    @Test func `values that the provider's addresses need are asked for, or said to be asked of people`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let zen = try await ada.get(Self.list + "/new/zen")
        #expect(zen.contains("What everybody who connects is asked for") && zen.contains("Subdomain"))
        let mail = try await ada.get(Self.list + "/new/mail")
        #expect(!mail.contains("field-client_id") && !mail.contains("oauth/callback") && mail.contains("API key"))
    }

    @Test func `connecting to test goes by the hosted page, and comes back with the connection`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let integration = try await world.integrate("mail")
        let place = "\(Self.list)/\(integration.id.text)"
        let first = try await ada.connect(from: place + "/connect", on: place, apiKey: "k-1")
        #expect(first.status == 200 && first.contains("Mail</bdi> is connected"))
        let connection = try #require(try world.store.connections(of: world.environment, limit: 2).first)
        #expect(connection.owner.endUser["display_name"]?.string == "Ada" && connection.integrationKey == "mail")
        let page = "/t/acme/env/dev/connections/\(connection.number)"
        #expect(first.contains("href=\"\(page)\""))
        // Connecting again keeps the connection, with new credentials.
        let second = try await ada.connect(from: page + "/reconnect", on: page, apiKey: "k-2")
        #expect(second.contains("is connected"))
        let again = try #require(try world.store.connection(number: connection.number, of: integration.tenant))
        guard case .apiKey("k-2") = again.credentials else { Issue.record("not connected again"); return }
        #expect(try world.store.connections(of: world.environment, limit: 2).count == 1)
    }

    @Test func `an address that somebody typed shows no connection, and what is incomplete connects nobody`()
        async throws
    {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let integration = try await world.integrate("photos")
        let place = "\(Self.list)/\(integration.id.text)"
        let typed = try await ada.get(place + "/tested?status=success&connection_id=u1")
        #expect(typed.status == 200 && typed.contains("was not connected"))
        let details = IntegrationDetails(key: "half", provider: "photos", clientID: "", scopes: [])
        let half = try #require(
            try await world.store.addIntegration(
                details, secret: nil, to: world.environment, by: .system, at: world.site.clock.now))
        let refused = try await ada.submit(
            "\(Self.list)/\(half.id.text)/connect", on: "\(Self.list)/\(half.id.text)")
        #expect(refused.location == "\(Self.list)/\(half.id.text)")
    }
}

extension Browser {
    /// Presses a button that leads to the hosted page, connects there with an API key, and follows the way back.
    fileprivate func connect(from path: String, on page: String, apiKey: String) async throws -> Answer {
        let way = try #require(try await submit(path, on: page).location)
        #expect(way.hasPrefix("/connect?session_token=gw_cn_"))
        let hosted = try await get(way)
        let fields = ["session_token", "integration", "return_url"].map { ($0, hosted.hidden($0) ?? "") }
        let done = try await post("/connect", fields + [("csrf", hosted.csrf ?? ""), ("value-apiKey", apiKey)])
        let base = site.site.settings.base.text
        let back = try #require(done.location, "\(done.status)")
        #expect(back.hasPrefix(base + "/t/acme/env/dev/integrations/"))
        return try await get(String(back.dropFirst(base.count)))
    }
}
