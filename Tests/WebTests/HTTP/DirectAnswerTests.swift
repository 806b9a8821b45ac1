import HTTPTypes
import NIOCore
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("Direct answers")
struct DirectAnswerTests {
    private static let path = "/t/acme/oauth/introspect"

    /// One who asks, and tokens of each kind.
    private struct Scene {
        let site: TestSite
        let api: Credentials
        let tokens: [String]

        init() async throws {
            site = try await TestSite()
            api = try await site.api()
            tokens = [
                try await site.tokens(scope: "people:read people:write").access,
                try await site.browser(signedInAs: site.cast.grace).makeToken().token,
                try #require(try await site.ownToken().json["access_token"] as? String),
                "gw_at_nothing", "<\"no token at all\\",
            ]
        }

        func head(
            _ path: String = DirectAnswerTests.path, method: HTTPRequest.Method = .post, host: String? = nil,
            with headers: [(String, String)] = []
        ) throws -> HTTPRequest {
            var fields: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
            return HTTPRequest(
                method: method, scheme: "http", authority: host ?? site.site.settings.base.authority, path: path,
                headerFields: fields)
        }

        func directly(_ head: HTTPRequest, _ body: String) throws -> DirectAnswer? {
            site.site.directAnswer(
                to: head, body: ByteBuffer(string: body),
                from: "198.51.100.1")
        }

        var proof: String { "client_id=\(api.id)&client_secret=\(api.secret)" }
    }

    @Test func `They are the router's, byte for byte, whoever asks and however`() async throws {
        let scene = try await Scene()
        let site = scene.site
        for place in [Self.path, "/oauth/introspect"] {
            for token in scene.tokens {
                for who in [scene.api, try site.roster] {
                    let basic = [who.basic, TestSite.form]
                    let body = Array("token=\(Browser.encode(token))".utf8)
                    let direct = try await site.send(.post, place, headers: basic, body: body)
                    let routed = try await site.send(.post, place, headers: basic, body: body, by: .router)
                    direct.expectIs(routed)
                    #expect(try await site.post(place, [("token", token)] + who.fields).body == routed.body)
                }
            }
        }
    }

    @Test func `Forward authentication's are the router's as well, refusals among them`() async throws {
        let scene = try await Scene()
        let site = scene.site
        let bearers = scene.tokens.dropLast().map { ("Authorization", "Bearer \($0)") }
        var callers: [[(String, String)]] = [[], [("Authorization", "Basic eDp5")], [("Authorization", "Bearer")]]
        callers += bearers.map { [$0] }
        callers += [
            [bearers[0], bearers[0]], [bearers[0], ("X-Original-URI", "/x?access_token=\(scene.tokens[0])")],
            [bearers[0], ("Cookie", "gw_session=x")], [bearers[0], ("X-Forwarded-For", "203.0.113.9")],
        ]
        var statuses: Set<Int> = []
        for query in [
            "", "?", "?scope=people:read", "?scope=people:write&tenant=acme", "?tenant=globex", "?x=1",
            "?scope=people:read#x",
        ] {
            for caller in callers {
                let direct = try await site.send(.get, "/auth/verify" + query, headers: caller)
                let routed = try await site.send(.get, "/auth/verify" + query, headers: caller, by: .router)
                direct.expectIs(routed)
                statuses.insert(direct.status)
            }
        }
        #expect(statuses == [200, 401, 403])
    }

    @Test func `A proxy that asks wrongly hears it from the router`() async throws {
        let scene = try await Scene()
        let site = scene.site.site
        func answer(_ path: String, _ body: String = "") throws -> DirectAnswer? {
            try scene.directly(
                try scene.head(path, method: .get, with: [("Authorization", "Bearer \(scene.tokens[0])")]), body)
        }
        #expect(try answer("/auth/verify?scope=people:read")?.head.status == .ok)
        #expect(try answer("/auth/verify?scope=people:read", "x") == nil)
        for path in [
            "/auth/verify?scope=", "/auth/verify?tenant=Acme", "/auth/verify?x=%zz", "/auth/verify/x", "/auth/verifyx",
        ] {
            #expect(try answer(path) == nil, "\(path)")
        }
        #expect(!site.mayAnswerDirectly(try scene.head("/auth/verify", method: .head)))
        #expect(!site.mayAnswerDirectly(try scene.head("/auth/verify", method: .post)))
    }

    @Test func `A use counts once, of a call that is refused for its scope too`() async throws {
        let scene = try await Scene()
        let site = scene.site
        let bearer = [("Authorization", "Bearer \(scene.tokens[0])")]
        for scope in ["people:read", "people:reed", "people:read"] {
            _ = try await site.send(.get, "/auth/verify?scope=\(scope)", headers: bearer)
        }
        #expect(try await site.send(.get, "/auth/verify?scope=", headers: bearer).status == 400)
        try await site.store.flushActivity()
        let counts = try site.store.counts(of: site.cast.rosterSync.app.id, since: site.clock.now.day)
        #expect(counts.first { $0.metric == .used }?.count == 3)
    }

    @Test func `A tenant's own host is its address too`() async throws {
        let scene = try await Scene()
        let body = "\(scene.proof)&token=\(scene.tokens[0])"
        let host = "acme.\(scene.site.site.settings.tenantHost)"
        let there = try #require(try scene.directly(try scene.head("/oauth/introspect", host: host), body))
        #expect(String(buffer: there.body).contains(#""tenant":"acme""#))
        let nowhere = "nowhere.\(scene.site.site.settings.tenantHost)"
        #expect(try scene.directly(try scene.head("/oauth/introspect", host: nowhere), body) == nil)
    }

    @Test func `Whatever is wrong with a request, the router says`() async throws {
        let scene = try await Scene()
        let token = "token=\(scene.tokens[0])"
        let whole = "\(scene.proof)&\(token)"
        #expect(try scene.directly(try scene.head(), whole) != nil)
        let wrong = Secret<ClientSecretKind>.random().reveal()
        for body in [
            "", token, scene.proof, "\(whole)&\(token)", "\(whole)&client_id=x", "\(whole)&x=%zz",
            "token=%00&\(scene.proof)", "client_id=\(scene.api.id)&client_secret=\(wrong)&\(token)",
            "client_id=nobody&client_secret=x&\(token)",
        ] {
            #expect(try scene.directly(try scene.head(), body) == nil, "\(body)")
        }
        for path in [
            "/t/nowhere/oauth/introspect", "/t/No/oauth/introspect", "/t//oauth/introspect", "/x/oauth/introspect",
            "/t/acme/x/oauth/introspect", "/t/%61cme/oauth/introspect", "/t/acme/oauth/introspect?x=1",
        ] {
            let answer = try scene.directly(try scene.head(path), "\(scene.proof)&token=gw_at_nothing")
            #expect(answer == nil, "\(path)")
        }
        for header in [
            ("Content-Type", "text/plain"), ("Content-Encoding", "gzip"), ("Content-Type", "application/json"),
            ("Authorization", "Basic x"),
        ] {
            #expect(try scene.directly(try scene.head(with: [header]), whole) == nil, "\(header)")
        }
        #expect(try scene.directly(try scene.head(host: "evil.example"), whole) == nil)
    }

    @Test func `A head alone tells what must go on`() async throws {
        let scene = try await Scene()
        let site = scene.site.site
        #expect(site.mayAnswerDirectly(try scene.head()))
        #expect(site.mayAnswerDirectly(try scene.head("/oauth/introspect")))
        #expect(!site.mayAnswerDirectly(try scene.head(method: .get)))
        #expect(site.mayAnswerDirectly(try scene.head("/auth/verify?scope=x", method: .get)))
        for path in ["/t/acme/oauth/token", "/oauth/introspect?token=x", "/oauth/introspection", ""] {
            #expect(!site.mayAnswerDirectly(try scene.head(path)), "\(path)")
        }
        #expect(site.mayAnswerDirectly(try scene.head(with: [("Connection", "keep-alive")])))
        for header in [("Connection", "close"), ("Connection", "Upgrade"), ("Expect", "100-continue")] {
            #expect(!site.mayAnswerDirectly(try scene.head(with: [header])), "\(header)")
        }
    }

    @Test func `What is suspended or revoked is refused by the next question`() async throws {
        let scene = try await Scene()
        let head = try scene.head()
        func ask(_ token: String) throws -> String? {
            try scene.directly(head, "\(scene.proof)&token=\(token)").map { String(buffer: $0.body) }
        }
        #expect(try ask(scene.tokens[0])?.contains(#""active":true"#) == true)
        #expect(try await scene.site.revoke(scene.tokens[0]).status == 200)
        #expect(try ask(scene.tokens[0]) == #"{"active":false}"#)
        #expect(try ask(scene.tokens[1])?.contains(#""active":true"#) == true)
        _ = try await scene.site.store.suspend(
            .tenant(try scene.site.cast.acme), because: "Unpaid", by: scene.site.cast.olga.person, letters: [],
            at: scene.site.clock.now)
        // Not that no token works here but that there is nothing here: for the router to say.
        #expect(try ask(scene.tokens[1]) == nil)
        #expect(try await scene.site.introspect(scene.tokens[1], by: scene.api).status == 404)
    }

    @Test func `Case 99: a wrong secret counts once, and who is held up gets no direct answer`() async throws {
        let scene = try await Scene()
        let head = try scene.head()
        let wrong = Secret<ClientSecretKind>.random().reveal()
        let whole = "\(scene.proof)&token=\(scene.tokens[0])"
        for _ in 0..<200 {
            #expect(try scene.directly(head, "client_id=\(scene.api.id)&client_secret=\(wrong)&token=x") == nil)
        }
        #expect(try scene.directly(head, whole) != nil)
        var status = 401
        while status == 401 {
            let guess = Credentials(id: scene.api.id, secret: wrong)
            status = try await scene.site.introspect(scene.tokens[0], by: guess).status
        }
        #expect(status == 429)
        #expect(try scene.directly(head, whole) == nil)
        #expect(try await scene.site.introspect(scene.tokens[0], by: scene.api).status == 429)
    }

    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func `RFC 9110 §5.6.7: a date as HTTP writes it`(_ seconds: Int64, _ text: String) {
        #expect(HTTPDate.text(at: Instant(seconds: seconds)) == text)
    }
}

extension Answer {
    /// Whether it was made where the request arrived; such an answer has its date already.
    var isDirect: Bool { header("Date") != nil }

    /// The direct answer is the router's, but for the date and the length, which the server adds to that one.
    func expectIs(_ routed: Answer, at place: SourceLocation = #_sourceLocation) {
        func named(_ answer: Answer) -> [String] {
            answer.headers.filter { $0.name != .date && $0.name != .contentLength }
                .map { "\($0.name.canonicalName): \($0.value)" }.sorted()
        }
        #expect(isDirect && !routed.isDirect, sourceLocation: place)
        #expect(header("Content-Length") == "\(body.utf8.count)", sourceLocation: place)
        #expect(status == routed.status && body == routed.body, sourceLocation: place)
        #expect(named(self) == named(routed), sourceLocation: place)
    }
}
