import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

extension Site {
    /// Starts a session under a cookie of its own and goes on. Whatever session came with the request ends, and no
    /// identifier the browser brought is taken over.
    func signIn(
        _ person: Person, to path: String, saying notice: NoticeText? = nil, _ request: Request,
        _ context: some Browsing
    ) async throws -> Response {
        let cookie = Secret<SessionCookie>.random()
        _ = try await store.startSession(
            cookie, for: person.id, replacing: context.siteContext.visitor.session?.id,
            userAgent: request.shortUserAgent, address: clientAddress(of: request, context), at: now())
        var response = redirect(to: path, saying: notice)
        setCookie(.session, cookie.reveal(), lifetime: Lifetime.session, on: &response)
        return response
    }

    /// Counts an attempt to prove a password, before any hashing: by person and address, so that nobody is locked
    /// out from elsewhere, and by address alone. One key however the address is spelled.
    ///
    /// - Returns: nil when it may go on, else the seconds to wait.
    func countSignIn(_ email: EmailAddress?, _ request: Request, _ context: some Browsing) async throws -> Int64? {
        let address = clientAddress(of: request, context)
        if let wait = try await store.count(.signInByAddress, address, at: now()) { return wait }
        return try await store.count(.signInByPersonAndAddress, signInKey(email?.key ?? "", address), at: now())
    }

    /// Whoever got in, or proved to own the mailbox, starts counting anew.
    func forgiveFailures(of person: Person, _ request: Request, _ context: some Browsing) async throws {
        guard let email = EmailAddress(person.email) else { return }
        try await store.clear(.signInByPersonAndAddress, signInKey(email.key, clientAddress(of: request, context)))
    }

    private func signInKey(_ email: String, _ address: String) -> String { email + " " + address }
}

extension Request {
    /// What the browser calls itself: at most 200 bytes of printable ASCII.
    fileprivate var shortUserAgent: String {
        let bytes = (headers[.userAgent] ?? "").utf8.lazy.filter { (0x20...0x7E).contains($0) }.prefix(200)
        return String(decoding: Array(bytes), as: UTF8.self)
    }
}
