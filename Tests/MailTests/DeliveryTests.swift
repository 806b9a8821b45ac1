import Foundation
import Synchronization
import Testing

@testable import Mail

/// Against a real SMTP server that keeps every byte it hears; one at a time, since some of them watch the clock.
@Suite(.serialized, .enabled(if: CapturingServer.isWanted, "needs .venv with aiosmtpd==1.4.6"))
struct RealServerTests {}

extension RealServerTests {
    @Suite("Delivering a mail") struct DeliveryTests {}
    @Suite("Mail and TLS") struct TLSTests {}
}

extension RealServerTests.DeliveryTests {
    private var quick: SMTPLimits { SMTPLimits(connect: 2_000, answer: 1_000, total: 1_500) }

    private func sender(_ server: CapturingServer, lanes: Int = 4, limits: SMTPLimits? = nil) throws -> SMTPSender {
        SMTPSender(server: try SMTPServer(url: server.url), lanes: lanes, limits: limits ?? SMTPLimits())
    }

    @Test func `a mail arrives with its headers, its words and one recipient`() async throws {
        let server = try CapturingServer()
        let message = try mail(
            from: "Gatewright bei Grüße GmbH <mail@portal.example>", subject: "Grüße 📬 from Acme",
            text: "Hëllo Ada,\n\nhttps://portal.example/verify/gw_ml_x?a=b\n")
        #expect(try await sender(server).send(message) == .delivered)
        let taken = try #require(try server.mails().first)
        #expect(taken.mail_from == "mail@portal.example")
        #expect(taken.rcpt_tos == ["ada@acme.example"])
        #expect(taken.header("From") == ["Gatewright bei Grüße GmbH <mail@portal.example>"])
        #expect(taken.header("Subject") == ["Grüße 📬 from Acme"])
        #expect(taken.header("Message-ID") == ["<out_1@portal.example>"])
        #expect(taken.text == "Hëllo Ada,\n\nhttps://portal.example/verify/gw_ml_x?a=b\n")
        #expect(taken.defects == [])
        #expect(taken.ehlo == "portal.example")
        #expect(Array(taken.content) == message.rendered())
    }

    @Test func `Case 257: on the wire there is one MAIL, one RCPT, one DATA and one final dot`() async throws {
        let server = try CapturingServer()
        let text = """
            .\r\n..\r\n.\r\nMAIL FROM:<mallory@globex.example>\r\n>\r\nRCPT TO:<mallory@globex.example>\r\n
            \u{2028}.\u{2028}\n.\nQUIT\n\(String(repeating: "x", count: 10_240))\n\(String(repeating: ".", count: 10_240))
            """
        let message = try mail(subject: "a\u{2028}.\u{2028}b", text: text)
        #expect(try await sender(server).send(message) == .delivered)
        let heard = try #require(try await server.sessions(1).first)
        let said = String(decoding: heard, as: UTF8.self).replacing("\r\n", with: "\n").split(separator: "\n")
        #expect(
            said.prefix(4).map(String.init) == [
                "EHLO portal.example",
                "MAIL FROM:<mail@portal.example> SIZE=\(message.rendered().count)",
                "RCPT TO:<ada@acme.example>", "DATA",
            ])
        #expect(said.suffix(2) == [".", "QUIT"])
        #expect(said.filter { $0 == "." }.count == 1)
        #expect(heard.allSatisfy { $0 < 0x80 && $0 != 0 })
        let taken = try #require(try server.mails().first)
        #expect(try server.mails().count == 1)
        #expect(taken.rcpt_tos == ["ada@acme.example"])
        #expect(Array(taken.text.utf8) == Array(text.replacing("\r\n", with: "\n").utf8) + [0x0A])
    }

    @Test func `libcurl doubles a leading dot, so a renderer that forgot to encode one still could not end the mail`()
        async throws
    {
        let server = try CapturingServer()
        // Straight to libcurl: a body with bare dots at line starts, as our renderer never makes it.
        let raw = Array("Subject: x\r\n\r\n.\r\n..\r\nmore\r\n".utf8)
        let transfer = SMTPTransfer(
            message: try mail(), server: try SMTPServer(url: server.url), limits: SMTPLimits(), stop: StopFlag())
        #expect(transfer.run(raw) == .delivered)
        #expect(Array(try #require(try server.mails().first).content) == raw)
    }

    @Test(arguments: [
        ("nobody@acme.example", DeliveryResult.permanent(reason: "RCPT was refused (550 5.1.1)")),
        ("spam@acme.example", .permanent(reason: "DATA was refused (554 5.7.1)")),
        ("greylist@acme.example", .temporary(reason: "RCPT was refused (451 4.7.1)")),
        ("full@acme.example", .temporary(reason: "DATA was refused (452 4.2.2)")),
    ])
    func `F9: 5xx is for good, 4xx is worth another attempt`(to: String, result: DeliveryResult) async throws {
        let server = try CapturingServer()
        #expect(try await sender(server).send(try mail(to: to)) == result)
        #expect(try server.mails().isEmpty)
    }

    @Test func `F9: a greylisted mail is taken at the second attempt`() async throws {
        let server = try CapturingServer()
        let sender = try sender(server)
        let message = try mail(to: "greylist@acme.example")
        #expect(await sender.send(message) == .temporary(reason: "RCPT was refused (451 4.7.1)"))
        #expect(await sender.send(message) == .delivered)
        #expect(try server.mails().count == 1)
    }

    @Test func `a reason never repeats what the server says, which may be the mail itself`() async throws {
        let server = try CapturingServer()
        let result = try await sender(server).send(try mail(to: "echo@acme.example", text: "gw_ml_topsecret"))
        #expect(result == .permanent(reason: "DATA was refused (550)"))
    }

    @Test func `F9: a connection lost in the middle of the data is temporary`() async throws {
        let server = try CapturingServer()
        guard case .temporary = try await sender(server).send(try mail(to: "hangup@acme.example")) else {
            Issue.record("should be temporary")
            return
        }
    }

    @Test func `F9: a server that is not there is temporary, and the reason says so`() async throws {
        let result = SMTPSender(server: try SMTPServer(url: "smtp://127.0.0.1:1"))
        guard case .temporary(let reason) = await result.send(try mail()) else {
            Issue.record("should be temporary")
            return
        }
        #expect(reason.contains("Connection refused") || reason.contains("Couldn't connect"), "\(reason)")
    }

    @Test func `F9: a tarpit is left after the time limit`() async throws {
        let server = try CapturingServer()
        guard case .temporary = try await sender(server, limits: quick).send(try mail(to: "tarpit@acme.example")) else {
            Issue.record("should be temporary")
            return
        }
    }

    @Test func `F9: a server that never answers QUIT has the mail, and holds the thread only for the answer limit`()
        async throws
    {
        let server = try CapturingServer()
        let clock = ContinuousClock()
        let start = clock.now
        let limits = SMTPLimits(connect: 60_000, answer: 1_000, total: 600_000)
        #expect(try await sender(server, limits: limits).send(try mail(to: "slowquit@acme.example")) == .delivered)
        #expect(clock.now - start < .seconds(300))
    }

    @Test func `cancelling the task ends a hanging transfer within seconds`() async throws {
        let server = try CapturingServer()
        let sender = try sender(server)
        let message = try mail(to: "tarpit@acme.example")
        let task = Task { await sender.send(message) }
        try await Task.sleep(for: .milliseconds(300))
        let clock = ContinuousClock()
        let start = clock.now
        task.cancel()
        #expect(await task.value == .temporary(reason: "stopped before the mail was taken"))
        #expect(clock.now - start < .seconds(25))
    }

    @Test func `many mails use a few connections at a time, and hold no thread of the rest`() async throws {
        let server = try CapturingServer()
        let sender = try sender(server, lanes: 3, limits: SMTPLimits(connect: 60_000, answer: 600_000, total: 600_000))
        let slow = try mail(to: "tarpit@acme.example")
        let ended = Ended()
        let tasks = (0..<6).map { _ in
            Task {
                _ = await sender.send(slow)
                ended.count.withLock { $0 += 1 }
            }
        }
        while (try? server.peak()) ?? 0 < 3 { try await Task.sleep(for: .milliseconds(20)) }
        // With every lane stuck, the cooperative threads still run other work.
        for _ in 0..<100 { await Task.yield() }
        #expect(ended.count.withLock { $0 } == 0)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        #expect(try server.peak() == 3)
    }

    @Test func `fifty mails at once all arrive, each once`() async throws {
        let server = try CapturingServer()
        let sender = try sender(server)
        let results = await withTaskGroup { group in
            for number in 0..<50 {
                group.addTask {
                    guard let message = try? mail(messageID: "out_\(number)@portal.example") else { return false }
                    return await sender.send(message) == .delivered
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(results == 50)
        #expect(Set(try server.mails().flatMap { $0.header("Message-ID") }).count == 50)
        #expect(try server.peak() <= 4)
    }
}

private final class Ended: Sendable {
    let count = Mutex(0)
}
