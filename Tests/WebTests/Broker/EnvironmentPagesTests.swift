import Broker
import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("Broker · environments and settings in the portal")
struct EnvironmentPagesTests {
    private static let base = "/t/acme/env/dev"

    @Test func `an admin finds the way from the workspace, and what to do first`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        #expect(try await ada.get("/t/acme").contains("href=\"/t/acme/env\""))
        #expect(try await ada.get("/t/acme/env").location == Self.base)
        let first = try await ada.get(Self.base)
        #expect(first.status == 200 && first.contains("First steps") && first.contains("Choose a provider"))
        #expect(first.contains("href=\"/t/acme/env/prod\""))
        try await world.connect()
        let second = try await ada.get(Self.base)
        #expect(second.contains("1 connection<") && second.contains("/connection/u1?provider_config_key=photos"))
        #expect(second.contains("Fetch from your backend"))
        // The key was made with the world; the first call of a backend is all that is missing.
        #expect(try await world.call(.get, "/connection/u1?provider_config_key=photos").status == 200)
        try await world.store.flushUses()
        #expect(try await !ada.get(Self.base).contains("First steps"))
    }

    @Test func `members and strangers see nothing of it`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        let grace = try await world.site.browser(signedInAs: world.site.cast.grace)
        let mallory = try await world.site.browser(signedInAs: world.site.cast.mallory)
        for path in ["", "/integrations", "/connections", "/connections/1", "/activity", "/webhooks", "/settings"] {
            let answer = try await grace.get(Self.base + path)
            #expect(answer.status == 403 && answer.contains("Only an admin of Acme"), "\(path)")
            #expect(!answer.contains("at-0") && !answer.contains(world.environment.publicKey), "\(path)")
            #expect(try await mallory.get(Self.base + path).status == 404, "\(path)")
        }
        #expect(try await !grace.get("/t/acme").contains("/t/acme/env"))
    }

    @Test func `environments are added by a name that fits an address, and deleted by typing it`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        for name in ["", "Staging", "new", "-x", "a b", String(repeating: "x", count: 33), "dev"] {
            let refused = try await ada.submit(
                "/t/acme/env", ["name": name, "hmac": "required"], on: "/t/acme/env/new")
            #expect(refused.status == 422 && refused.contains("id=\"err-name\""), "\(name)")
        }
        let made = try await ada.submit("/t/acme/env", ["name": "staging", "hmac": "off"], on: "/t/acme/env/new")
        #expect(made.location == "/t/acme/env/staging")
        let acme = try world.site.cast.acme.id
        #expect(try #require(try world.store.environment("staging", of: acme)).requiresHMAC == false)
        let wrong = try await ada.submit("/t/acme/env/staging/delete", ["confirm_name": "dev"])
        #expect(wrong.status == 422 && wrong.contains("Type the name exactly: staging"))
        #expect(try world.store.environment("staging", of: acme) != nil)
        _ = try await ada.submit("/t/acme/env/staging/delete", ["confirm_name": "staging"])
        #expect(try world.store.environment("staging", of: acme) == nil)
        #expect(try await ada.get("/t/acme/env/staging").status == 404)
    }

    @Test func `a secret key is shown once, works, overlaps its successor and can be revoked`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let settings = Self.base + "/settings"
        let nameless = try await ada.submit(
            settings + "/keys", ["key_name": " ", "limited": "yes"], on: settings)
        #expect(nameless.status == 422 && nameless.contains("Enter a name") && nameless.contains("Choose at least one"))
        let made = try await ada.submit(
            settings + "/keys",
            ["key_name": "Report", "limited": "yes", "scopes": "connections:list", "scopes": "connections:read"],
            on: settings)
        let place = try #require(made.location)
        let page = try await ada.get(place)
        let secret = try #require(page.body.firstMatch(of: /gw_sk_[0-9A-Za-z]{36}/)).output
        #expect(try await !ada.get(place).contains("gw_sk_"))
        #expect(try await world.call(.get, "/connection", key: String(secret)).status == 200)
        let forbidden = try await world.call(.get, "/connection/u1?provider_config_key=photos", key: String(secret))
        #expect(forbidden.status == 200 && !forbidden.contains("at-0"))
        let again = try await ada.submit(place + "/rotate", ["overlap": "1h"], on: settings)
        let next = try await ada.get(try #require(again.location))
        #expect(next.contains("works until"))
        #expect(try await world.call(.get, "/connection", key: String(secret)).status == 200)
        world.site.clock.move(by: 3601)
        #expect(try await world.call(.get, "/connection", key: String(secret)).status == 401)
        let successor = try #require(next.body.firstMatch(of: /gw_sk_[0-9A-Za-z]{36}/)).output
        #expect(try await world.call(.get, "/connection", key: String(successor)).status == 200)
        #expect(try await ada.confirmed(again.location ?? "", "/revoke", world).location == settings)
        #expect(try await world.call(.get, "/connection", key: String(successor)).status == 401)
    }

    @Test func `keys ask who one is when the last proof is old, and keep what was typed`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        world.site.clock.move(by: 3600)
        let settings = Self.base + "/settings"
        for path in ["/keys", "/hmac", "/hmac/reveal", "/hmac/require", "/origins", "/callback"] {
            let asked = try await ada.submit(settings + path, ["key_name": "X"], on: settings)
            #expect(asked.status == 403 && asked.contains("confirm_password"), "\(path)")
            let part = path.hasPrefix("/hmac/reveal") || path == "/hmac" ? "#hmac-title" : ""
            #expect(asked.contains("action=\"\(settings + path + part)\""), "\(path)")
        }
        for path in ["/key", "/key/reveal"] {
            let asked = try await ada.submit(Self.base + "/webhooks" + path, on: Self.base + "/webhooks")
            #expect(asked.status == 403 && asked.contains("confirm_password"), "\(path)")
            #expect(asked.contains("action=\"\(Self.base)/webhooks\(path)#key-title\""), "\(path)")
        }
    }

    @Test func `an answer far down a long page opens at what it changed, and says what a new key means`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let (settings, webhooks) = (Self.base + "/settings", Self.base + "/webhooks")
        let first = try await ada.submit(settings + "/hmac", on: settings)
        #expect(first.contains("gw_hk_") && !first.contains("The one before it"))
        let page = try await ada.get(settings)
        #expect(page.contains("<h2 id=\"hmac-title\" tabindex=\"-1\">"))
        for form in ["/hmac", "/hmac/reveal", "/hmac/require"] {
            #expect(page.contains("action=\"\(settings + form)#hmac-title\""), "\(form)")
        }
        let rotated = try await ada.submit(settings + "/hmac", ["overlap": "1h"], on: settings)
        #expect(rotated.contains("This is the new key. The one before it works until"))
        // Its answer is a word at the top, so it opens there.
        let early = try await ada.submit(settings + "/hmac", ["overlap": "1h"], on: settings)
        #expect(early.location == settings + "#main")
        let turning = try await ada.submit(settings + "/hmac/require", ["required": "yes"], on: settings)
        #expect(turning.contains("href=\"\(settings)#hmac-title\">Leave it off</a>"))
        let list = try await ada.get(webhooks)
        #expect(list.contains("<h2 id=\"key-title\" tabindex=\"-1\">"))
        #expect(list.contains("action=\"\(webhooks)/key#key-title\""))
        let signing = try await ada.submit(webhooks + "/key", ["overlap": "now"], on: webhooks)
        #expect(signing.contains("This is the new key. The one before it works no longer."))
    }

    @Test func `Require HMAC is turned on in two steps, and only with a key`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let settings = Self.base + "/settings"
        let early = try await ada.submit(
            settings + "/hmac/require", ["required": "yes", "understood": "yes"], on: settings)
        #expect(early.location == settings)
        #expect(try await ada.get(settings).contains("make an HMAC key first"))
        let made = try await ada.submit(settings + "/hmac", on: settings)
        let key = try #require(made.body.firstMatch(of: /gw_hk_[0-9A-Za-z]{43}/)).output
        #expect(try world.store.hmacKeys(of: world.environment.id, at: world.site.clock.now) == [String(key)])
        #expect(try await !ada.get(settings).contains("gw_hk_"))
        #expect(try await ada.submit(settings + "/hmac/reveal", on: settings).contains(String(key)))
        #expect(try await ada.get("/t/acme/audit?area=environment").contains("Looked at a signing key"))
        for isSigned in [true, false, true] {
            try await world.store.countConnect(in: world.environment.id, isSigned: isSigned, at: world.site.clock.now)
        }
        let asked = try await ada.submit(settings + "/hmac/require", ["required": "yes"], on: settings)
        #expect(asked.contains("2 of the 3 requests of the last 7 days"))
        #expect(asked.status == 200 && asked.contains("Not on yet"))
        #expect(try world.store.environment("dev", of: world.environment.tenant)?.requiresHMAC == false)
        _ = try await ada.submit(settings + "/hmac/require", ["required": "yes", "understood": "yes"], on: settings)
        #expect(try world.store.environment("dev", of: world.environment.tenant)?.requiresHMAC == true)
        _ = try await ada.submit(settings + "/hmac/require", ["required": "no"], on: settings)
        #expect(try world.store.environment("dev", of: world.environment.tenant)?.requiresHMAC == false)
    }

    @Test func `origins and callback are checked, shown again as typed, and kept`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let settings = Self.base + "/settings"
        for wrong in [
            "app.example", "https://app.example/login", "https://*.example", "ftp://app.example", "http://app.example",
            "https://APP.example", "null", "https://app.example:443", "https://a@app.example", "*",
        ] {
            let refused = try await ada.submit(
                settings + "/origins", ["origins": "https://ok.example\n" + wrong], on: settings)
            #expect(refused.status == 422 && refused.contains("is no origin"), "\(wrong)")
        }
        _ = try await ada.submit(
            settings + "/origins", ["origins": "https://b.example:8443\r\nhttp://localhost:3000\r\n"], on: settings)
        #expect(
            try world.store.allowedOrigins(of: world.environment.id) == [
                "http://localhost:3000", "https://b.example:8443",
            ])
        for wrong in ["acme.example", "http://acme.example/callback", "https://acme.example/#x", "javascript:alert(1)"]
        {
            let refused = try await ada.submit(settings + "/callback", ["callback": wrong], on: settings)
            #expect(refused.status == 422 && refused.contains("value=\"\(wrong)\""), "\(wrong)")
        }
        _ = try await ada.submit(settings + "/callback", ["callback": "https://acme.example/login/done"], on: settings)
        let saved = try await ada.get(settings)
        #expect(
            saved.contains("location = /login/done")
                && saved.contains("return 308 http://127.0.0.1:8080/oauth/callback"))
        try await world.integrate("photos")
        #expect(try await ada.get(Self.base + "/integrations/new/photos").contains("https://acme.example/login/done"))
        _ = try await ada.submit(settings + "/callback", ["callback": ""], on: settings)
        #expect(try world.store.environment("dev", of: world.environment.tenant)?.callbackURL == nil)
    }

    @Test func `a webhook address is tested, and a delivery can be sent again`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let webhooks = Self.base + "/webhooks"
        #expect(try await ada.submit(webhooks, ["address": "acme.example"]).status == 422)
        #expect(try await ada.submit(webhooks + "/test", on: webhooks).location == webhooks)
        _ = try await ada.submit(webhooks, ["address": world.provider.url + "/webhook"])
        world.provider.next([(500, [:])])
        let place = try #require(try await ada.submit(webhooks + "/test", on: webhooks).location)
        #expect(try await ada.get(place).contains("Waiting"))
        _ = try await world.site.site.deliverWebhooks()
        #expect(try await ada.get(place).contains("HTTP 500"))
        let again = try #require(try await ada.submit(place + "/replay", on: place).location)
        #expect(again != place)
        _ = try await world.site.site.deliverWebhooks()
        let done = try await ada.get(again)
        #expect(done.contains("Delivered") && done.contains("href=\"\(place)\""))
        #expect(try await ada.get(webhooks).contains("Delivered"))
        #expect(world.provider.seen.webhooks.count == 2)
        // What the page tells receivers to check is what was sent.
        let key = try #require(try world.store.webhookKeys(of: world.environment.id, at: world.site.clock.now).first)
        let shown = try await ada.submit(webhooks + "/key/reveal", on: webhooks)
        #expect(shown.contains(key))
        #expect(try await !ada.get(webhooks).contains(key))
        let rotated = try await ada.submit(webhooks + "/key", ["overlap": "24h"], on: webhooks)
        #expect(rotated.status == 200 && !rotated.contains(key) && rotated.contains("gw_wk_"))
        // A word that is none would end the old key at once; and so would another rotation.
        #expect(try await ada.submit(webhooks + "/key", ["overlap": "day"], on: webhooks).status == 400)
        #expect(try await ada.submit(webhooks + "/key", ["overlap": "1h"], on: webhooks).location == webhooks + "#main")
        #expect(try await ada.get(webhooks).contains("the key before this one still works"))
        #expect(try world.store.webhookKeys(of: world.environment.id, at: world.site.clock.now).last == key)
    }
}

extension Browser {
    /// Posts to a page below an address whose own GET asks first, after proving who one is again.
    func confirmed(_ path: String, _ end: String, _ world: BrokerWorld) async throws -> Answer {
        let asked = try await submit(path + end, on: "/account")
        guard asked.status == 403, let kept = asked.hidden("kept") else { return asked }
        return try await post(
            path + end,
            [
                ("kept", kept), ("csrf", asked.csrf ?? ""), ("confirm_password", try world.site.cast.ada.password),
                ("confirm_code", ""),
            ])
    }
}
