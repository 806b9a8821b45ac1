import Broker
import OAuth
import Testing

@Suite("What is written down about a call")
struct ActivityTests {
    @Test(arguments: [
        "access_token", "Refresh-Token", "client_secret", "code", "code_verifier", "password", "apiKey", "X-API-Key",
        "Authorization", "Cookie", "hmac", "signature", "state", "nonce", "session_token", "key", "private_key",
        "oauth_token",
    ])
    func `Case 260: what stands behind a name of a credential is hidden`(name: String) {
        #expect(Redaction.value("0451-value", of: name) == Redaction.hidden)
    }

    @Test func `other values are kept, on one line and not for ever`() {
        #expect(Redaction.value("200", of: "status") == "200")
        #expect(Redaction.value("bearer", of: "token_type") == "bearer")
        #expect(Redaction.value("a\r\nb\u{7F}", of: "reason") == "a  b ")
        #expect(Redaction.value(String(repeating: "a", count: 5000), of: "reason").utf8.count == 503)
    }

    @Test func `an address loses its user, its fragment and the values of its credentials`() {
        #expect(
            Redaction.value("https://u:p@x.example/a?code=1&scope=read&state=s#access_token=2", of: "url")
                == "https://x.example/a?code=[hidden]&scope=read&state=[hidden]")
        #expect(Redaction.value("https://x.example/a", of: "url") == "https://x.example/a")
    }

    @Test(arguments: ["access%5Ftoken", "%63ode", "c%6fde", "client%255Fsecret", "st%61te", "%zz", "%ff", "%25%32%35"])
    func `Case 260: a name counts as its reader decodes it, and one that nobody can decode hides its value`(
        name: String
    ) {
        #expect(
            Redaction.value("https://x.example/a?\(name)=0451&scope=read%20all", of: "url")
                == "https://x.example/a?\(name)=[hidden]&scope=read%20all")
    }

    @Test func `every word that a refresh can fail with has its advice, and so have words nobody knows`() {
        for word in [
            "invalid_grant", "interrupted", "invalid_client", "timedOut", "refusedAddress", "HTTP 503",
            "replayed_signature", "expired_signature", "ambiguous_hmac", "invalid_credentials", "installation_unproven",
            "installation_of_others", "installation_not_owned", "installation_owner_unknown",
            "installation_account_unknown", "unknown_err",
        ] {
            #expect(!TraceAdvice.sentence(for: word).contains("documentation says"), "\(word)")
        }
        #expect(TraceAdvice.sentence(for: "odd_one").contains("odd_one"))
        // Nobody documents our own words.
        for word in ["HTTP 200, unreadable", "HTTP 200 without an access token", "HTTP 307", "HTTP 404", "broken"] {
            #expect(!TraceAdvice.sentence(for: word).contains("documentation"), "\(word)")
        }
    }

    @Test func `a trace holds fifty steps at most`() {
        let now = Instant(seconds: 1)
        var trace = Trace(
            id: ID("trc_1"), tenant: ID("t"), environment: ID("e"), action: .proxy, integrationKey: "", provider: "",
            connectionID: "", startedAt: now)
        for _ in 0..<100 { trace.add("Again", at: now) }
        #expect(trace.steps.count == 50)
    }
}

@Suite("Which proxied calls are listed")
struct ProxySampleTests {
    private let hour = Instant(seconds: 3600 * 1000)

    /// Which of so many calls are kept whose draw is what is given.
    private func taken(
        _ sample: inout ProxySample, _ calls: Int, on connection: Int64 = 1, at now: Instant, draws: Int = 1
    ) -> [Int] {
        (1...calls).filter { _ in
            sample.takes(hasFailed: false, on: connection, isWanted: true, at: now) { draws }
        }
    }

    @Test func `the first of the connection, twenty of a minute, and beyond them those that are drawn`() {
        var sample = ProxySample(at: hour)
        #expect(taken(&sample, 500, at: hour + 59) == Array(1...21))
        #expect(taken(&sample, 5, at: hour + 59, draws: 0) == Array(1...5))
        #expect(taken(&sample, 30, at: hour + 60) == Array(1...20))
        // A clock that is put back begins anew too.
        #expect(taken(&sample, 1, at: hour - 1) == [1])
    }

    @Test func `no number of harmless calls hides the first of another connection in an hour`() {
        var sample = ProxySample(at: hour)
        #expect(taken(&sample, 5000, at: hour).count == 21)
        let others = (2...100).filter { taken(&sample, 1, on: $0, at: hour) == [1] }
        #expect(others.count == 99)
        #expect(taken(&sample, 1, on: 7, at: hour).isEmpty)
        #expect(taken(&sample, 1, on: 7, at: hour + 3600) == [1])
    }

    @Test func `whoever asks for no trace is not heard for failures, recoveries and first calls, nor in the draw`() {
        var sample = ProxySample(at: hour)
        func quiet(hasFailed: Bool = false, draw: Int = 1) -> Bool {
            sample.takes(hasFailed: hasFailed, on: 1, isWanted: false, at: hour) { draw }
        }
        #expect(quiet())
        #expect(!quiet())
        #expect(quiet(hasFailed: true))
        #expect(quiet())
        #expect(!quiet())
        #expect(quiet(draw: 0))
    }

    @Test func `many connections that fail push out the oldest mark and no other environment's`() {
        var sample = ProxySample(at: hour)
        let most = Int64(ProxySample.mostFailing)
        for connection in 1...(most + 1) {
            #expect(sample.takes(hasFailed: true, on: connection, isWanted: true, at: hour) { 1 })
        }
        _ = taken(&sample, 20, on: most + 9, at: hour)
        _ = taken(&sample, 20, on: most + 9, at: hour)
        #expect(taken(&sample, 1, on: 1, at: hour).isEmpty)
        #expect(taken(&sample, 2, on: 2, at: hour) == [1])
        #expect(taken(&sample, 2, on: most + 1, at: hour) == [1])
    }
}

@Suite("Networks that an operator allows")
struct NetworkRangeTests {
    @Test func `a network holds its addresses and no others`() throws {
        let ten = try #require(NetworkRange("10.0.0.0/8"))
        #expect(ten.contains([10, 1, 2, 3]) && !ten.contains([11, 0, 0, 1]))
        #expect(!ten.contains([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 10, 0, 0, 1]))
        #expect(try #require(NetworkRange("192.168.1.5")).contains([192, 168, 1, 5]))
        #expect(try !#require(NetworkRange("192.168.1.5")).contains([192, 168, 1, 6]))
        let loopback = try #require(NetworkRange("::1"))
        #expect(loopback.contains([UInt8](repeating: 0, count: 15) + [1]))
        let unique = try #require(NetworkRange("fd00::/8"))
        #expect(unique.contains([0xFD] + [UInt8](repeating: 7, count: 15)))
        #expect(!unique.contains([0xFC] + [UInt8](repeating: 7, count: 15)))
        #expect(try #require(NetworkRange("0.0.0.0/0")).contains([1, 2, 3, 4]))
    }

    @Test(arguments: [
        "", "10", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "010.0.0.1", "256.0.0.1", "1.2.3.4.5",
        "localhost", ":::1",
        "1::2::3", "g::", "::1/129", "12345::", "+1::",
    ])
    func `what is no network is refused`(text: String) {
        #expect(NetworkRange(text) == nil)
    }
}
