import Foundation
import HTTPTypes
import Synchronization
import Testing
import Web

/// A browser: keeps cookies, sends what the forms of the pages before would send, and says where it came from.
final class Browser: Sendable {
    let site: TestSite
    let address: String
    private let jar = Mutex<[String: String]>([:])

    init(at site: TestSite, from address: String) {
        self.site = site
        self.address = address
    }

    /// The value of a cookie, for tests that replay or plant one.
    subscript(cookie name: String) -> String? {
        get { jar.withLock { $0[name] } }
        set { jar.withLock { $0[name] = newValue } }
    }

    /// Of every cookie it keeps.
    var names: [String] { jar.withLock { Array($0.keys) } }

    var session: String? {
        get { self[cookie: "gw_session"] ?? self[cookie: "__Host-gw_session"] }
        set { self[cookie: site.site.settings.base.isSecure ? "__Host-gw_session" : "gw_session"] = newValue }
    }

    func get(_ path: String, headers: [(String, String)] = []) async throws -> Answer {
        try await send(.get, path, headers: headers)
    }

    func head(_ path: String) async throws -> Answer { try await send(.head, path, headers: []) }

    /// Posts exactly these fields, as a page of ours would. No form token is added: see ``submit(_:_:on:)``.
    ///
    /// - Parameter headers: replaces what says that the form is one of our own.
    func post(
        _ path: String, _ fields: KeyValuePairs<String, String>, headers: [(String, String)]? = nil
    ) async throws -> Answer {
        try await post(path, fields.map { ($0.key, $0.value) }, headers: headers)
    }

    /// Opens a page, takes its form token and posts the fields together with it.
    ///
    /// - Parameter page: where the form is; nil when the address shows it itself.
    @discardableResult
    func submit(
        _ path: String, _ fields: [(String, String)], on page: String? = nil, headers: [(String, String)]? = nil
    ) async throws -> Answer {
        let form = try await get(page ?? path)
        let csrf = try #require(form.csrf, "no form on \(page ?? path): \(form.status)")
        return try await post(path, fields + [("csrf", csrf)], headers: headers)
    }

    @discardableResult
    func submit(
        _ path: String, _ fields: KeyValuePairs<String, String> = [:], on page: String? = nil,
        headers: [(String, String)]? = nil
    ) async throws -> Answer {
        try await submit(path, fields.map { ($0.key, $0.value) }, on: page, headers: headers)
    }

    func post(_ path: String, _ fields: [(String, String)], headers: [(String, String)]? = nil) async throws -> Answer {
        let own = [("Origin", site.site.settings.base.text), ("Sec-Fetch-Site", "same-origin")]
        let body = fields.map { "\(Self.encode($0.0))=\(Self.encode($0.1))" }.joined(separator: "&")
        return try await send(
            .post, path, headers: (headers ?? own) + [("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(body.utf8))
    }

    func signIn(_ email: String, _ password: String, next: String? = nil) async throws -> Answer {
        let page = "/login" + (next.map { "?next=" + Self.encode($0) } ?? "")
        // Somebody signed in is sent away from the page; any other page has a token that is as good.
        let form = try await get(page)
        let csrf = form.status == 200 ? form.csrf : try await get("/").csrf
        return try await post(
            "/login",
            [
                ("email", email), ("password", password), ("next", form.hidden("next") ?? next ?? ""),
                ("csrf", csrf ?? ""),
            ])
    }

    /// Whether a page that needs a session is shown.
    var isSignedIn: Bool {
        get async throws { try await get("/account").status == 200 }
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, headers: [(String, String)], body: [UInt8] = []
    ) async throws -> Answer {
        let cookies = jar.withLock { $0.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ") }
        let answer = try await site.send(
            method, path, headers: headers + (cookies.isEmpty ? [] : [("Cookie", cookies)]), body: body, from: address)
        for cookie in answer.setCookies { keep(cookie) }
        return answer
    }

    private func keep(_ setCookie: String) {
        let parts = setCookie.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { return }
        let isDeleted = parts.contains("Max-Age=0")
        self[cookie: String(pair[..<equals])] = isDeleted ? nil : String(pair[pair.index(after: equals)...])
    }

    /// Percent-encoding of one form value.
    static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
