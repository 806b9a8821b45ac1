import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/account/second-factor`: a code from an authenticator besides the password (RFC 6238).
struct SecondFactorController {
    let site: Site

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        // What the page shows while a key waits is as good as the second step itself.
        if let factor = try site.store.secondFactor(of: context.person.id), factor.confirmedAt == nil {
            try site.askToConfirm(context)
        }
        return try page(request, context)
    }

    /// Makes the key that the next page shows. It counts for nothing until a code of it comes back.
    func begin(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context)
        var random = SystemRandomNumberGenerator()
        let seed = (0..<TimeCode.seedLength).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        try await site.store.beginSecondFactor(of: context.person.id, seed: seed, at: site.now())
        return site.redirect(to: "/account/second-factor")
    }

    func confirm(_ request: Request, _ context: PersonContext) async throws -> Response {
        let form = try await site.form(request, context)
        let (person, now) = (context.person, site.now())
        guard let factor = try site.store.secondFactor(of: person.id) else {
            return site.redirect(to: "/account/second-factor")
        }
        // Sent twice: the codes are there to be seen, or were seen.
        guard factor.confirmedAt == nil else { return site.redirect(to: "/account/second-factor/codes") }
        // Whoever has a code of a key saw its page, which asked for a proof ten minutes ago at most. Nobody is asked again
        // while the code runs out.
        let isFresh = (-60...Lifetime.confirmation).contains(now - factor.begunAt)
        if !isFresh { try await site.confirm(form, request, context) }
        if let wait = try await site.store.count(.secondStep, person.id.text, at: now) {
            throw Failure.tooManyRequests(retryAfter: wait)
        }
        let codes = newCodes()
        let isOn = try await site.store.confirmSecondFactor(
            of: person.id, with: try form.text("code"), recovery: codes,
            letter: .secondFactorOn(to: person.email, name: person.name, account: site.url("/account/second-factor")),
            from: site.clientAddress(of: request, context), at: now)
        if isOn {
            try await site.store.clear(.secondStep, person.id.text)
            return showOnce(codes, context)
        }
        guard try site.store.secondFactor(of: person.id)?.confirmedAt == nil else {
            try await site.store.giveBack(.secondStep, person.id.text)
            return site.redirect(to: "/account/second-factor/codes")
        }
        // The page shows the key again.
        if isFresh { try await site.confirm(form, request, context) }
        return try page(request, context, problems: [.wrongCode])
    }

    func renewCodes(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context)
        guard context.person.hasSecondFactor else { return site.redirect(to: "/account/second-factor") }
        let codes = newCodes()
        try await site.store.renewRecoveryCodes(
            of: context.person.id, to: codes, from: site.clientAddress(of: request, context), at: site.now())
        return showOnce(codes, context)
    }

    /// The codes, this once.
    func codes(_ request: Request, _ context: PersonContext) async throws -> Response {
        guard context.person.hasSecondFactor else { return site.redirect(to: "/account/second-factor") }
        let text = site.shownOnce.take(Self.subject, for: context.session.id, by: request.method, at: site.now())
        let codes = (text ?? "").utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) }
        return try site.page(RecoveryCodesPage(codes: codes, text: codes.joined(separator: "\n")), request, context)
    }

    func askToTurnOff(_ request: Request, _ context: PersonContext) async throws -> Response {
        guard context.person.hasSecondFactor else { return site.redirect(to: "/account/second-factor") }
        try site.askToConfirm(context)
        return try site.page(SecondFactorOffPage(isOperator: context.person.isOperator), request, context)
    }

    /// Also gives up a key that was only begun.
    func turnOff(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context)
        let person = context.person
        _ = try await site.store.endSecondFactor(
            of: person, by: nil,
            letter: .secondFactorOff(to: person.email, name: person.name, forgot: site.url("/forgot")),
            from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(
            to: person.hasSecondFactor ? "/account" : "/account/second-factor",
            saying: person.hasSecondFactor ? .secondFactorOff : nil)
    }
}

extension SecondFactorController {
    private static let subject = "recovery-codes"

    private func page(_ request: Request, _ context: PersonContext, problems: [Problem] = []) throws -> Response {
        let (person, now) = (context.person, site.now())
        var page = SecondFactorPage()
        if let factor = try site.store.secondFactor(of: person.id), let since = factor.confirmedAt {
            page.isOn = true
            page.since = .day(since)
            page.codesLeft = counted(Int64(factor.recoveryCodesLeft), "recovery code")
            page.hasFewCodes = factor.recoveryCodesLeft < 3
        } else if let seed = try site.store.waitingSeed(of: person.id) {
            let key = Base32.text(seed)
            let address =
                "otpauth://totp/Gatewright:\(PercentEncoding.encode(person.email))?secret=\(key)&issuer=Gatewright"
            let code = QRCode(address)
            page.key = Self.grouped(key)
            page.squares = code?.squares ?? ""
            page.side = String(code?.pictureSide ?? 0)
        }
        page.serverTime = Moment.exact(now).text
        return try site.page(page, request, context, problems: problems)
    }

    private func newCodes() -> [String] {
        var random = SystemRandomNumberGenerator()
        return (0..<RecoveryCode.count).map { _ in RecoveryCode.random(using: &random) }
    }

    private func showOnce(_ codes: [String], _ context: PersonContext) -> Response {
        site.shownOnce.keep(
            codes.joined(separator: "\n"), of: Self.subject, for: context.session.id, at: site.now())
        return site.redirect(to: "/account/second-factor/codes")
    }

    /// In fours, as people type it.
    private static func grouped(_ key: String) -> String {
        let bytes = Array(key.utf8)
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            String(decoding: bytes[start..<min(start + 4, bytes.count)], as: UTF8.self)
        }.joined(separator: " ")
    }
}
