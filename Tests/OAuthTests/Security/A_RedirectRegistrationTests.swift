import OAuth
import Testing

@Suite("Security A · Registering a redirect URI")
struct RedirectRegistrationTests {
    @Test(arguments: [
        "https://good.example/cb", "https://good.example", "https://good.example/", "https://good.example:8443/cb",
        "https://a.b-c.d1.example/x/y?z=1&w=%2F", "https://xn--nxasmq6b.example/cb", "https://203.0.113.5/cb",
        "http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", "http://[::1]:3000/cb", "http://localhost:3000/cb",
        "https://localhost:8443/cb", "https://good.example/caf%C3%A9", "https://good.example/a...b/.well-known/x",
        "https://good.example/cb?statement=1&codec=2",
    ])
    func `a clean callback URL is registered as typed`(text: String) throws {
        for kind in Client.Kind.allCases { #expect(try RegisteredRedirectURI.parse(text, kind).text == text) }
    }

    @Test(
        arguments: [
            ("https://GOOD.example/cb", .uppercaseHost), ("https://good.example./cb", .trailingDotHost),
            ("https://good.example:443/cb", .defaultPort), ("https://good.example:/cb", .emptyPort),
            ("https://good.example:0443/cb", .portNotCanonical), ("http://localhost:80/cb", .defaultPort),
            ("HTTPS://good.example/cb", .uppercaseScheme), ("Https://good.example/cb", .uppercaseScheme),
        ] as [(String, RedirectURIProblem)])
    func `Case 2: what is not canonical is refused, not rewritten`(text: String, expected: RedirectURIProblem) {
        #expect(problem(text) == expected)
    }

    @Test(arguments: [
        "https://good.example@evil.example/cb", "https://good.example:443@evil.example/", "https://a@b@c.example/",
        "https://user:pass@good.example/cb", "https://@good.example/cb", "http://127.0.0.1@evil.example/",
        "http://attacker@127.0.0.1/cb",
    ])
    func `Case 3: userinfo is refused`(text: String) {
        #expect(problem(text) == .userinfo)
    }

    @Test(arguments: [
        "https://evil.example\\.good.example", "https://good.example\\@evil.example", "https:\\\\evil.example",
        "https://good.example/cb\\..\\x",
    ])
    func `Case 4: a backslash is refused before anything is parsed`(text: String) {
        #expect(problem(text) == .backslash)
    }

    @Test func `Case 4: one slash is not two`() {
        #expect(problem("https:/evil.example/") == .noHost)
        #expect(problem("https:evil.example/") == .noHost)
        #expect(problem("https:///evil.example/") == .noHost)
    }

    @Test(
        arguments: [
            ("https://good.example/cb/../x", .dotSegment), ("https://good.example/./cb", .dotSegment),
            ("https://good.example/..", .dotSegment), ("https://good.example/a/%2e%2e/cb", .encodedDotOrSlash),
            ("https://good.example/a/%2E./cb", .encodedDotOrSlash),
            ("https://good.example/a/%252e%252e/cb", .encodedDotOrSlash),
            ("https://good.example/a/..%2fcb", .encodedDotOrSlash), ("https://good.example/a%5Cb", .encodedDotOrSlash),
            ("https://good.example/a/..;/cb", .pathParameter), ("https://good.example/cb;x=1", .pathParameter),
            ("com.example.app:/../cb", .dotSegment), ("com.example.app:/a;b", .pathParameter),
        ] as [(String, RedirectURIProblem)])
    func `Case 5: dot segments, encoded delimiters and path parameters are refused`(
        text: String, expected: RedirectURIProblem
    ) {
        #expect(problem(text, .public) == expected)
    }

    @Test(
        arguments: [
            ("https://evil.example%2f.good.example/", .encodedHost), ("https://evil.example%2F/", .encodedHost),
            ("https://good%2eexample/", .encodedHost), ("https://good.example%00/", .spaceOrControl),
            ("https://good.example%09/", .spaceOrControl), ("https://good_host.example/", .invalidHost),
            ("https://good..example/", .invalidHost), ("https://-good.example/", .invalidHost),
            ("https://good-.example/", .invalidHost), ("https://.example/", .invalidHost),
            ("https://good,example/", .invalidHost), ("https:///cb", .noHost), ("https://:8443/cb", .noHost),
            ("https://?x", .noHost),
        ] as [(String, RedirectURIProblem)])
    func `Case 6: the host is a plain host name`(text: String, expected: RedirectURIProblem) {
        #expect(problem(text) == expected)
    }

    @Test(arguments: [
        "https://good.example/cb#x", "https://good.example/cb#", "https://good.example#/cb", "com.example.app:/cb#",
    ])
    func `Case 7: a fragment is refused, an empty one too`(text: String) {
        #expect(problem(text, .public) == .fragment)
    }

    @Test(arguments: [
        "code=1", "state=", "iss", "error=x", "error_description=x", "error_uri=x", "a=1&code=2", "%63ode=1", "co%64e",
    ])
    func `Case 9: a query with a name that the answer uses is refused`(query: String) {
        #expect(problem("https://good.example/cb?" + query) == .reservedQuery)
        #expect(problem("com.example.app:/cb?" + query, .public) == .reservedQuery)
    }

    @Test(arguments: ["https://*.x.example/*", "*", ".*", "https://good.example/.*", "https://good.example/cb?*"])
    func `Case 10: wildcards and patterns are refused`(text: String) {
        #expect(problem(text) == .wildcard)
    }

    @Test(arguments: ["javascript", "data", "vbscript", "file", "blob", "about", "intent", "view-source", "ftp"])
    func `Case 13: schemes that run or read something are refused, in any case and for anybody`(scheme: String) {
        for text in [scheme, scheme.uppercased(), scheme.prefix(1).uppercased() + scheme.dropFirst()] {
            for rest in [":alert(1)", "://good.example/%2Falert(1)", ":/x", ":text/html,x"] {
                for kind in Client.Kind.allCases { #expect(problem(text + rest, kind) == .schemeNotAllowed) }
            }
        }
    }

    @Test(arguments: [
        "java\tscript:alert(1)", " javascript:alert(1)", "javascript:alert(1) ", "java\nscript:alert(1)",
        "javascript://good.example/%0aalert(1)", "\u{1}javascript:alert(1)",
    ])
    func `Case 13: white space and control characters do not hide a scheme`(text: String) {
        #expect(problem(text, .public) == .spaceOrControl)
    }

    @Test func `Case 13: plain http is for this machine only`() {
        #expect(problem("http://good.example/cb") == .plainHTTP)
        #expect(problem("http://203.0.113.5/cb", .public) == .plainHTTP)
    }

    @Test(arguments: [
        "127.1", "0x7f.1", "2130706433", "017700000001", "0.0.0.0", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]",
        "127.0.0.1.nip.io", "localhost.evil.example", "127.0.0.2", "app.localhost", "0x7f000001", "127.0.0.01", "[::]",
        "[::1%25eth0]", "1.2.3", "1.2.3.4.5", "256.1.1.1", "0177.0.0.1",
    ])
    func `Case 17: look-alikes of loopback addresses are refused, with http and https`(host: String) {
        for scheme in ["http", "https"] {
            for kind in Client.Kind.allCases {
                #expect(problem("\(scheme)://\(host)/cb", kind) == .loopbackLookAlike, "\(scheme) \(host)")
            }
        }
    }

    @Test(
        arguments: [
            ("0", .portNotCanonical), ("65536", .portNotCanonical), ("99999999999999999999", .portNotCanonical),
            ("-1", .portNotCanonical), ("8080abc", .portNotCanonical), ("+80", .portNotCanonical),
            ("8 0", .spaceOrControl),
            ("080", .portNotCanonical), ("8080:1", .portNotCanonical), ("٣", .notASCII),
        ] as [(String, RedirectURIProblem)])
    func `Case 19: strange ports are refused, and never a trap`(port: String, expected: RedirectURIProblem) {
        #expect(problem("https://good.example:\(port)/cb") == expected)
        #expect(problem("http://127.0.0.1:\(port)/cb", .public) == expected)
    }

    @Test(
        arguments: [
            ("com.example.app:/cb", nil), ("com.example.app://cb", nil), ("com.example.app:///cb", nil),
            ("myapp:/cb", .privateUseWithoutDot), ("myapp://cb", .privateUseWithoutDot), (".app:/cb", .noScheme),
            ("com..app:/cb", .privateUseWithoutDot), ("com.example.app:cb", .noScheme),
            ("Com.example.app:/cb", .uppercaseScheme),
            ("com.example.app://u@h/cb", .userinfo), ("com.example.app:/[x]", .invalidCharacter),
        ] as [(String, RedirectURIProblem?)])
    func `Case 20: private-use schemes`(text: String, expected: RedirectURIProblem?) {
        #expect(problem(text, .public) == expected)
    }

    @Test(arguments: [
        "https://good.example/caf\u{E9}", "https://g\u{3BF}od.example/", "https://\u{24D6}ood.example",
        "https://good.example\u{3002}evil.example", "https://\u{FF47}ood.example/", "https://good.example/\u{202E}",
        "https\u{FF1A}//good.example/",
    ])
    func `Case 22: only ASCII is registered`(text: String) {
        #expect(problem(text) == .notASCII)
    }

    @Test(arguments: [
        "https://good.example/cb\r\nX: y", "https://good.example/cb\n", "\thttps://good.example/cb",
        "https://good.example/cb ",
        " https://good.example/cb", "https://good.example/a b", "https://good.example/\u{0}",
        "https://good.example/\u{7F}",
        "https://good.example/%0d%0aX:y", "https://good.example/cb?x=%00",
    ])
    func `Case 23: spaces and control characters are refused, encoded controls too`(text: String) {
        #expect(problem(text) == .spaceOrControl)
    }

    @Test func `Case 29: 2,000 bytes are registered, one more is refused`() {
        let start = "https://good.example/"
        #expect(problem(start + String(repeating: "a", count: 2000 - start.utf8.count)) == nil)
        #expect(problem(start + String(repeating: "a", count: 2001 - start.utf8.count)) == .tooLong)
        #expect(problem(String(repeating: "a", count: 64 * 1024)) == .tooLong)
        #expect(RegisteredRedirectURI.most == 20)
    }

    @Test(
        arguments: [
            ("", .missing), ("/cb", .noScheme), ("//good.example/cb", .noScheme), ("good.example/cb", .noScheme),
            ("localhost:8080/cb", .noScheme), ("good.example:8080/cb", .noScheme), (":", .noScheme),
            ("://x", .noScheme),
            ("1http://x", .noScheme), ("https", .noScheme), ("https://good.example/%zz", .badPercentEncoding),
            ("https://good.example/%4", .badPercentEncoding), ("https://good.example/%", .badPercentEncoding),
            ("https://good.example/<x>", .invalidCharacter), ("https://good.example/?a[]=1", .invalidCharacter),
            ("https://good.example/\"x", .invalidCharacter), ("https://good.example/{id}", .invalidCharacter),
        ] as [(String, RedirectURIProblem)])
    func `other mistakes have their own sentence`(text: String, expected: RedirectURIProblem) {
        #expect(problem(text) == expected)
    }
}
