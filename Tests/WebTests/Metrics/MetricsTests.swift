import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("/metrics")
struct MetricsTests {
    private static let here = "127.0.0.1"

    private func read(_ site: TestSite) async throws -> [String: Double] {
        let answer = try await site.send(.get, "/metrics", from: Self.here)
        try #require(answer.status == 200)
        #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        return try Self.parse(answer.body)
    }

    /// As the format says: comments that name and type each metric before its samples, then name, labels and a number.
    static func parse(_ text: String) throws -> [String: Double] {
        var samples: [String: Double] = [:]
        var (named, typed) = (Set<String>(), "")
        try #require(text.hasSuffix("\n"))
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# HELP ") {
                #expect(named.insert(String(words[2])).inserted, "\(line) comes twice")
            } else if line.hasPrefix("# TYPE ") {
                #expect(named.contains(String(words[2])))
                #expect(["counter", "gauge", "histogram"].contains(words[3]))
                typed = String(words[2])
            } else {
                let value = try #require(line.split(separator: " ").last.flatMap { Double($0) }, "\(line)")
                let name = line.prefix { $0 != "{" && $0 != " " }
                #expect(name.hasPrefix(typed), "\(line) stands below \(typed)")
                #expect(samples.updateValue(value, forKey: String(line.split(separator: " ")[0])) == nil)
            }
        }
        return samples
    }

    @Test func `requests are counted by kind of address and status, and their times add up`() async throws {
        let site = try await TestSite(metricsReaders: [Self.here])
        for _ in 0..<3 { _ = try await site.send(.get, "/healthz") }
        _ = try await site.send(.get, "/login")
        _ = try await site.send(.get, "/v2/me")
        _ = try await site.send(.get, "/wp-admin/\(Int.random(in: 0...999))")
        _ = try await site.send(.post, "/t/acme/oauth/token")
        let samples = try await read(site)
        #expect(samples[#"gatewright_http_requests_total{route="probe",status="200"}"#] == 3)
        #expect(samples[#"gatewright_http_requests_total{route="page",status="200"}"#] == 1)
        #expect(samples[#"gatewright_http_requests_total{route="api",status="401"}"#] == 1)
        #expect(samples[#"gatewright_http_requests_total{route="unmatched",status="404"}"#] == 1)
        #expect(samples[#"gatewright_http_request_duration_seconds_count{route="probe"}"#] == 3)
        #expect(samples[#"gatewright_http_request_duration_seconds_bucket{route="probe",le="+Inf"}"#] == 3)
        let buckets = samples.filter { $0.key.contains(#"_bucket{route="probe""#) }.map(\.value).sorted()
        #expect(buckets.count == 13)
        // What was asked for never becomes a label.
        #expect(!samples.keys.contains { $0.contains("wp-admin") })
        #expect(try await read(site)[#"gatewright_http_requests_total{route="probe",status="200"}"#] == 4)
    }

    @Test func `tokens given out and refused are counted`() async throws {
        let site = try await TestSite(metricsReaders: [Self.here])
        _ = try await site.tokens()
        _ = try await site.send(.post, "/t/acme/oauth/token", headers: [("Content-Type", "application/json")])
        let samples = try await read(site)
        #expect(samples[#"gatewright_tokens_issued_total{grant="authorization_code"}"#] == 1)
        #expect(samples[#"gatewright_tokens_issued_total{grant="refresh_token"}"#] == 0)
        #expect(samples[#"gatewright_token_refusals_total{error="invalid_request"}"#] == 1)
    }

    @Test func `the state of the installation is told in numbers`() async throws {
        let site = try await TestSite(metricsReaders: [Self.here])
        let before = try await read(site)
        site.clock.move(by: 90)
        let waiting = try #require(before["gatewright_outbox_letters"])
        _ = try await site.browser().submit("/forgot", ["email": site.cast.ada.email], on: "/forgot")
        site.clock.move(by: 10)
        let after = try await read(site)
        #expect(after["gatewright_outbox_letters"] == waiting + 1)
        #expect(try #require(after["gatewright_outbox_oldest_seconds"]) >= 10)
        #expect(try #require(after["gatewright_database_bytes"]) > 100_000)
        #expect(after["gatewright_waiting_writers"] == 0)
        #expect(after["gatewright_sealing_key_age_seconds"] != nil)
    }

    @Test func `calls of the proxy are counted by how they ended, and traces that had no room`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        world.provider.next([(200, [:]), (503, [:])])
        for _ in 0..<3 {
            _ = try await world.call(
                .get, "/proxy/x", headers: [("Connection-Id", "u1"), ("Provider-Config-Key", "photos")])
        }
        let samples = try await read(world.site)
        #expect(samples[#"gatewright_proxy_calls_total{outcome="success"}"#] == 2)
        #expect(samples[#"gatewright_proxy_calls_total{outcome="failure"}"#] == 1)
        #expect(samples["gatewright_traces_dropped_total"] == 0)
    }

    @Test func `only the addresses that the operator named may read it`() async throws {
        let site = try await TestSite(metricsReaders: [Self.here])
        #expect(try await site.send(.get, "/metrics", from: "198.51.100.1").status == 404)
        // Somebody behind a proxy that runs here and that nobody named.
        let forwarded = [("X-Forwarded-For", "198.51.100.1")]
        #expect(try await site.send(.get, "/metrics", headers: forwarded, from: Self.here).status == 404)
        let claimed = [("X-Forwarded-For", Self.here)]
        #expect(try await site.send(.get, "/metrics", headers: claimed, from: Self.here).status == 404)
        let closed = try await TestSite()
        #expect(try await closed.send(.get, "/metrics", from: Self.here).status == 404)
    }

    @Test func `a request under the public name came through a proxy and is not from here`() async throws {
        let site = try await TestSite(base: "https://gatewright.example", metricsReaders: [Self.here])
        #expect(try await site.send(.get, "/metrics", from: Self.here).status == 404)
        for host in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"] {
            #expect(try await site.send(.get, "/metrics", host: host, from: Self.here).status == 200, "\(host)")
        }
        #expect(try await site.send(.get, "/metrics", host: "127.0.0.1.evil.example", from: Self.here).status == 404)
    }

    @Test func `a machine that was named may read it through a proxy that was named`() async throws {
        let site = try await TestSite(
            base: "https://gatewright.example", trustedProxies: [Self.here], metricsReaders: ["203.0.113.9"])
        for (client, status) in [("203.0.113.9", 200), ("203.0.113.10", 404), ("203.0.113.9, 203.0.113.10", 404)] {
            let headers = [("X-Forwarded-For", client)]
            #expect(
                try await site.send(.get, "/metrics", headers: headers, from: Self.here).status == status, "\(client)")
        }
        #expect(try await site.send(.get, "/metrics", from: Self.here).status == 404)
    }
}
