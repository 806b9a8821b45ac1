import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite struct ClientAuthenticationTests {
    private static let grant = [("grant_type", "refresh_token"), ("refresh_token", "x")]

    private func basic(_ name: String, _ password: String, scheme: String = "Basic ") -> (String, String) {
        ("Authorization", scheme + Data("\(name):\(password)".utf8).base64EncodedString())
    }

    @Test func `§2.3.1: right credentials by Basic or in the body are known`() async throws {
        let site = try await TestSite()
        let app = try site.cast.rosterSync
        let id = app.app.clientID
        for header in [
            basic(id, app.secret), basic(id, app.secret, scheme: "bAsIc "),
            basic(id.replacingOccurrences(of: "_", with: "%5F"), app.secret),
        ] {
            #expect(try await site.token(Self.grant, headers: [header]).error == "invalid_grant", "\(header)")
        }
        #expect(try await site.token(Self.grant + site.rosterCredentials()).error == "invalid_grant")
    }

    @Test func `Case 64, 65: a wrong secret and an unknown client get the same 401`() async throws {
        let site = try await TestSite()
        let id = try site.cast.rosterSync.app.clientID
        let other = Secret<ClientSecretKind>.random().reveal()
        let nobody = "gw_id_" + String(repeating: "0", count: 22)
        let answers = [
            try await site.token(Self.grant + [("client_id", id), ("client_secret", other)]),
            try await site.token(Self.grant + [("client_id", nobody), ("client_secret", other)]),
        ]
        for answer in answers { #expect(answer.status == 401 && answer.error == "invalid_client") }
        #expect(answers[0].everything(hiding: id) == answers[1].everything(hiding: id))
        let tried = [
            try await site.token(Self.grant, headers: [basic(id, other)]),
            try await site.token(Self.grant, headers: [basic(nobody, other)]),
        ]
        for answer in tried {
            #expect(answer.status == 401 && answer.header("WWW-Authenticate")?.hasPrefix("Basic ") == true)
        }
        #expect(tried[0].everything(hiding: id) == tried[1].everything(hiding: id))
    }

    @Test(arguments: ["/t/acme/oauth/token", "/oauth/introspect", "/t/acme/oauth/revoke"])
    func `Case 52, 73: clients that nobody registered are counted by network, under whatever names`(path: String)
        async throws
    {
        let site = try await TestSite()
        let send = { (name: String, secret: String, address: String) async throws -> Answer in
            let body = "grant_type=refresh_token&refresh_token=x&token=x&client_id=\(name)&client_secret=\(secret)"
            return try await site.send(
                .post, path, headers: [TestSite.form], body: Array(body.utf8), from: address)
        }
        let long = String(repeating: "a", count: 4000)
        for number in 0..<60 {
            let answer = try await send("\(number)\(long)", "x", "2001:db8::\(number)")
            #expect(answer.status == 401, "\(number)")
        }
        let refused = try await send("another\(long)", "x", "2001:db8::ffff")
        #expect(refused.status == 429 && refused.headers[.retryAfter] != nil)
        // It holds up nobody who is known, there or elsewhere.
        let app = try site.cast.rosterSync
        for address in ["2001:db8::1", "203.0.113.9"] {
            #expect(![401, 429].contains(try await send(app.app.clientID, app.secret, address).status))
        }
        #expect(try await send("another", "x", "203.0.113.9").status == 401)
    }

    @Test func `Case 66: a bent Authorization header is refused, never an error of ours`() async throws {
        let site = try await TestSite()
        let app = try site.cast.rosterSync
        let right = basic(app.app.clientID, app.secret)
        let encoded = String(right.1.dropFirst(6))
        for value in [
            "Basic", "Basic ", "Basic  " + encoded, "Basic !!!", "Basic " + Data("nocolon".utf8).base64EncodedString(),
            "Basic " + Data([0xFF, 0x3A, 0xFE]).base64EncodedString(), "Bearer " + encoded, "Basic " + encoded + "x",
            "Basic " + String(repeating: "A", count: 64 * 1024), "Basic \(encoded),\(encoded)",
        ] {
            let answer = try await site.token(Self.grant, headers: [("Authorization", value)])
            #expect([400, 401].contains(answer.status), "\(value.prefix(40))")
            #expect(answer.error == "invalid_client" || answer.error == "invalid_request")
        }
        #expect(try await site.token(Self.grant, headers: [right, right]).error == "invalid_request")
    }

    @Test func `Case 67, 69: one way of authenticating only, and never in the address`() async throws {
        let site = try await TestSite()
        let app = try site.cast.rosterSync
        let header = basic(app.app.clientID, app.secret)
        #expect(
            try await site.token(Self.grant + site.rosterCredentials(), headers: [header]).error == "invalid_request")
        let other = Self.grant + [("client_id", "gw_id_other")]
        #expect(try await site.token(other, headers: [header]).error == "invalid_request")
        let body = "grant_type=refresh_token&refresh_token=x&client_id=\(app.app.clientID)"
        let query = try await site.send(
            .post, "/t/acme/oauth/token?client_secret=\(app.secret)", headers: [TestSite.form], body: Array(body.utf8))
        #expect(query.status == 400 && query.error == "invalid_request" && !query.contains(app.secret))
    }

    @Test(arguments: [nil, "", " ", "\0", "gw_cs_short"])
    func `Case 70: a confidential app proves itself with its secret`(secret: String?) async throws {
        let site = try await TestSite()
        let code = try await site.browser(signedInAs: site.cast.ada).code()
        let fields =
            try site.redemption(of: code) + [("client_id", try site.cast.rosterSync.app.clientID)]
            + (secret.map { [("client_secret", $0)] } ?? [])
        let answer = try await site.token(fields)
        #expect(answer.error == "invalid_client" || (secret == "\0" && answer.error == "invalid_request"))
        #expect(try await site.redeem(code).status == 200, "the code is still good")
    }

    @Test func `Case 71: a public app has no secret, and one that sends any is refused`() async throws {
        let site = try await TestSite()
        let app = try await site.browser(signedInAs: site.cast.lin).register(kind: "public")
        let id = [("client_id", app.clientID)]
        #expect(try await site.token(Self.grant + id).error == "invalid_grant")
        for secret in ["x", Secret<ClientSecretKind>.random().reveal(), try site.cast.rosterSync.secret] {
            #expect(try await site.token(Self.grant + id + [("client_secret", secret)]).error == "invalid_client")
        }
    }

    @Test func `Case 73: guessing at one address is slowed there, and locks nobody else out`() async throws {
        let site = try await TestSite()
        let id = try site.cast.rosterSync.app.clientID
        let wrong = Self.grant + [("client_id", id), ("client_secret", Secret<ClientSecretKind>.random().reveal())]
        for _ in 0..<20 { #expect(try await site.token(wrong, from: "203.0.113.9").status == 401) }
        let answer = try await site.token(wrong, from: "203.0.113.9")
        #expect(answer.status == 429 && Int(answer.header("Retry-After") ?? "") ?? 0 >= 1)
        let right = Self.grant + (try site.rosterCredentials())
        #expect(try await site.token(right, from: "203.0.113.9").status == 429)
        #expect(try await site.token(right, from: "198.51.100.9").error == "invalid_grant")
        site.clock.move(by: 61)
        #expect(try await site.token(right, from: "203.0.113.9").error == "invalid_grant")
    }

    @Test func `Case 75: a client assertion is not supported`() async throws {
        let site = try await TestSite()
        let assertion = [
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", "a.b.c"),
        ]
        let answer = try await site.token(Self.grant + assertion + site.rosterCredentials())
        #expect(answer.status == 401 && answer.error == "invalid_client")
    }
}
