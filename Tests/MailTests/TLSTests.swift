import Foundation
import Testing

@testable import Mail

extension RealServerTests.TLSTests {
    private func send(_ url: String, user: String? = nil, password: String? = nil, authorities: String? = nil)
        async throws -> DeliveryResult
    {
        let server = try SMTPServer(url: url, user: user, password: password, authorities: authorities)
        return await SMTPSender(server: server).send(try mail())
    }

    @Test(arguments: ["starttls", "implicit"])
    func `a trusted certificate: the mail goes over TLS, with the password`(kind: String) async throws {
        let (certificate, key) = try CapturingServer.certificate()
        let server = try CapturingServer([
            "--tls", kind, "--cert", certificate, "--key", key, "--credentials", "portal:hunter2",
        ])
        let url =
            kind == "implicit" ? "smtps://localhost:\(server.port)" : "smtp://localhost:\(server.port)?tls=required"
        let result = try await send(url, user: "portal", password: "hunter2", authorities: certificate)
        #expect(result == .delivered)
        let taken = try #require(try server.mails().first)
        #expect(taken.tls && taken.user == "portal")
    }

    @Test(arguments: ["smtp://localhost:PORT?tls=required", "smtp://localhost:PORT?tls=optional"])
    func `an untrusted certificate stops the mail, even where TLS is optional`(url: String) async throws {
        let (certificate, key) = try CapturingServer.certificate()
        let server = try CapturingServer(["--tls", "starttls", "--cert", certificate, "--key", key])
        guard case .temporary(let reason) = try await send(url.replacing("PORT", with: "\(server.port)")) else {
            Issue.record("should be temporary")
            return
        }
        #expect(reason.contains("certificate"), "\(reason)")
        #expect(try server.mails().isEmpty)
    }

    @Test func `a certificate for another name stops the mail`() async throws {
        let (certificate, key) = try CapturingServer.certificate(for: "DNS:mail.globex.example")
        let server = try CapturingServer(["--tls", "implicit", "--cert", certificate, "--key", key])
        let result = try await send("smtps://localhost:\(server.port)", authorities: certificate)
        guard case .temporary(let reason) = result else {
            Issue.record("should be temporary")
            return
        }
        #expect(reason.contains("name"), "\(reason)")
        #expect(try server.mails().isEmpty)
    }

    @Test func `required TLS: a server that offers none gets neither mail nor password`() async throws {
        let server = try CapturingServer(["--credentials", "portal:hunter2"])
        let result = try await send("smtp://127.0.0.1:\(server.port)?tls=required", user: "portal", password: "hunter2")
        guard case .temporary = result else {
            Issue.record("should be temporary")
            return
        }
        let heard = String(decoding: try #require(try await server.sessions(1).first), as: UTF8.self)
        #expect(!heard.contains("AUTH") && !heard.contains("MAIL"))
    }

    @Test func `a refused sign-in is for the operator to mend: temporary, and without the password`() async throws {
        let server = try CapturingServer(["--credentials", "portal:hunter2"])
        let url = "smtp://127.0.0.1:\(server.port)"
        #expect(try await send(url, user: "portal", password: "hunter2") == .delivered)
        let refused = try await send(url, user: "portal", password: "wrong-hunter3")
        #expect(refused == .temporary(reason: "the mail server refused our sign-in (535 5.7.8)"))
        #expect(try await send(url) == .temporary(reason: "MAIL was refused (530 5.7.0)"))
    }

    @Test func `a mail server that wants TLS first is temporary too`() async throws {
        let (certificate, key) = try CapturingServer.certificate()
        let server = try CapturingServer([
            "--tls", "starttls", "--require-starttls", "--cert", certificate, "--key", key,
        ])
        #expect(try await send("smtp://127.0.0.1:\(server.port)") == .temporary(reason: "MAIL was refused (530)"))
    }
}
