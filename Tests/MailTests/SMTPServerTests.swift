import Testing

@testable import Mail

@Suite("The SMTP setting")
struct SMTPServerTests {
    @Test(arguments: [
        ("smtp://relay.example:587", "smtp://relay.example:587/me", "required"),
        ("smtp://relay.example", "smtp://relay.example:25/me", "required"),
        ("smtps://relay.example", "smtps://relay.example:465/me", "implicit"),
        ("smtps://relay.example:4650/", "smtps://relay.example:4650/me", "implicit"),
        ("smtp://relay.example:587/portal.example", "smtp://relay.example:587/portal.example", "required"),
        ("smtp://mailpit:1025?tls=none", "smtp://mailpit:1025/me", "none"),
        ("smtp://mailpit:1025/?tls=optional", "smtp://mailpit:1025/me", "optional"),
        ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525/me", "none"),
        ("smtp://localhost:2525?tls=required", "smtp://localhost:2525/me", "required"),
        ("smtp://[::1]:2525", "smtp://[::1]:2525/me", "none"),
        ("smtp://[2001:db8::1]", "smtp://[2001:db8::1]:25/me", "required"),
        ("smtp://127.evil.example", "smtp://127.evil.example:25/me", "required"),
    ])
    func `a URL names host, port, greeting and TLS`(url: String, curl: String, tls: String) throws {
        let server = try SMTPServer(url: url)
        #expect(server.url(greeting: "me") == curl)
        #expect(server.tls.rawValue == tls)
    }

    @Test(arguments: [
        "", "relay.example:25", "http://relay.example", "SMTP://relay.example", "smtp:relay.example", "smtp://",
        "smtp://:25", "smtp://relay.example:", "smtp://relay.example:0", "smtp://relay.example:65536",
        "smtp://relay.example:+25", "smtp://relay.example:2 5", "smtp://relay.example:25\r\n", "smtp://rel\u{0}ay:25",
        "smtp://rélay.example", "smtp://user:hunter2@relay.example:25", "smtp://[::1", "smtp://[::1]x", "smtp://[]:25",
        "smtp://[::1%25lo]:25", "smtp://relay.example/a/b", "smtp://relay.example/%0d%0a",
        "smtp://relay.example?tls=maybe",
        "smtp://relay.example?tls=none&x=1", "smtps://relay.example?tls=none", "smtp://relay.example#x", "smtp://-a:25",
    ])
    func `a URL with a mistake is refused with a sentence that does not repeat it`(url: String) {
        do {
            _ = try SMTPServer(url: url)
            Issue.record("accepted")
        } catch {
            #expect(error.description.utf8.count > 20)
            #expect(!error.description.contains("hunter2") && !error.description.contains("example"))
        }
    }

    @Test func `a password is only taken where TLS protects it, or on this machine`() throws {
        for url in [
            "smtp://relay.example", "smtps://relay.example", "smtp://127.0.0.1:25", "smtp://localhost?tls=none",
        ] {
            _ = try SMTPServer(url: url, user: "portal", password: "hunter2")
        }
        for url in ["smtp://relay.example?tls=none", "smtp://relay.example?tls=optional"] {
            #expect(throws: SMTPServer.Invalid.self) {
                try SMTPServer(url: url, user: "portal", password: "hunter2")
            }
        }
    }

    @Test func `user and password come together and hold no control characters; empty means none`() throws {
        let url = "smtp://127.0.0.1:25"
        #expect(throws: SMTPServer.Invalid.self) { try SMTPServer(url: url, user: "portal") }
        #expect(throws: SMTPServer.Invalid.self) { try SMTPServer(url: url, user: "", password: "hunter2") }
        #expect(throws: SMTPServer.Invalid.self) { try SMTPServer(url: url, user: "a\r\nb", password: "hunter2") }
        #expect(throws: SMTPServer.Invalid.self) { try SMTPServer(url: url, user: "a", password: "hunter2\u{0}") }
        #expect(try SMTPServer(url: url, user: "", password: "").user == nil)
    }

    @Test func `the password cannot be printed, dumped or reflected`() throws {
        let server = try SMTPServer(url: "smtps://relay.example", user: "portal-user", password: "hunter2")
        var dumped = ""
        dump(server, to: &dumped)
        let shown = "\(server) \(String(reflecting: server)) \(dumped) \(Array(Mirror(reflecting: server).children))"
        #expect(!shown.contains("hunter2") && !shown.contains("portal-user"))
        #expect(shown.contains("smtps://relay.example:465"))
        var sender = ""
        dump(SMTPSender(server: server), to: &sender)
        #expect(!sender.contains("hunter2"))
    }
}
