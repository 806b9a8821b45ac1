import Foundation
import HTTPTypes
import Testing
import Web

@Suite struct SecurityHeaderTests {
    static let expected = [
        ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    /// Pages of a popup, which speak to the window that opened it.
    private static let popups = [
        "GET /oauth/callback", "POST /oauth/callback", "GET /app-auth/connect", "GET /connect ",
    ]

    private func check(_ answer: Answer, _ what: String, isSecure: Bool = false) throws {
        for (name, value) in Self.expected {
            let isOpener = Self.popups.contains { (what + " ").hasPrefix($0) } && name == "Cross-Origin-Opener-Policy"
            #expect(answer.header(name) == (isOpener ? "unsafe-none" : value), "\(what): \(name)")
        }
        let policy = try #require(answer.header("Content-Security-Policy"), "\(what)")
        for part in ["default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
            #expect(policy.contains(part), "\(what): \(part)")
        }
        #expect(!policy.contains("unsafe") && !policy.contains("*"))
        #expect(answer.header("Permissions-Policy") != nil && answer.header("Cache-Control") != nil, "\(what)")
        #expect((answer.header("Strict-Transport-Security") != nil) == isSecure, "\(what)")
        // Only what is published for every app to read may be read by every page.
        let isPublished = what.contains("/.well-known/") || what.contains("/openapi.json")
        let crossOrigin = answer.headers.filter { $0.name.canonicalName.hasPrefix("access-control-") }
        #expect(isPublished ? crossOrigin.allSatisfy { $0.value == "*" } : crossOrigin.isEmpty, "\(what)")
        #expect(answer.header("Server")?.contains("/") != true)
    }

    @Test func `Case 239, 244: every route's answer carries the headers, refusals and redirects too`() async throws {
        let site = try await TestSite()
        for (method, path) in site.site.routeTable() {
            let answer = try await site.send(
                try #require(HTTPRequest.Method(method)),
                path
                    .replacingOccurrences(of: "{tenant}", with: "acme").replacingOccurrences(of: "{", with: "")
                    .replacingOccurrences(of: "}", with: ""))
            #expect(answer.status < 500, "\(method) \(path)")
            try check(answer, "\(method) \(path)")
        }
    }

    @Test func `Case 239: a form can send nowhere but here, unless signing in or deciding goes on to an app`()
        async throws
    {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        var without: Set<String> = []
        for (method, path) in site.site.routeTable() where method == "GET" {
            let place = path.replacingOccurrences(of: "{tenant}", with: "acme").replacingOccurrences(of: "{", with: "")
                .replacingOccurrences(of: "}", with: "")
            for answer in [try await site.send(.get, place), try await ada.get(place)] {
                let policy = try #require(answer.header("Content-Security-Policy"), "\(path)")
                if !policy.contains("; form-action 'self'") { without.insert(path) }
            }
        }
        #expect(without == ["/login"])
        let refused = try await site.browser().signIn(site.cast.ada.email, "not the password")
        #expect(refused.status == 422 && refused.header("Content-Security-Policy")?.contains("form-action") == false)
        for somebody in [try site.cast.ada, try site.cast.grace] {
            let page = try await site.browser(signedInAs: somebody).get(try site.authorizePath())
            #expect(page.hidden("ticket") != nil)
            #expect(page.header("Content-Security-Policy")?.contains("form-action") == false)
        }
        let stranger = try await site.browser(signedInAs: site.cast.mallory).get(try site.authorizePath())
        #expect(stranger.header("Content-Security-Policy")?.contains("; form-action 'self'") == true)
    }

    @Test func `Case 244: errors of the front carry them, and HSTS on https`() async throws {
        let site = try await TestSite(base: "https://gatewright.example", hasCast: false)
        let requests: [(HTTPRequest.Method, String, String?)] = [
            (.get, "/", nil), (.get, "/nothing", nil), (.get, "//", nil), (.get, "/", "evil.example"),
            (.put, "/login", nil), (.post, "/login", nil), (.get, "/dashboard", nil), (.get, "/v2/me", nil),
            (.get, "/t/nowhere", "acme.gatewright.example"), (.get, "/assets/app.css", nil), (.get, "/healthz", nil),
        ]
        for (method, path, host) in requests {
            let answer = try await site.send(method, path, host: host)
            try check(answer, "\(method) \(path) \(host ?? "")", isSecure: true)
        }
    }

    @Test func `Case 154: no page of a person and no answer of the API may be stored by a cache`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let token = try await ada.makeToken().token
        for path in ["/dashboard", "/account", "/tokens", "/apps", "/t/acme", "/tenants/new", "/", "/scopes"] {
            #expect(try await ada.get(path).header("Cache-Control")?.contains("no-store") == true, "\(path)")
        }
        for path in ["/v2/me", "/t/acme/api/v1/people"] {
            #expect(try await site.call(path, token).header("Cache-Control") == "no-store")
        }
    }

    @Test func `Case 40, 98: a page of another site gets no permission to read anything`() async throws {
        let site = try await TestSite()
        let origin = [("Origin", "https://roster.example"), ("Access-Control-Request-Method", "POST")]
        for path in [try site.authorizePath(), "/t/acme/oauth/token", "/v2/me", "/t/acme/api/v1/people", "/login"] {
            for method in [HTTPRequest.Method.get, .options] {
                try check(try await site.send(method, path, headers: origin), "\(method) \(path)")
            }
        }
    }

    @Test func `Case 243: what was asked for is not repeated in an error`() async throws {
        let site = try await TestSite(hasCast: false)
        for path in ["/<script>alert(1)</script>", "/nothing?x=<script>alert(1)</script>", "/t/<b>x</b>/api/v1/people"]
        {
            let answer = try await site.send(.get, path)
            #expect(answer.status >= 400 && !answer.contains("<script>alert") && !answer.contains("<b>x"), "\(path)")
        }
    }
}
