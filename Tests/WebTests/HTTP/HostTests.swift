import Foundation
import HTTPTypes
import OAuth
import Testing
import Web

@Suite struct HostTests {
    @Test(arguments: [
        "evil.example", "127.0.0.1:8081", "127.0.0.1", "127.0.0.1:8080.evil.example", "acme.evil.example",
        "a.acme.localhost:8080", "ACME.localhost:8080", "acme.localhost:8080.", "acme..localhost:8080",
        "-acme.localhost:8080", ".localhost:8080", "acme.localhost:8080@evil.example",
    ])
    func `Case 142: an unknown host is answered 421`(host: String) async throws {
        let site = try await TestSite(hasCast: false)
        for path in ["/", "/login", "/v2/me", "/t/acme/oauth/authorize"] {
            let answer = try await site.send(.get, path, host: host)
            #expect(answer.status == 421 && answer.location == nil, "\(host) \(path)")
            #expect(!answer.contains("evil"))
        }
    }

    @Test func `Case 142: issuer, links and redirects come from the configured address, whatever headers say`()
        async throws
    {
        let site = try await TestSite()
        let lies = [
            ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https"), ("X-Original-URL", "/operator"),
            ("X-Rewrite-URL", "/operator"), ("Forwarded", "for=127.0.0.1;host=evil.example;proto=https"),
        ]
        let metadata = try await site.send(.get, "/t/acme/.well-known/oauth-authorization-server", headers: lies)
        #expect(metadata.json["issuer"] as? String == "http://127.0.0.1:8080/t/acme")
        #expect(!metadata.contains("evil"))
        #expect(try await site.send(.get, "/dashboard", headers: lies).location == "/login?next=%2Fdashboard")
        let home = try await site.send(.get, "/t/acme", headers: lies, host: "acme.localhost:8080")
        #expect(home.location?.contains("evil") == false)
        let browser = site.browser()
        try await browser.submit(
            "/forgot", ["email": try site.cast.ada.email],
            headers: lies + [
                ("Origin", "http://127.0.0.1:8080"), ("Sec-Fetch-Site", "same-origin"),
            ])
        let letters = try site.letters(to: site.cast.ada.email)
        #expect(letters.first?.contains("http://127.0.0.1:8080/reset/") == true)
        #expect(!letters.joined().contains("evil"))
    }

    @Test func `Case 142: two Host lines are a bad request`() async throws {
        let site = try await TestSite(hasCast: false)
        #expect(try await site.send(.get, "/login", headers: [("Host", "evil.example")]).status == 400)
    }

    @Test func `Case 250: there is one spelling of every address`() async throws {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        #expect(try await olga.get("/operator").status == 200)
        for path in [
            "//operator", "/./operator", "/%6fperator", "/operator%2f", "/operator;x", "/assets/../operator",
            "/operator/", "/operator/.", "/operator%23", "/operator#x", "/assets/..%2foperator", "/operator\\",
            "/OPERATOR", "//evil.example/", "/operator%00", "/t/acme/../northwind", "/operator//outbox",
            "/\\evil.example",
        ] {
            let answer = try await olga.get(path)
            #expect(answer.status == 404 || answer.status == 400, "\(path)")
            #expect(answer.location == nil, "\(path)")
        }
    }

    @Test func `Whoever is signed in sees so at an address that is spelled wrongly, too`() async throws {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        for path in ["/dashboard/", "/t/acme/", "/operator//outbox", "/%6fperator"] {
            let answer = try await olga.get(path)
            #expect(answer.status == 404 && answer.contains("Sign out"), "\(path)")
            #expect(answer.contains("do not end in a slash"), "\(path)")
            #expect(try await !site.browser().get(path).contains("Sign out"), "\(path)")
        }
        #expect(try await site.send(.get, "/v2/me/").headers[.contentType] == "application/json")
        #expect(try await site.send(.get, "/dashboard/", host: "evil.example").status != 200)
    }

    @Test func `Case 256: assets have plain names`() async throws {
        let site = try await TestSite(hasCast: false)
        #expect(try await site.send(.get, "/assets/app.css").status == 200)
        for path in [
            "/assets/.env", "/assets/..", "/assets/app.css/x", "/assets/Package.swift", "/assets/%2e%2e", "/assets/",
        ] {
            #expect(try await site.send(.get, path).status == 404, "\(path)")
        }
    }

    @Test func `A tenant's own host answers machines in place and sends browsers to the portal`() async throws {
        let site = try await TestSite()
        let host = "acme.localhost:8080"
        let page = try await site.send(.get, "/oauth/authorize?client_id=x&state=a%20b", host: host)
        #expect(page.status == 302)
        #expect(page.location == "http://127.0.0.1:8080/t/acme/oauth/authorize?client_id=x&state=a%20b")
        #expect(try await site.send(.get, "/", host: host).location == "http://127.0.0.1:8080/t/acme")
        #expect(try await site.send(.post, "/oauth/authorize", host: host).status == 421)

        let metadata = try await site.send(.get, "/.well-known/oauth-authorization-server", host: host)
        #expect(metadata.status == 200 && metadata.json["issuer"] as? String == "http://127.0.0.1:8080/t/acme")
        let token = try await site.send(.post, "/oauth/token", headers: [TestSite.form], host: host)
        #expect(token.status == 400 && token.error == "invalid_request")
        #expect(try await site.send(.get, "/api/v1/people", host: host).status == 401)
        let nobody = try await site.send(.get, "/.well-known/oauth-authorization-server", host: "nobody.localhost:8080")
        #expect(nobody.status == 404)
    }

    @Test func `A tenant's host reaches no other tenant, and a session of the portal counts for nothing there`()
        async throws
    {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let token = try await ada.makeToken(at: "acme").token
        let bearer = [("Authorization", "Bearer \(token)")]
        #expect(try await site.send(.get, "/api/v1/people", headers: bearer, host: "acme.localhost:8080").status == 200)
        #expect(
            try await site.send(.get, "/api/v1/people", headers: bearer, host: "globex.localhost:8080").status == 401)
        let below = try await site.send(.get, "/t/acme/api/v1/people", headers: bearer, host: "globex.localhost:8080")
        #expect(below.status != 200)
        let cookie = [("Cookie", "gw_session=\(ada.session ?? "")")]
        #expect(try await site.send(.get, "/api/v1/people", headers: cookie, host: "acme.localhost:8080").status == 401)
    }

    @Test func `Case 143: only a named proxy is believed about who is behind it`() async throws {
        let proxy = "10.1.1.1"
        let site = try await TestSite(trustedProxies: [proxy])
        func attempt(_ forwarded: String, from peer: String) async throws -> Int {
            let fields = [("grant_type", "refresh_token"), ("client_id", "gw_id_nobody"), ("refresh_token", "x")]
            return try await site.token(fields, headers: [("X-Forwarded-For", forwarded)], from: peer).status
        }
        // From anybody else the header changes nothing: the twenty first failures are one address's.
        for number in 0..<20 { #expect(try await attempt("203.0.113.\(number)", from: "198.51.100.7") == 401) }
        #expect(try await attempt("203.0.113.99", from: "198.51.100.7") == 429)
        // Behind the proxy its own entry, the last, counts; what clients write before it does not.
        for number in 0..<20 { #expect(try await attempt("192.0.2.\(number), 203.0.113.5", from: proxy) == 401) }
        #expect(try await attempt("192.0.2.77, 203.0.113.5", from: proxy) == 429)
        #expect(try await attempt("203.0.113.5, 203.0.113.6", from: proxy) == 401)
        #expect(try await attempt("garbage", from: proxy) == 401)
    }

    @Test func `Case 63, 271: each tenant's metadata names itself, at both addresses of RFC 8414`() async throws {
        let site = try await TestSite()
        for slug in ["acme", "globex", "northwind"] {
            let one = try await site.send(.get, "/t/\(slug)/.well-known/oauth-authorization-server")
            let other = try await site.send(.get, "/.well-known/oauth-authorization-server/t/\(slug)")
            #expect(one.status == 200 && one.body == other.body)
            let issuer = "http://127.0.0.1:8080/t/\(slug)"
            #expect(one.json["issuer"] as? String == issuer)
            #expect(one.json["token_endpoint"] as? String == issuer + "/oauth/token")
            #expect(one.json["authorization_endpoint"] as? String == issuer + "/oauth/authorize")
            #expect(one.json["code_challenge_methods_supported"] as? [String] == ["S256"])
            #expect(one.json["response_types_supported"] as? [String] == ["code"])
        }
        let elsewhere = try await site.send(.get, "/.well-known/openid-configuration/t/acme")
        #expect(elsewhere.json["issuer"] as? String == "http://127.0.0.1:8080/t/acme")
    }
}
