import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

/// Case 164, held against the route table: a new form has to be in one of these lists, or is an operator's.
@Suite("Which forms want a fresh proof")
struct StepUpTests {
    /// What hands out access, or lets somebody decide about it. With the fields that make it dangerous.
    static let dangerous: [(route: String, fields: [(String, String)])] = [
        ("/account/email", [("email", "new@acme.example")]),
        ("/account/sessions/end-others", []),
        ("/account/second-factor/begin", []),
        ("/account/second-factor/codes", []),
        ("/account/second-factor/off", []),
        ("/account/export", []),
        ("/account/delete", [("confirm_name", "ada@acme.example")]),
        ("/tokens", Browser.tokenFields(at: "acme")),
        ("/apps/{app}/delete", [("confirm_name", "Roster Sync")]),
        ("/apps/{app}/secrets", [("overlap", "now")]),
        ("/apps/{app}/secrets/{secret}/revoke", []),
        ("/apps/{app}/direct", [("lifetime", "3600")]),
        ("/t/{tenant}/test-token", []),
        ("/t/{tenant}/delete", [("confirm_name", "Acme")]),
        ("/t/{tenant}/members/{person}/role", [("role", "admin")]),
        ("/t/{tenant}/invitations", [("email", "eve@acme.example"), ("role", "admin")]),
        ("/t/{tenant}/policy", [("deciders", "members"), ("admission", "any"), ("limited", "no")]),
        ("/t/{tenant}/apps", [("client_id", "gw_id_x")]),
        ("/t/{tenant}/apps/{app}/rules", [("listed", "yes"), ("limited", "no")]),
        ("/t/{tenant}/requests/{request}", [("decision", "allow"), ("answer", "")]),
        ("/t/{tenant}/env/{environment}/connections/{connection}/reveal", []),
        ("/t/{tenant}/env/{environment}/delete", [("confirm_name", "dev")]),
        ("/t/{tenant}/env/{environment}/integrations/{integration}/delete", [("confirm_name", "github")]),
        ("/t/{tenant}/env/{environment}/settings/callback", [("callback", "https://acme.example/callback")]),
        ("/t/{tenant}/env/{environment}/settings/hmac", [("overlap", "day")]),
        ("/t/{tenant}/env/{environment}/settings/hmac/require", [("required", "no")]),
        ("/t/{tenant}/env/{environment}/settings/hmac/reveal", []),
        ("/t/{tenant}/env/{environment}/settings/keys", [("key_name", "Backend")]),
        ("/t/{tenant}/env/{environment}/settings/keys/{key}/revoke", []),
        ("/t/{tenant}/env/{environment}/settings/keys/{key}/rotate", [("overlap", "now")]),
        ("/t/{tenant}/env/{environment}/settings/origins", [("origins", "https://acme.example")]),
        ("/t/{tenant}/env/{environment}/settings/variables", [("variables", "A=b"), ("version", "0")]),
        ("/t/{tenant}/env/{environment}/settings/variables/reveal", []),
        ("/t/{tenant}/env/{environment}/webhooks/key", [("overlap", "day")]),
        ("/t/{tenant}/env/{environment}/webhooks/key/reveal", []),
    ]

    /// What takes something away, asks for the password itself, is decided by a ticket or concerns one's own things only;
    /// and what asks in some cases, which a test of its own shows.
    static let ordinary: Set = [
        "/theme", "/setup", "/signup", "/verify/resend", "/verify/{link}", "/login", "/login/code", "/logout",
        "/forgot",
        "/reset/{link}", "/email/{link}", "/email/undo/{link}", "/invitations/{link}", "/account/confirm",
        // Asks when the key that the code is of is older than a proof may be.
        "/account/second-factor", "/account/name",
        "/account/password", "/account/sessions/{session}/end", "/account/sessions/end-all",
        "/account/apps/{tenant}/{grant}/revoke", "/tokens/{token}/revoke", "/apps", "/apps/{app}",
        "/apps/{app}/token-format", "/apps/{app}/token-format/test", "/apps/{app}/review",
        "/apps/{app}/grants/{grant}/revoke",
        "/apps/{app}/direct/off", "/user/api-keys", "/developer/apply", "/tenants", "/t/{tenant}/sample-people",
        "/t/{tenant}/members/{person}/remove", "/t/{tenant}/invitations/{invitation}/resend",
        "/t/{tenant}/invitations/{invitation}/withdraw", "/t/{tenant}/apps/{app}/revoke",
        "/t/{tenant}/apps/{app}/grants/{grant}/revoke", "/t/{tenant}/requests", "/t/{tenant}/tokens/rules",
        "/t/{tenant}/tokens/{token}/revoke", "/t/{tenant}/settings", "/t/{tenant}/leave",
        "/t/{tenant}/test-token/revoke",
        "/t/{tenant}/oauth/authorize",
        "/t/{tenant}/env", "/t/{tenant}/env/{environment}/integrations",
        // Asks when the client secret, or where it is sent, changes.
        "/t/{tenant}/env/{environment}/integrations/{integration}",
        "/t/{tenant}/env/{environment}/integrations/{integration}/connect",
        "/t/{tenant}/env/{environment}/connections/{connection}/delete",
        "/t/{tenant}/env/{environment}/connections/{connection}/metadata",
        "/t/{tenant}/env/{environment}/connections/{connection}/reconnect",
        "/t/{tenant}/env/{environment}/connections/{connection}/refresh",
        "/t/{tenant}/env/{environment}/webhooks", "/t/{tenant}/env/{environment}/webhooks/test",
        "/t/{tenant}/env/{environment}/webhooks/{webhook}/replay",
        // Decided by a session of the company's backend, by a digest of its own, or by the person at the provider.
        "/connect", "/oauth/connect/{integration}",
    ]

    /// Answers machines, which have no session; a posted callback is known by no cookie either.
    static let machines: Set = [
        "/oauth/callback", "/oauth/callback/{place}",
        "/t/{tenant}/oauth/token", "/t/{tenant}/oauth/revoke", "/t/{tenant}/oauth/introspect", "/oauth/introspect",
        "/leaked-tokens", "/t/{tenant}/api/v1/people", "/v2.1/token",
        "/api-auth/api-key/{integration}", "/api-auth/basic/{integration}", "/auth/unauthenticated/{integration}",
        "/config", "/connect/sessions", "/connect/sessions/reconnect", "/connection", "/connection/**", "/connections",
        "/connections/metadata", "/integrations", "/oauth2/auth/{integration}", "/proxy/**", "/unauth/{integration}",
        "/app-store-auth/{integration}", "/auth/jwt/{integration}", "/auth/tba/{integration}",
        "/auth/two-step/{integration}",
    ]

    private func posts(of site: TestSite) -> Set<String> {
        Set(site.site.routeTable().filter { $0.method == "POST" }.map(\.path))
    }

    private func filled(_ route: String) -> String {
        [("{tenant}", "acme"), ("{scope}", "people:read")].reduce(route) {
            $0.replacingOccurrences(of: $1.0, with: $1.1)
        }.split(separator: "/").map { $0.hasPrefix("{") ? "/nothing" : "/" + $0 }.joined()
    }

    @Test func `Case 164: every form is known as one that asks, or one that need not`() async throws {
        let site = try await TestSite(hasCast: false)
        let known = Self.ordinary.union(Self.machines).union(Self.dangerous.map(\.route))
        let served = posts(of: site).filter { !$0.hasPrefix("/operator") }
        #expect(served.subtracting(known) == [], "say in StepUpTests.swift whether these ask")
        #expect(known.subtracting(served) == [], "these are served no more")
    }

    @Test func `Case 164: whatever an operator does wants a fresh proof`() async throws {
        let site = try await TestSite()
        let olga = try await site.browser(signedInAs: site.cast.olga)
        site.clock.move(by: 601)
        let routes = posts(of: site).filter { $0.hasPrefix("/operator") }
        #expect(routes.count >= 17)
        for route in routes.sorted() {
            let answer = try await olga.submit(filled(route), on: "/account")
            #expect(answer.status == 403 && answer.contains("Confirm it is you"), "\(route): \(answer.status)")
        }
    }

    @Test func `Case 164: what hands out access wants a fresh proof, whoever asks`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        site.clock.move(by: 601)
        for (route, fields) in Self.dangerous where !route.hasPrefix("/apps/{app}") {
            let answer = try await ada.submit(filled(route), fields, on: "/account")
            #expect(answer.status == 403 && answer.contains("Confirm it is you"), "\(route): \(answer.status)")
        }
        let lin = try await site.browser(signedInAs: site.cast.lin)
        site.clock.move(by: 601)
        let app = try site.cast.rosterSync.app.id
        let secret = try #require(try site.store.liveSecrets(of: app, at: site.clock.now).first).id.text
        for (route, fields) in Self.dangerous where route.hasPrefix("/apps/{app}") {
            let path = route.replacingOccurrences(of: "{app}", with: app.text)
                .replacingOccurrences(of: "{secret}", with: secret)
            let answer = try await lin.submit(path, fields, on: "/account")
            #expect(answer.status == 403 && answer.contains("Confirm it is you"), "\(route): \(answer.status)")
        }
    }

    @Test func `Case 164: a stale session makes no admin, and the proof does what was asked`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        let grace = try site.cast.grace.person.id
        _ = try await ada.submit(
            "/t/acme/invitations", ["email": "nia@acme.example", "role": "admin"], on: "/t/acme/invitations/new")
        let member = try #require(try site.store.membership(of: site.cast.ada.person.id, in: site.cast.acme.id))
        let invitation = try #require(try site.store.invitations(seenBy: member, at: site.clock.now).first)
        site.clock.move(by: 601)
        let again = "/t/acme/invitations/\(invitation.id.text)/resend"
        #expect(try await ada.submit(again, on: "/t/acme/members").status == 403)
        #expect(try site.letters(to: "nia@acme.example").count == 1)
        // Members are invited, and admins made members, without being asked.
        #expect(
            try await ada.submit(
                "/t/acme/invitations", ["email": "tom@acme.example", "role": "member"], on: "/t/acme/invitations/new"
            ).status == 303)
        let path = "/t/acme/members/\(grace.text)/role"
        #expect(try await ada.submit(path, ["role": "member"], on: "/t/acme/members").status == 303)
        let asked = try await ada.submit(path, ["role": "admin"], on: "/t/acme/members")
        #expect(asked.status == 403)
        #expect(try site.store.membership(of: grace, in: site.cast.acme.id)?.role == .member)
        let fields = [
            ("csrf", asked.csrf ?? ""), ("kept", asked.hidden("kept") ?? ""),
            ("confirm_password", try site.cast.ada.password),
        ]
        #expect(try await ada.post(path, fields).location == "/t/acme/members")
        #expect(try site.store.membership(of: grace, in: site.cast.acme.id)?.role == .admin)
    }
}
