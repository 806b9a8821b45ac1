import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite struct AuthorizeRequestTests {
    private static let right =
        "&response_type=code&scope=people:read&state=s"
        + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"

    @Test(arguments: [
        "&response_type=token", "&response_type=code&scope=nonsense", "&response_type=code&prompt=none",
        "&response_type=code&prompt=none%20login", "&response_type=code&response_mode=fragment",
        "&response_type=code&request=x", "&response_type=code&request_uri=https://internal.example/", "&max_age=x",
        right,
        right + "&prompt=none", right + "&state=twice",
    ])
    func `Case 26: no other error makes the server send anybody to an unregistered address`(rest: String) async throws {
        let site = try await TestSite()
        let app = try site.cast.rosterSync
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let registered = Browser.encode(app.callback)
        for uri in [
            "https%3A%2F%2Fevil.example%2F", registered + "%2F", registered + "?x",
            "https%253A%252F%252Froster.example",
            registered + "%23", "javascript%3Aalert(1)", "%2F%2Fevil.example", registered.uppercased(),
            "\(registered)&redirect_uri=https%3A%2F%2Fevil.example",
            "https%3A%2F%2Fevil.example&redirect_uri=\(registered)",
        ] {
            let path = "/t/acme/oauth/authorize?client_id=\(app.app.clientID)&redirect_uri=\(uri)\(rest)"
            for browser in [ada, site.browser()] {
                let answer = try await browser.get(path)
                #expect(answer.status == 400 && answer.location == nil, "\(uri) \(rest)")
                #expect(!answer.contains("href=\"https://evil") && !answer.contains("href=\"javascript"))
            }
        }
        for client in ["", "&client_id=gw_id_nobody", "&client_id=a&client_id=b"] {
            let answer = try await ada.get(
                "/t/acme/oauth/authorize?redirect_uri=https%3A%2F%2Fevil.example\(client)\(rest)")
            #expect(answer.status == 400 && answer.location == nil, "\(client)")
        }
    }

    @Test func `Case 27: a stranger is asked to sign in before an error sends them on`() async throws {
        let site = try await TestSite()
        let broken = try site.authorizePath(scope: "nonsense")
        let stranger = try await site.browser().get(broken)
        #expect(stranger.status == 303)
        #expect(stranger.location == "/login?next=" + Browser.encode(broken))
        // Its developer knows where it leads; Mallory is asked first, and may stay.
        let own = try await site.browser(signedInAs: site.cast.lin).get(broken)
        #expect(own.parameter("error") == "invalid_scope" && own.location?.hasPrefix("https://roster.example/") == true)
        let answer = try await site.browser(signedInAs: site.cast.mallory).get(broken)
        #expect(answer.status == 200 && answer.location == nil && answer.contains("Go to"))
        #expect(answer.value(after: "href=\"https://roster.example/")?.contains("error=invalid_scope") == true)
    }

    @Test func `Case 27: no link to this server becomes a link to an app that nobody here allowed`() async throws {
        let site = try await TestSite()
        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        let callback = "https://evil.example/callback"
        let app = try await mallory.register(callbacks: [callback]).clientID
        // Her own tenant allows it: that vouches for nothing to anybody else.
        let own = try site.path(of: app, callback: callback, at: "globex")
        #expect(try await mallory.decide("allow", at: own, tenant: "globex").parameter("code") != nil)
        for (tenant, somebody) in [
            ("globex", try site.cast.ada), ("acme", try site.cast.ada), ("acme", try site.cast.grace),
            ("globex", try site.cast.olga),
        ] {
            let signedOut = try await site.browser(signedInAs: somebody)
            signedOut.session = nil
            for browser in [site.browser(), signedOut, try await site.browser(signedInAs: somebody)] {
                for more in ["&prompt=none", "&scope=x", "&response_mode=fragment", "&prompt=none&max_age=x"] {
                    let answer = try await browser.get(try site.path(of: app, callback: callback, at: tenant) + more)
                    let isAsked = answer.status == 200 && answer.contains("evil.example")
                    #expect(isAsked || answer.location?.hasPrefix("/login?next=") == true, "\(tenant) \(more)")
                }
            }
        }
        // What she allowed leads back to her at once, as silently as she asked.
        #expect(try await mallory.get(own + "&prompt=none").parameter("code") != nil)
    }

    @Test func `Case 25: a callback that was left out is the only registered one, or an error page`() async throws {
        let site = try await TestSite()
        let path = "/t/acme/oauth/authorize?client_id=\(try site.cast.rosterSync.app.clientID)" + Self.right
        let ada = try await site.browser(signedInAs: site.cast.ada)
        #expect(try await ada.get(path).status == 200)
        try await site.change { $0.callbacks.append("https://roster.example/other") }
        let answer = try await ada.get(path)
        #expect(answer.status == 400 && answer.location == nil)
    }

    @Test(arguments: [
        ("token", "unsupported_response_type"), ("id_token", "unsupported_response_type"),
        ("code token", "unsupported_response_type"), ("none", "unsupported_response_type"),
        ("CODE", "unsupported_response_type"), ("", "invalid_request"),
    ])
    func `Case 34: only a code ever travels through the browser`(type: String, error: String) async throws {
        let answer = try await signedIn(replacing: "response_type=code", by: "response_type=" + Browser.encode(type))
        #expect(answer.parameter("error") == error)
        #expect(Set(answer.parameters) == ["error", "error_description", "state", "iss"])
        #expect(answer.location?.contains("#") == false)
    }

    @Test(arguments: ["fragment", "form_post", "web_message", "query.jwt"])
    func `Case 35: no other response mode`(mode: String) async throws {
        let answer = try await signedIn(more: "&response_mode=" + mode)
        #expect(answer.parameter("error") == "invalid_request" && answer.location?.contains("#") == false)
    }

    @Test(arguments: [
        "response_type=code", "scope=people:read", "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method=S256", "prompt=login&prompt=login", "max_age=1&max_age=1",
    ])
    func `Case 36: a parameter that comes twice is an error`(parameter: String) async throws {
        #expect(try await signedIn(more: "&" + parameter).parameter("error") == "invalid_request")
    }

    @Test func `Case 36: an empty parameter is none, and an unknown one is nothing`() async throws {
        #expect(try await signedIn(more: "&prompt=&max_age=&response_mode=&login_hint=x&zzz=1&zzz=2").status == 200)
        let repeated = try await signedIn(more: "&state=other")
        #expect(repeated.parameter("error") == "invalid_request" && repeated.parameter("state") == nil)
        #expect(try await signedIn(more: "&client_id=other").location == nil)
    }

    @Test(arguments: [
        "100%+x & y=z", "\"><script>alert(1)</script>", "'; é\u{301} \u{1F98A}", String(repeating: "x", count: 2000),
    ])
    func `Case 38: the state comes back byte for byte`(state: String) async throws {
        let answer = try await signedIn(
            replacing: "state=af0ifjsldkj", by: "state=" + Browser.encode(state), more: "&prompt=none")
        #expect(answer.parameter("error") == "consent_required")
        #expect(answer.location?.contains("state=" + Browser.encode(state)) == true)
        let page = try await signedIn(replacing: "state=af0ifjsldkj", by: "state=" + Browser.encode(state))
        #expect(page.status == 200 && !page.contains("<script>alert"))
    }

    @Test func `Case 38: a state of more than 4 KB is refused and not sent back`() async throws {
        let long = String(repeating: "x", count: 4097)
        let answer = try await signedIn(replacing: "state=af0ifjsldkj", by: "state=" + long)
        #expect(answer.parameter("error") == "invalid_request" && answer.parameter("state") == nil)
    }

    @Test func `Case 39: request objects are not supported, and nothing is fetched`() async throws {
        #expect(try await signedIn(more: "&request=eyJ9").parameter("error") == "request_not_supported")
        let uri = try await signedIn(more: "&request_uri=https://127.0.0.1/")
        #expect(uri.parameter("error") == "request_uri_not_supported")
    }

    @Test(arguments: [
        "people:read nonsense", "tags:read", "default", "People:Read", "people", "people:read  account:read",
        "people:read\taccount:read",
    ])
    func `Case 112, 115, 116: a scope that is not the app's, or not well-formed, is invalid_scope`(scope: String)
        async throws
    {
        let answer = try await signedIn(replacing: "scope=people%3Aread", by: "scope=" + Browser.encode(scope))
        #expect(answer.parameter("error") == "invalid_scope", "\(scope)")
    }

    @Test(arguments: [
        "", "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=plain",
        "code_challenge=short&code_challenge_method=S256", "code_challenge_method=S256",
    ])
    func `Case 54 to 56: a request without a proper S256 challenge is refused`(pkce: String) async throws {
        let answer = try await signedIn(
            replacing: "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256", by: pkce
        )
        #expect(answer.parameter("error") == "invalid_request")
    }

    @Test func `Case 150: a suspended tenant or app has no authorization endpoint`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        try await site.suspend("app", try site.cast.rosterSync.app.id.text)
        let app = try await ada.get(try site.authorizePath())
        #expect(app.status == 400 && app.location == nil)
        try await site.suspend("tenant", try site.cast.acme.id.text)
        #expect(try await ada.get(try site.authorizePath()).status == 404)
    }

    private func signedIn(replacing part: String = "", by other: String = "", more: String = "") async throws -> Answer
    {
        let site = try await TestSite()
        var path = try site.authorizePath(more: more)
        if !part.isEmpty {
            try #require(path.contains(part))
            path = path.replacingOccurrences(of: part, with: other)
        }
        // Lin's own app at her own tenant: she is sent on without being asked (case 27).
        path = path.replacingOccurrences(of: "/t/acme/", with: "/t/northwind/")
        return try await site.browser(signedInAs: site.cast.lin).get(path)
    }
}
