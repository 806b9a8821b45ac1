import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

/// What must hold at every address there is, made from the route table: a new route is in here by itself.
@Suite struct EverywhereTests {
    /// Every route with these values in the places of its path.
    private func routes(of site: TestSite, filled value: String) throws -> [(HTTPRequest.Method, String)] {
        try site.site.routeTable().map { route in
            let path = route.path.split(separator: "/").map { $0.hasPrefix("{") ? value : String($0) }
            return (try #require(HTTPRequest.Method(route.method)), "/" + path.joined(separator: "/"))
        }
    }

    private static let injections = [
        "'", "''", "';--", "')--", "'OR'1'='1", "1'AND'1'='2", "%27", "%00", "x'||'y", "_", "*", "(", ")", "0", "-1",
        "9223372036854775808", "null", "undefined", "1e999", "a'UNION-SELECT-1", "$1", "?1", ":id", "@p", "\"", "`",
    ]

    @Test func `Case 263: nothing in the place of a name or a number is more than an unknown name or number`()
        async throws
    {
        let site = try await TestSite(isDemo: true)
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let token = try await site.browser(signedInAs: site.cast.ada).makeToken().token
        for value in Self.injections {
            for (method, path) in try routes(of: site, filled: value) where method == .get {
                let answer = try await olga.get(path)
                #expect(answer.status < 500, "\(path)")
                #expect(path.contains(value) ? answer.status >= 300 : true, "\(path): \(answer.status)")
                let api = try await site.call(path, token)
                #expect(api.status < 500, "\(path)")
            }
        }
    }

    @Test func `Case 263, 269: nor is anything in a query`() async throws {
        let site = try await TestSite(isDemo: true)
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let token = try await site.browser(signedInAs: site.cast.ada).makeToken().token
        let names = [
            "q", "status", "from", "next", "cursor", "limit", "page", "tenant", "client_id", "state", "v", "sort",
        ]
        for value in Self.injections + [
            "%25", "%5f", "%c0%af", "%ff", "%", "%zz", "+", "a".padding(toLength: 3000, withPad: "%27", startingAt: 0),
        ] {
            let query = names.map { "\($0)=\(value)" }.joined(separator: "&")
            for path in [
                "/tokens", "/login", "/apps", "/dashboard", "/operator/outbox", "/scopes", "/tokens/new",
                "/t/acme/oauth/authorize", "/t/acme/api/v1/people", "/v2/me", "/t/acme/api/v1/people/1", "/demo/mail",
            ] {
                let page = try await olga.get(path + "?" + query)
                #expect(page.status < 500, "\(path) \(value)")
                #expect(!page.contains("SQLite") && !page.contains("syntax error"), "\(path) \(value)")
                #expect(try await site.call(path + "?" + query, token).status < 500, "\(path) \(value)")
            }
        }
        // A search for a wildcard finds what has one in its name, which nothing has.
        let ada = try await site.browser(signedInAs: site.cast.ada)
        for wildcard in ["%25", "CI_deploy"] {
            #expect(try await ada.get("/tokens?q=" + wildcard).contains("CI deploy") == false, "\(wildcard)")
        }
        #expect(try await ada.get("/tokens?q=deploy").contains("CI deploy"))
    }

    @Test func `Case 254: no header says who somebody is`() async throws {
        let site = try await TestSite()
        let claims = [
            ("User-Agent", "kube-probe/1.29"), ("User-Agent", "GoogleHC/1.0"), ("X-Forwarded-For", "127.0.0.1"),
            ("X-Real-IP", "127.0.0.1"), ("Forwarded", "for=127.0.0.1"), ("X-Forwarded-User", "olga@gatewright.example"),
            ("Remote-User", "olga"), ("X-Remote-User", "olga"), ("X-Original-URL", "/healthz"),
            ("X-Authenticated-User", "1"),
            ("X-HTTP-Method-Override", "DELETE"), ("Cookie", "gw_session=olga"), ("Authorization", "Basic b2xnYTo="),
        ]
        for (method, path) in try routes(of: site, filled: "acme") where method == .get {
            let plain = try await site.send(.get, path)
            for claim in claims {
                let answer = try await site.send(.get, path, headers: [claim])
                // A malformed Authorization header may be told from none; a page is shown for neither.
                #expect(
                    answer.status == plain.status || (claim.0 == "Authorization" && answer.status >= 400),
                    "\(path) \(claim): \(answer.status)")
            }
        }
    }

    @Test func `Case 255: nothing is compressed, so that no guess beside a secret shortens an answer`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        for (method, path) in try routes(of: site, filled: "acme") where method == .get {
            let answer = try await ada.get(path, headers: [("Accept-Encoding", "gzip, deflate, br, zstd")])
            #expect(answer.header("Content-Encoding") == nil, "\(path)")
        }
    }

    @Test func `Case 184: a suspended person gets in nowhere, by no way`() async throws {
        let site = try await TestSite()
        let ada = try site.cast.ada
        let browser = try await site.browser(signedInAs: ada)
        let token = try await browser.makeToken().token
        let tokens = try await site.tokens(scope: "account:read")
        try await browser.submit("/forgot", ["email": ada.email])
        let reset = try site.link("reset", to: ada.email)
        try await site.suspend(ada.person)

        #expect(try await browser.isSignedIn == false)
        for path in ["/dashboard", "/tokens", "/apps", "/account", "/t/acme", try site.authorizePath()] {
            #expect(try await browser.get(path).location?.hasPrefix("/login") == true, "\(path)")
        }
        for bearer in [token, tokens.access] {
            #expect(try await site.call("/v2/me", bearer).status == 401)
            #expect(try await site.call("/t/acme/api/v1/people", bearer).status == 401)
        }
        #expect(try await site.refresh(tokens.refresh).error == "invalid_grant")
        let letters = try site.written(to: ada.email)
        try await site.browser().submit("/forgot", ["email": ada.email])
        #expect(try site.written(to: ada.email) == letters, "no new link for somebody suspended")
        // Also not with a link from before, nor from a browser that knows her.
        _ = try await browser.submit(reset, ["password": "a brand new pass phrase"])
        browser.session = nil
        for password in [ada.password, "a brand new pass phrase"] {
            #expect(try await browser.signIn(ada.email, password).status == 422)
        }
        #expect(try await browser.isSignedIn == false)
    }

    @Test func `Case 268: no regular expression, which a stranger's text could hold up for minutes`() throws {
        let sources = TestSite.root + "/Sources"
        let files = FileManager.default.enumerator(atPath: sources)?.compactMap { $0 as? String } ?? []
        #expect(files.count > 100)
        for file in files where file.hasSuffix(".swift") {
            let text = try String(contentsOfFile: sources + "/" + file, encoding: .utf8)
            for sign in [
                "Reg" + "ex(", "Reg" + "ex<", "Reg" + "exBuilder", "NSRegular" + "Expression", ".firstMatch(of",
                ".wholeMatch(of",
                "options: .regular" + "Expression", "try! Reg", "(#/",
            ] {
                #expect(!text.contains(sign), "\(file): \(sign)")
            }
        }
    }
}
