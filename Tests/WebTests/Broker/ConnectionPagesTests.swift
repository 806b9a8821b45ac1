import Broker
import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("Broker · connections and activity in the portal")
struct ConnectionPagesTests {
    private static let base = "/t/acme/env/dev"
    private static let list = base + "/connections"

    @Test func `the list searches, filters and pages`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        #expect(try await ada.get(Self.list).contains("Nobody has connected yet"))
        for number in 1...51 { try await world.connect("user-\(number)") }
        try await world.integrate("mail")
        let first = try await ada.get(Self.list)
        #expect(first.contains(">user-51<") && !first.contains(">user-1<"))
        let next = try #require(first.value(after: "class=\"btn\" href=\"\(Self.list)?"))
        let second = try await ada.get("\(Self.list)?\(next)")
        #expect(second.contains(">user-1<") && !second.contains(">user-51<"))
        #expect(try await ada.get(Self.list + "?after=1.00").status == 400)
        let found = try await ada.get(Self.list + "?q=user-5")
        #expect(found.contains(">user-50<") && !found.contains(">user-40<"))
        #expect(try await ada.get(Self.list + "?q=%25").contains("Nothing matches"))
        #expect(try await ada.get(Self.list + "?integration=mail").contains("Nothing matches"))
        #expect(try await ada.get(Self.list + "?state=broken").contains("Nothing matches"))
    }

    @Test func `credentials are masked; showing them asks who one is, and is noted`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let place = "\(Self.list)/\(try await world.connect().number)"
        let page = try await ada.get(place)
        #expect(page.status == 200 && page.contains("Access token"))
        for secret in ["at-0", "rt-0"] { #expect(!page.contains(secret)) }
        world.site.clock.move(by: 3600)
        let asked = try await ada.submit(place + "/reveal", on: place)
        #expect(asked.status == 403 && asked.contains("confirm_password") && !asked.contains("at-0"))
        #expect(try await !ada.get("/t/acme/audit?area=connection").contains("u1"))
        let shown = try await ada.confirmed(place, "/reveal", world)
        #expect(shown.status == 200 && shown.contains("at-0") && shown.contains("rt-0"))
        #expect(shown.headers[.cacheControl] == "no-store")
        #expect(try await ada.get("/t/acme/audit?area=connection").contains("u1"))
        #expect(try await !ada.get(place).contains("at-0"))
    }

    @Test func `of a provider that has left the catalogue every value is masked`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let integration = try await world.integrate("metrics")
        let number = try await world.store.save(
            ConnectionDraft(
                connectionID: "m1", credentials: .apiKey("k"), values: ["app_key": "quite-a-secret"]),
            of: integration, at: world.site.clock.now
        ).number
        #expect(try await !ada.get("\(Self.list)/\(number)").contains("quite-a-secret"))
        try await world.site.engine.write { db in _ = try db.run("UPDATE integrations SET provider = 'left'") }
        let page = try await ada.get("\(Self.list)/\(number)")
        #expect(page.status == 200 && page.contains("app_key") && !page.contains("quite-a-secret"))
    }

    @Test func `what a provider takes as user name may be an API key, and is masked as one`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let integration = try await world.integrate("shop")
        let number = try await world.store.save(
            ConnectionDraft(
                connectionID: "s1", credentials: .basic(username: "quite-a-secret", password: ""), values: [:]),
            of: integration, at: world.site.clock.now
        ).number
        let page = try await ada.get("\(Self.list)/\(number)")
        #expect(page.contains("<dt>API key</dt>") && !page.contains("quite-a-secret"))
        let shown = try await ada.submit("\(Self.list)/\(number)/reveal", on: "\(Self.list)/\(number)")
        #expect(shown.contains("quite-a-secret"))
        try await world.site.engine.write { db in _ = try db.run("UPDATE integrations SET provider = 'left'") }
        #expect(try await !ada.get("\(Self.list)/\(number)").contains("quite-a-secret"))
    }

    @Test func `refresh now renews, and a failure is said with what to do and its steps`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let connection = try await world.connect()
        let place = "\(Self.list)/\(connection.number)"
        #expect(try await ada.submit(place + "/refresh", on: place).location == place)
        #expect(try await ada.get(place).contains("The credentials are renewed"))
        #expect(
            try world.store.connection(number: connection.number, of: connection.tenant)?.credentials.accessToken
                == "at-1")
        world.provider.behave(.answers(400, #"{"error":"invalid_grant"}"#))
        _ = try await ada.submit(place + "/refresh", on: place)
        let broken = try await ada.get(place)
        #expect(broken.contains("Connect again") && broken.contains("invalid_grant") && broken.contains("What to do"))
        let trace = try #require(broken.value(after: "href=\"\(Self.base)/activity/"))
        let steps = try await ada.get("\(Self.base)/activity/\(trace)")
        #expect(steps.contains("Refresh at photos failed") && steps.contains("Asked the provider for new credentials"))
        #expect(steps.contains("<dt>Address</dt>") && steps.contains("<dt>Why</dt>") && !steps.contains("<dt>url</dt>"))
        #expect(steps.contains("href=\"\(place)\""))
        for secret in ["rt-1", "s3cret"] { #expect(!steps.contains(secret)) }
        #expect(try await ada.get(Self.list + "?state=broken").contains(">u1<"))
        #expect(try await ada.get(Self.base).contains("Needs somebody"))
    }

    @Test func `metadata is saved as JSON, and what is not is shown again with the place`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let place = "\(Self.list)/\(try await world.connect().number)"
        for (typed, complaint) in [
            ("{\r\n  \"a\": 1,\r\n}", "Line 3"), ("[1]", "one JSON object"), ("", "Line 1"),
            ("{\"a\":1,\"a\":2}", "Line 1"),
            ("{\"a\": </textarea><b>", "Line 1"),
        ] {
            let refused = try await ada.submit(place + "/metadata", ["metadata": typed], on: place)
            #expect(refused.status == 422 && refused.contains(complaint), "\(typed)")
            #expect(!refused.contains("</textarea><b>"))
        }
        let good = "{\"folder\": 7, \"name\": \"Zo\u{eb} \\\"x\\\"\"}"
        #expect(try await ada.submit(place + "/metadata", ["metadata": good], on: place).location == place)
        #expect(try await ada.get(place).contains("&quot;folder&quot;: 7"))
        let answer = try await world.call(.get, "/connection/u1?provider_config_key=photos")
        #expect(answer.member("metadata.name") == "Zo\u{eb} \"x\"")
    }

    @Test func `deleting says what happens at the provider, and does it`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let place = "\(Self.list)/\(try await world.connect().number)"
        #expect(try await ada.get(place + "/delete").contains("Photos is told to revoke the tokens"))
        #expect(try await ada.submit(place + "/delete").location == Self.list)
        #expect(world.provider.seen.revoked.count == 1)
        #expect(try await ada.get(place).status == 404)
        #expect(try await ada.get(Self.base + "/activity?action=delete").contains("Delete at photos"))
    }

    @Test func `a connection of another environment is not found under this one`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let number = try await world.connect().number
        for end in ["", "/delete"] {
            #expect(try await ada.get("/t/acme/env/prod/connections/\(number)\(end)").status == 404)
        }
        for end in ["/reveal", "/refresh", "/metadata", "/delete", "/reconnect"] {
            let answer = try await ada.submit(
                "/t/acme/env/prod/connections/\(number)\(end)", ["metadata": "{}"], on: "/account")
            #expect(answer.status == 404, "\(end)")
        }
        let integration = try #require(try world.store.integration("photos", in: world.environment)).id.text
        #expect(try await ada.get("/t/acme/env/prod/integrations/\(integration)").status == 404)
    }

    @Test func `activity is filtered by the address, and says what to do about each error`() async throws {
        let world = try await BrokerWorld(.answers(401, #"{"error":"invalid_client"}"#))
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        #expect(try await ada.get(Self.base + "/activity").contains("Nothing yet"))
        try await world.connect(expiresIn: -5)
        _ = try await world.call(.get, "/connection/u1?provider_config_key=photos")
        let list = try await ada.get(Self.base + "/activity")
        #expect(
            list.contains("Refresh at photos") && list.contains("invalid_client")
                && list.contains("client ID or secret"))
        for query in ["outcome=failure", "action=refresh&integration=photos", "connection=u1", "from=2020-01-01"] {
            #expect(try await ada.get("\(Self.base)/activity?\(query)").contains("Refresh at photos"), "\(query)")
        }
        for query in ["outcome=success", "action=connect", "connection=u2", "until=2020-01-01", "integration=mail"] {
            #expect(!(try await ada.get("\(Self.base)/activity?\(query)")).contains("Refresh at photos"), "\(query)")
        }
        let wrong = try await ada.get(Self.base + "/activity?from=yesterday")
        #expect(wrong.status == 422 && wrong.contains("Enter a date"))
        // A browser shows nothing in a date box that holds no date.
        #expect(wrong.contains("id=\"field-from\" type=\"text\" name=\"from\" value=\"yesterday\""))
        #expect(wrong.contains("id=\"field-until\" type=\"date\""))
        #expect(try await ada.get(Self.base + "/activity/trc_0000000000000000").status == 404)
    }
}
