import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// What somebody typed to show that it is still them.
struct Proof: Sendable {
    let password: String
    /// From the authenticator, or a recovery code; asked of those who have two-step sign-in.
    let code: String

    init(_ form: Form) throws {
        password = try form.text("confirm_password")
        code = try form.text("confirm_code")
    }
}

/// A dangerous action that waits until its sender proved who they are (ASVS 7.5.1), with all that they typed.
struct Confirmation: Sendable {
    /// The action's own address: the proof is good for what was asked and nothing else was.
    var formPath: String
    /// The sealed form, in pieces that fit a field.
    var kept: [String]
    /// Where a page that was asked for is; then nothing is kept.
    var next = ""
    var refusal: ProofRefusal?

    var status: HTTPResponse.Status {
        switch refusal {
        case nil: .forbidden
        case .wrong: .unprocessableContent
        case .tooOften: .tooManyRequests
        }
    }
}

/// Why a proof does not count.
enum ProofRefusal: Sendable {
    case wrong(Problem)
    /// In seconds.
    case tooOften(wait: Int64)
}

extension Site {
    /// Reads the form of a dangerous action. When its sender has not proven who they are within ten minutes, the answer
    /// is a page that asks and keeps the form; sent from there with a right proof, it arrives here as it was.
    ///
    /// - Parameter part: the ID of what the answer changes, on a long page; the form that sends the action names it too.
    func confirmedForm(
        _ request: Request, _ context: some SignedInContext, part: String? = nil
    ) async throws -> Form {
        let form = try await form(request, context)
        try await confirm(form, request, context, part: part)
        return form
    }

    /// As ``confirmedForm(_:_:)``, for an action that is dangerous only with some of what its form may say: to be called
    /// before anything is done.
    func confirm(
        _ form: Form, _ request: Request, _ context: some SignedInContext, part: String? = nil
    ) async throws {
        guard !context.session.isConfirmed(at: now()) else { return }
        let path = request.uri.path
        var confirmation = Confirmation(
            formPath: path + (part.map { "#" + $0 } ?? ""),
            kept: pieces(of: try store.keepForm(form.bytes, of: context.session.id, for: path)))
        guard let proof = form.proof else { throw Failure.confirmFirst(confirmation) }
        confirmation.refusal = try await refusal(of: proof, request, context)
        guard confirmation.refusal == nil else { throw Failure.confirmFirst(confirmation) }
    }

    /// Before a page whose form leads to a dangerous action, so that nothing is typed in vain.
    func askToConfirm(_ context: some SignedInContext) throws {
        guard context.session.isConfirmed(at: now()) else { throw Failure.confirmFirst(nil) }
    }

    /// Nil when the proof is right: the session then counts as confirmed, under a new cookie. Counted like signing in,
    /// so that a stolen session is no way to guess faster.
    func refusal(of proof: Proof, _ request: Request, _ context: some SignedInContext) async throws -> ProofRefusal? {
        let person = context.session.person
        if let wait = try await countSignIn(EmailAddress(person.email), request, context) {
            return .tooOften(wait: wait)
        }
        guard try await isPassword(proof.password, of: person) else {
            return .wrong(Problem("confirm_password", "This is not your password."))
        }
        if person.hasSecondFactor {
            if let wait = try await store.count(.secondStep, person.id.text, at: now()) { return .tooOften(wait: wait) }
            guard try await useCode(proof.code, of: person, request, context) else {
                return .wrong(
                    Problem("confirm_code", "This code is not right, or was used already. Enter the next one."))
            }
        }
        try await forgiveFailures(of: person, request, context)
        let cookie = Secret<SessionCookie>.random()
        guard try await store.confirm(context.session.id, under: cookie, at: now()) else { throw Failure.signInFirst }
        context.siteContext.visitor.renewal?.leave(cookie)
        return nil
    }

    /// Whether the code is right; it is used up then. Counted by the caller before.
    func useCode(_ code: String, of person: Person, _ request: Request, _ context: some Browsing) async throws -> Bool {
        let (email, name, account) = (person.email, person.name, url("/account/second-factor"))
        let use = try await store.useCode(
            code, of: person.id,
            recovered: { .recoveryCodeUsed(to: email, name: name, left: $0, account: account) },
            from: clientAddress(of: request, context), at: now())
        guard use != .refused else { return false }
        try await store.clear(.secondStep, person.id.text)
        return true
    }

    func isPassword(_ password: String, of person: Person) async throws -> Bool {
        guard password.utf8.count <= PasswordPolicy.longest, let hash = try store.passwordHash(of: person.id) else {
            return false
        }
        return try await passwords.verify(password, against: hash)
    }

    /// The page that asks. If even that cannot be made, an ordinary error.
    func confirmPage(_ confirmation: Confirmation, _ request: Request, _ context: SiteContext) -> Response {
        var page = ConfirmPage(
            formPath: confirmation.formPath, email: context.visitor.session?.person.email ?? "",
            needsCode: context.visitor.session?.person.hasSecondFactor == true, next: confirmation.next,
            kept: confirmation.kept)
        var problems: [Problem] = []
        var wait: Int64?
        switch confirmation.refusal {
        case nil: break
        case .wrong(let problem): problems = [problem]
        case .tooOften(let seconds):
            wait = seconds
            page.retryText = ErrorPage.waiting(seconds)
        }
        var response: Response
        do {
            response = try self.page(page, request, context, status: confirmation.status, problems: problems)
        } catch {
            return errorPage(Failure.noting(error, request, context), request, context)
        }
        if let wait { response.headers[.retryAfter] = "\(wait)" }
        return response
    }

    /// A field holds 8,192 bytes at most.
    private func pieces(of text: String) -> [String] {
        let bytes = Array(text.utf8)
        return stride(from: 0, to: bytes.count, by: 8000).map { start in
            String(decoding: bytes[start..<min(start + 8000, bytes.count)], as: UTF8.self)
        }
    }
}
