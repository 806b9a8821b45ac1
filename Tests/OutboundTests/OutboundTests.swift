import NIOCore
import NIOPosix
import Outbound
import Synchronization
import Testing

@Suite("Calls to other people's servers")
struct OutboundTests {
    private func caller(
        _ limits: OutboundLimits = OutboundLimits(connect: 60_000, total: 600_000, idle: 600_000, wait: 600_000),
        allows: @escaping @Sendable ([UInt8], Bool) -> Bool = { _, _ in true }
    ) -> OutboundCaller {
        OutboundCaller(limits: limits, allowsPlainHTTP: true, allows: allows)
    }

    private func get(_ url: String, by caller: OutboundCaller) async -> OutboundAnswer {
        await caller.call(OutboundRequest(method: "GET", url: url, headers: [("x-a", "b")], body: []))
    }

    private func failure(_ answer: OutboundAnswer) -> OutboundAnswer.Failure? {
        guard case .failed(let failure) = answer else { return nil }
        return failure
    }

    @Test func `a status of any kind is an answer, with its headers and its body`() async throws {
        let server = try await RawServer("HTTP/1.1 503 Oh\r\nX-One: 1\r\nContent-Length: 2\r\n\r\nhi")
        let answer = await get(server.url, by: caller())
        guard case .response(503, let headers, let body) = answer else { return #expect(Bool(false), "\(answer)") }
        #expect(headers.contains { $0.name == "x-one" && $0.value == "1" })
        #expect(body == Array("hi".utf8))
        try await server.stop()
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `Case 208: a redirect is an answer and never followed`(status: Int) async throws {
        let other = try await RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let server = try await RawServer(
            "HTTP/1.1 \(status) Go\r\nLocation: \(other.url)\r\nContent-Length: 0\r\n\r\n")
        guard case .response(let found, _, _) = await get(server.url, by: caller()) else {
            return #expect(Bool(false))
        }
        #expect(found == status)
        #expect(other.connections == 0)
        try await server.stop()
        try await other.stop()
    }

    @Test
    func `Case 205, 206: the address is asked about after the name was resolved, and a refused one is not called`()
        async throws
    {
        let server = try await RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let answer = await get(server.url, by: caller(allows: { bytes, _ in bytes != [127, 0, 0, 1] }))
        #expect(failure(answer) == .refusedAddress)
        let named = await get("http://localhost:\(server.port)/", by: caller(allows: { _, _ in false }))
        #expect(failure(named) == .refusedAddress)
        #expect(server.connections == 0)
        try await server.stop()
    }

    @Test(arguments: [
        "http://2130706433:PORT/", "http://0x7f000001:PORT/", "http://0177.0.0.1:PORT/", "http://127.1:PORT/",
        "http://[::ffff:127.0.0.1]:PORT/", "http://127.0.0.1.:PORT/", "http://user@127.0.0.1:PORT/",
    ])
    func `Case 207: an odd spelling of an address is the address`(url: String) async throws {
        let server = try await RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let answer = await get(
            url.replacing("PORT", with: "\(server.port)"),
            by: caller(allows: { bytes, _ in
                bytes.suffix(4) != [127, 0, 0, 1]
            }))
        #expect(failure(answer) != nil, "\(answer)")
        #expect(server.connections == 0)
        try await server.stop()
    }

    @Test func `Case 207: whether a call is https at port 443 is asked about with its address`() async {
        for (url, isWeb) in [
            ("https://127.0.0.1/", true), ("https://127.0.0.1:443/", true), ("https://[::1]/", true),
            ("https://127.0.0.1:8443/", false), ("https://127.0.0.1:22/", false), ("http://127.0.0.1:443/", false),
            ("http://127.0.0.1/", false),
        ] {
            let asked = Asked()
            let answer = await get(
                url,
                by: caller(allows: { _, isWeb in
                    asked.all.withLock { $0.append(isWeb) }
                    return false
                }))
            #expect(failure(answer) == .refusedAddress && asked.all.withLock { $0 } == [isWeb], "\(url)")
        }
    }

    @Test(arguments: [
        "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "dict://127.0.0.1:11/", "nonsense",
    ])
    func `Case 207: nothing but HTTP is spoken`(url: String) async {
        #expect(failure(await get(url, by: caller())) != nil)
    }

    @Test func `plain HTTP is refused where only HTTPS is spoken`() async throws {
        let server = try await RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let strict = OutboundCaller(allowsPlainHTTP: false, allows: { _, _ in true })
        #expect(failure(await get(server.url, by: strict)) == .malformed)
        #expect(server.connections == 0)
        try await server.stop()
    }

    @Test func `Case 209: an answer that is not HTTP says nothing against the address`() async throws {
        let server = try await RawServer("SSH-2.0-OpenSSH_9.7\r\n")
        let caller = caller()
        #expect(failure(await get(server.url, by: caller)) == .broken)
        // What the handle remembers of that call is not taken for the next one's.
        #expect(failure(await get("gopher://127.0.0.1/", by: caller)) == .malformed)
        try await server.stop()
    }

    @Test func `Case 209: an answer larger than the limit is not read`() async throws {
        let server = try await RawServer(
            "HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n" + String(repeating: "a", count: 400_000))
        #expect(failure(await get(server.url, by: caller())) == .tooLarge)
        try await server.stop()
    }

    @Test func `Case 209: nor are endless headers`() async throws {
        let server = try await RawServer(
            "HTTP/1.1 200 OK\r\n" + String(repeating: "X-A: \(String(repeating: "b", count: 90))\r\n", count: 1000)
                + "\r\n")
        let answer = failure(await get(server.url, by: caller()))
        #expect(answer == .tooLarge || answer == .broken)
        try await server.stop()
    }

    @Test func `Case 209: a server that says nothing is let go`() async throws {
        let server = try await RawServer("")
        let impatient = caller(OutboundLimits(connect: 60_000, total: 1000))
        #expect(failure(await get(server.url, by: impatient)) == .timedOut)
        try await server.stop()
    }

    @Test func `a header cannot end its line`() async throws {
        let server = try await RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let request = OutboundRequest(method: "GET", url: server.url, headers: [("a", "b\r\nc: d")], body: [])
        #expect(failure(await caller().call(request)) == .malformed)
        #expect(server.connections == 0)
        try await server.stop()
    }

    @Test(arguments: ["http://127.0.0.1:99999/", "http://a b/", "nonsense"])
    func `an address that is none is not said to be a private network`(url: String) async {
        #expect(failure(await get(url, by: caller())) == .malformed)
    }

    private func call(_ url: String, by caller: OutboundCaller, for owner: String) async -> OutboundAnswer {
        await caller.call(OutboundRequest(method: "GET", url: url, headers: [], body: [], owner: owner))
    }

    @Test func `Case 209: one owner's slow calls leave room for another's, and no call waits for ever`() async throws {
        let slow = try await RawServer("")
        let quick = try await RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let caller = OutboundCaller(
            limits: OutboundLimits(connect: 60_000, total: 600_000, idle: 600_000, wait: 100), most: 8, perHost: 8,
            allowsPlainHTTP: true, allows: { _, _ in true })
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { _ = await call(slow.url, by: caller, for: "a") } }
            while slow.connections < 2 { try? await Task.sleep(for: .milliseconds(20)) }
            #expect(failure(await call(quick.url, by: caller, for: "a")) == .busy)
            for _ in 0..<3 { #expect(failure(await call(quick.url, by: caller, for: "b")) == nil) }
            try? await slow.stop()
        }
        #expect(failure(await call(quick.url, by: caller, for: "a")) == nil)
        try await quick.stop()
    }

    @Test func `Case 209: the queue has an end, and whoever stands in it gets a turn`() async throws {
        let slow = try await RawServer("")
        let quick = try await RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        // One call at a time for one owner, and four that wait.
        let caller = OutboundCaller(
            limits: OutboundLimits(connect: 60_000, total: 600_000, idle: 600_000, wait: 600_000), most: 4, perHost: 4,
            allowsPlainHTTP: true, allows: { _, _ in true })
        async let first = call(slow.url, by: caller, for: "a")
        while slow.connections < 1 { try? await Task.sleep(for: .milliseconds(20)) }
        let failures = await withTaskGroup(of: OutboundAnswer.Failure?.self) { group in
            for _ in 0..<6 { group.addTask { failure(await call(quick.url, by: caller, for: "a")) } }
            var failures: [OutboundAnswer.Failure?] = []
            while let failure = await group.next() {
                failures.append(failure)
                // Those that were turned away are back at once, the others when the slow one has ended.
                if failures.count == 2 { try? await slow.stop() }
            }
            return failures
        }
        #expect(failures == [.busy, .busy, nil, nil, nil, nil])
        _ = await first
        try await quick.stop()
    }

    @Test func `Case 209: one slow host leaves room for the others`() async throws {
        let slow = try await RawServer("")
        let quick = try await RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        // Longer than any machine takes for the quick ones: what ends the slow ones is their server, after those.
        let caller = OutboundCaller(
            limits: OutboundLimits(connect: 60_000, total: 600_000, idle: 600_000, wait: 600_000), most: 4, perHost: 3,
            allowsPlainHTTP: true,
            allows: { _, _ in true })
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { #expect(failure(await get(slow.url, by: caller)) == .broken) } }
            while slow.connections < 3 { try? await Task.sleep(for: .milliseconds(20)) }
            for _ in 0..<5 { #expect(failure(await get(quick.url, by: caller)) == nil) }
            try? await slow.stop()
        }
        try await quick.stop()
    }
}

/// What a check of addresses was told.
private final class Asked: Sendable {
    let all = Mutex<[Bool]>([])
}
