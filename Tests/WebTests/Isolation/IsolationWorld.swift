import Broker
import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

/// A site where Lin has one of everything, and the people who try to reach it.
struct IsolationWorld {
    let site: TestSite
    let lins: IsolationObjects
    let contactName = "Nadezhda-Only-At-Northwind"
    private let lin: Browser

    init() async throws {
        site = try await TestSite()
        let cast = site.cast
        lin = try await site.browser(signedInAs: cast.lin)
        _ = try await lin.code(at: "northwind")
        let token = try await lin.makeToken(at: "northwind")
        let person = try cast.lin.person.id
        let (store, now) = (site.store, site.clock.now)
        let member = try #require(try store.membership(of: person, in: cast.northwind.id))
        let contact = try await store.tenant(of: member).create(
            ContactDetails(firstName: contactName, lastName: "", email: nil, phone: nil, tags: []), at: now)
        let app = try cast.rosterSync.app.id
        let draft = InvitationDraft(email: try #require(EmailAddress("nia@northwind.example")), role: .member)
        let letter = Letter.invitation(
            to: draft.email.text, inviter: "Lin", tenant: "Northwind", role: .member, link: "https://x.example")
        _ = try await store.invite(
            draft, by: member, link: .random(), letter: letter, from: "198.51.100.1", at: now)
        let asked = try await store.ask(
            for: try cast.rosterSync.app, try #require(ScopeSet(parsing: "people:read")), by: member, note: "",
            path: "/t/northwind", letters: { _ in [] }, from: "198.51.100.1", at: now)
        guard case .asked(let request) = asked else { throw Unexpected() }
        store.activity.note(.change("A change.", of: app, at: now))
        try await store.flushActivity()
        _ = try await site.api()
        let kept = try await Self.brokerObjects(of: member, at: site)
        let own = [
            "tenant": "northwind", "grant": try #require(try store.grants(of: person).first).id.text,
            "session": try #require(try store.sessions(of: person, at: now).first).id.text,
            "token": token.id, "person": person.text, "app": app.text,
            "secret": try #require(try store.liveSecrets(of: app, at: now).first).id.text,
            "contact": String(contact.id), "request": request.text,
            "invitation": try #require(try store.invitations(seenBy: member, at: now).first).id.text,
            "event": try #require(try store.activity(of: app).first).id,
            "application": "dev_Lin", "scope": "people:read",
            "mail": "\(try #require(try store.outbox().first).id)",
            "api": try #require(try store.resourceServers().first).id.text,
        ]
        lins = IsolationObjects(values: own.merging(kept) { one, _ in one })
    }

    /// One of everything that the broker keeps for a tenant.
    private static func brokerObjects(
        of member: Member, at site: TestSite
    ) async throws -> [String: String] {
        let (store, now) = (site.store, site.clock.now)
        _ = try await store.environments(of: member.tenant.id, at: now)
        let dev = try #require(try store.environment("dev", of: member.tenant.id))
        let details = IntegrationDetails(key: "vault", provider: "vault", clientID: "id", scopes: [])
        let integration = try #require(
            try await store.addIntegration(details, secret: "s3cret", to: dev, by: .system, at: now))
        let draft = ConnectionDraft(connectionID: "lins", credentials: .apiKey("only-at-northwind"), values: [:])
        _ = try await store.save(draft, of: integration, at: now)
        // A number that stands nowhere else in a page.
        let number: Int64 = 765_432
        try await site.engine.write { db in _ = try db.run("UPDATE connections SET number = \(number)") }
        var trace = Trace(
            id: store.newTraceID(at: now), tenant: member.tenant.id, environment: dev.id, action: .connect,
            integrationKey: "vault", provider: "vault", connectionID: "lins", startedAt: now)
        trace.finish(.success, after: 1, at: now)
        try await store.record(trace)
        try await store.setWebhook(
            "https://northwind.example/hook", of: dev, by: .system, at: now)
        let known = try #require(try store.environment("dev", of: member.tenant.id))
        let webhook = try #require(try await store.announceTest(in: known, at: now))
        let key = try #require(
            try await store.addKey(.random(), EnvironmentKeyDraft(name: "Backend"), to: dev, by: .system, at: now))
        return [
            "environment": "dev", "integration": integration.id.text, "connection": String(number),
            "trace": trace.id.text, "webhook": webhook.text, "key": key.text, "provider": "custom",
        ]
    }

    private struct Unexpected: Error {}

    func callers() async throws -> [IsolationCaller] {
        let mallory = try await site.browser(signedInAs: site.cast.mallory)
        let grace = try await site.browser(signedInAs: site.cast.grace)
        let malloryToken = try await mallory.makeToken(
            scopes: ["account:read", "people:read", "people:write"], at: "globex"
        ).token
        let graceToken = try await grace.makeToken(at: "acme").token
        let stranger = site.browser()
        _ = try await stranger.get("/login")
        return [
            IsolationCaller(
                name: "a stranger", browser: stranger, token: nil, tenant: "globex", app: nil, isStranger: true),
            IsolationCaller(
                name: "a suspended admin of Northwind", browser: try await suspendedAdmin(), token: nil,
                tenant: "globex", app: nil, isStranger: true),
            IsolationCaller(
                name: "Olga, the operator", browser: try await site.browser(signedInAs: site.cast.olga), token: nil,
                tenant: "acme", app: nil),
            IsolationCaller(
                name: "Mallory", browser: mallory, token: malloryToken, tenant: "globex",
                app: try await mallory.register().id),
            IsolationCaller(name: "Grace", browser: grace, token: graceToken, tenant: "acme", app: nil),
        ]
    }

    /// Somebody who ran Northwind together with Lin, signed in before they were suspended.
    private func suspendedAdmin() async throws -> Browser {
        let (email, password) = ("nora@northwind.example", "Nora likes long walks")
        let now = site.clock.now
        let checked = SignUp.check(
            name: "Nora", email: email, password: password, policy: PasswordPolicy(common: []))
        guard case .valid(let signUp) = checked else { throw Unexpected() }
        let nora = try await site.store.insertVerified(
            signUp, passwordHash: try await site.site.passwords.hash(password), isOperator: false, at: now)
        try await site.store.addMember(nora.id, to: try site.cast.northwind.id, as: .admin, at: now)
        let browser = site.browser()
        _ = try await browser.signIn(email, password)
        try await site.suspend(nora)
        return browser
    }

    /// An answer without what may differ: the IDs that were asked for, and the number of the request.
    func text(of answer: Answer, objects: IsolationObjects) -> String {
        var text = answer.everything(hiding: "no such text")
        for (name, value) in objects.values where value.utf8.count > 4 {
            text = text.replacingOccurrences(of: value, with: name)
                .replacingOccurrences(of: value.replacingOccurrences(of: ":", with: "%3A"), with: name)
        }
        for name in ["contact", "mail"] {
            text = text.replacingOccurrences(of: "/\(objects.values[name] ?? "")", with: "/" + name)
        }
        return text.replacingOccurrences(of: "\\b[0-9a-f]{16,32}\\b", with: "N", options: .regularExpression)
    }

    /// Everything of Lin's is as it was.
    func expectUntouched() async throws {
        let lins = lins.values
        #expect(try await lin.isSignedIn)
        #expect(try await lin.get("/apps/\(lins["app"] ?? "")").contains("Roster Sync"))
        #expect(try await lin.get("/account/apps").contains(lins["grant"] ?? "?"))
        #expect(try await lin.get("/tokens").contains(lins["token"] ?? "?"))
        let app = try site.cast.rosterSync
        #expect(try await site.accepts(app.app.clientID, app.secret))
        let member = try #require(try site.store.membership(of: site.cast.lin.person.id, in: site.cast.northwind.id))
        let contact = try site.store.tenant(of: member).contact(Int64(lins["contact"] ?? "") ?? 0)
        #expect(contact?.details.firstName == contactName)
        let dev = try #require(try site.store.environment("dev", of: site.cast.northwind.id))
        #expect(try site.store.keys(of: dev, at: site.clock.now).map(\.id.text) == [lins["key"] ?? "?"])
        #expect(try site.store.integrations(of: dev).map(\.details.clientID) == ["id"])
        let connection = try #require(try site.store.connection("lins", of: "vault", in: dev))
        #expect(connection.metadata == .object([]) && connection.version == 1)
        #expect(
            try site.store.webhooks(of: dev, limit: 9).count == 1 && dev.webhookURL == "https://northwind.example/hook")
        #expect(!dev.requiresHMAC && !dev.hasHMACKey && dev.callbackURL == nil)
        #expect(try site.store.allowedOrigins(of: dev.id).isEmpty)
        #expect(try await site.store.environments(of: dev.tenant, at: site.clock.now).count == 2)
    }
}

struct IsolationCaller {
    let name: String
    let browser: Browser
    /// Of the caller's own tenant; nil for a stranger.
    let token: String?
    let tenant: String
    let app: String?
    var isStranger = false

    /// Whether the answer of a page is 403 rather than 404: they are a member of their own tenant, not an admin of it.
    func isRefusedBelowOwn(_ route: IsolationRoute) -> Bool { name == "Grace" && route.isForAdmins }

    /// The operator's own pages are nothing that is hidden from her.
    func mayReach(_ route: IsolationRoute) -> Bool { name.hasPrefix("Olga") && route.path.hasPrefix("/operator") }

    func isMachine(_ route: IsolationRoute) -> Bool { ["/api/", "/v2.1/"].contains { route.path.contains($0) } }

    func answer(to route: IsolationRoute, on objects: IsolationObjects) async throws -> Answer {
        let path = objects.path(of: route)
        guard !isMachine(route) else { return try await call(route.method, path) }
        guard route.method != "GET" else { return try await browser.get(path) }
        // Whatever any of the forms asks for, so that none is refused for what it says.
        let fields =
            [
                ("confirm_name", "Roster Sync"), ("overlap", "now"), ("role", "admin"), ("email", "eve@globex.example"),
                ("decision", "allow"), ("answer", "Stolen"), ("note", ""), ("deciders", "members"),
                ("admission", "any"), ("limited", "no"), ("longest", "any"), ("listed", "yes"),
                ("client_id", "gw_id_x"),
            ] + Browser.appFields("Stolen")
        return try await browser.submit(path, fields, on: isStranger ? "/login" : "/account")
    }

    private func call(_ method: String, _ path: String) async throws -> Answer {
        var headers = [("Accept", "application/json"), ("Content-Type", "application/json")]
        if let token { headers.append(("Authorization", "Bearer \(token)")) }
        let body = method == "GET" || method == "DELETE" ? "" : #"{"first_name":"Stolen"}"#
        return try await browser.site.send(
            try #require(HTTPRequest.Method(method)), path, headers: headers, body: Array(body.utf8))
    }
}
