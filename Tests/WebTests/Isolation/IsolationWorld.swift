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
        lins = IsolationObjects(values: [
            "tenant": "northwind", "grant": try #require(try store.grants(of: person).first).id.text,
            "session": try #require(try store.sessions(of: person, at: now).first).id.text,
            "token": token.id, "person": person.text, "app": app.text,
            "secret": try #require(try store.liveSecrets(of: app, at: now).first).id.text,
            "contact": String(contact.id), "mail": "\(try #require(try store.outbox().first).id)",
        ])
    }

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
            IsolationCaller(name: "a stranger", browser: stranger, token: nil, tenant: "globex", app: nil),
            IsolationCaller(
                name: "Mallory", browser: mallory, token: malloryToken, tenant: "globex",
                app: try await mallory.register().id),
            IsolationCaller(name: "Grace", browser: grace, token: graceToken, tenant: "acme", app: nil),
        ]
    }

    /// An answer without what may differ: the IDs that were asked for, and the number of the request.
    func text(of answer: Answer, objects: IsolationObjects) -> String {
        var text = answer.everything(hiding: "no such text")
        for (name, value) in objects.values where value.utf8.count > 4 {
            text = text.replacingOccurrences(of: value, with: name)
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
    }
}

struct IsolationCaller {
    let name: String
    let browser: Browser
    /// Of the caller's own tenant; nil for a stranger.
    let token: String?
    let tenant: String
    let app: String?

    var isStranger: Bool { token == nil }

    func isMachine(_ route: IsolationRoute) -> Bool { route.path.contains("/api/") }

    func answer(to route: IsolationRoute, on objects: IsolationObjects) async throws -> Answer {
        let path = objects.path(of: route)
        guard !isMachine(route) else { return try await call(route.method, path) }
        guard route.method != "GET" else { return try await browser.get(path) }
        // Whatever any of the forms asks for, so that none is refused for what it says.
        let fields = [("confirm_name", "Roster Sync"), ("overlap", "now")] + Browser.appFields("Stolen")
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
