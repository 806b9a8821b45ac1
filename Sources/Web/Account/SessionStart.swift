import HTTPTypes
import Hummingbird
import Logging
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
        knowDevice(as: person, context, on: &response)
        return response
    }

    /// Goes on without a session: the browser forgets its cookie.
    func signedOut(to path: String, saying notice: NoticeText) -> Response {
        var response = redirect(to: path, saying: notice)
        setCookie(.session, "", lifetime: 0, on: &response)
        return response
    }

    /// Leaves a mark in the browser of somebody who proved to be this person. It signs nobody in: it keeps the door
    /// open for them while others guess elsewhere.
    func knowDevice(as person: Person, _ context: some Browsing, on response: inout Response) {
        let mark = store.deviceMark(for: person.id, keeping: context.siteContext.visitor.device)
        setCookie(.device, mark, lifetime: Lifetime.device, on: &response)
    }

    /// Counts an attempt to prove a password, before any hashing. One key however the address is spelled and whichever
    /// form it is. Strangers are slowed down while passwords are tried out in bulk.
    ///
    /// - Returns: nil when it may go on, else the seconds to wait.
    func countSignIn(_ email: EmailAddress?, _ request: Request, _ context: some Browsing) async throws -> Int64? {
        switch try await store.admit(try attempt(email, request, context), at: now()) {
        case .wait(let seconds): return seconds
        case .go(isUnderAttack: false): return nil
        case .go(isUnderAttack: true):
            if limiter.count(.alarm, "sign-in", at: now()) == nil {
                context.logger.warning(
                    "passwords are being tried in bulk; browsers that nobody signed in on are slowed down",
                    metadata: ["failures": "more than \(Throttle.signInFailures.limit) in 10 minutes"])
            }
            try await Task.sleep(for: .seconds(2))
            return nil
        }
    }

    /// Whoever got in starts counting anew.
    func forgiveFailures(of person: Person, _ request: Request, _ context: some Browsing) async throws {
        try await store.settle(try attempt(EmailAddress(person.email), request, context))
    }

    func attempt(
        _ email: EmailAddress?, _ request: Request, _ context: some Browsing
    ) throws -> SignInAttempt {
        let owner = try email.flatMap { try store.signInCandidate(for: $0)?.person.id }
        let device = context.siteContext.visitor.device.flatMap { $0.person == owner ? $0.name : nil }
        return SignInAttempt(email: email?.key ?? "", network: network(of: request, context), device: device)
    }
}

extension Request {
    /// What the browser calls itself: at most 200 bytes of printable ASCII.
    fileprivate var shortUserAgent: String {
        let bytes = (headers[.userAgent] ?? "").utf8.lazy.filter { (0x20...0x7E).contains($0) }.prefix(200)
        return String(decoding: Array(bytes), as: UTF8.self)
    }
}
