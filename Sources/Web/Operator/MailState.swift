import OAuth
import Storage

/// How far a letter has come.
enum MailState: Sendable {
    case sent, waiting, failed, kept
    /// Its link opened nothing any more before it was sent.
    case unneeded

    /// - Parameter isKept: there is no mail server, so nothing waits to be sent and nothing fails.
    init(_ mail: OutboxEntry, isKept: Bool) {
        if mail.deliveredAt != nil {
            self = .sent
        } else if isKept {
            self = .kept
        } else if mail.failedAt != nil {
            self = .failed
        } else {
            self = mail.nextAttemptAt == nil ? .unneeded : .waiting
        }
    }
}

extension OutboxEntry {
    /// The state in a word, the kind of tag that shows it, and why; the reason may be empty.
    func status(at now: Instant, isKept: Bool) -> (text: String, kind: String, reason: String) {
        switch MailState(self, isKept: isKept) {
        case .sent: return ("Sent", "ok", "")
        case .failed: return ("Failed", "bad", lastProblem ?? "The mail server refused it.")
        case .kept: return ("Kept here", "mute", "")
        case .unneeded: return ("Not needed any more", "mute", lastProblem ?? "")
        case .waiting:
            guard let lastProblem, let nextAttemptAt else { return ("Waiting", "warn", "") }
            return ("Waiting", "warn", "Next try \(Moment.relative(nextAttemptAt, at: now).text): \(lastProblem)")
        }
    }
}

extension Site {
    /// How many letters came how far, as the desk and its health page show them: without a mail server all are kept.
    func mailReadings(at now: Instant) throws -> [HealthPage.Reading] {
        let counts = try store.mailCounts()
        let path = "/operator/outbox"
        guard settings.mailFrom != nil else {
            return [
                HealthPage.Reading(
                    label: "Mail kept here", value: "\(counts.written)", kind: "ok", path: path,
                    note: "No mail server is set up, so nobody gets it.")
            ]
        }
        let isLate = counts.oldestWaiting.map { now - $0 > 3600 } ?? false
        let oldest = counts.oldestWaiting.map { "The oldest is from \(Moment.relative($0, at: now).text)." } ?? ""
        return [
            HealthPage.Reading(label: "Mail sent", value: "\(counts.sent)", kind: "ok", path: path),
            HealthPage.Reading(
                label: "Mail that waits", value: "\(counts.waiting)", kind: isLate ? "bad" : "ok", path: path,
                note: isLate ? "\(oldest) The mail server may be out of reach: each mail says why it waits." : oldest),
            HealthPage.Reading(
                label: "Mail that failed", value: "\(counts.failed)", kind: counts.failed > 0 ? "warn" : "ok",
                path: path, note: counts.failed > 0 ? "Each mail says whom it did not reach, and why." : ""),
        ]
    }

    /// A page of the outbox, as a list whose entries lie below `path`. `?after=` is the last letter of the page before.
    func outboxPage(at path: String, _ query: Form, isDemoMail: Bool) throws -> OutboxPage {
        let now = now()
        let last = query.all("after").first.map { ID<Entity.Mail>($0) }
        let found = try store.outbox(after: last, limit: OutboxPage.perPage + 1)
        let shown = found.prefix(OutboxPage.perPage)
        let mails = shown.map { mail in
            let status = mail.status(at: now, isKept: settings.mailFrom == nil)
            return OutboxPage.Mail(
                path: "\(path)/\(mail.id.text)", to: mail.recipient, subject: mail.subject,
                queued: .exact(mail.createdAt), status: status.text, statusKind: status.kind,
                reason: status.reason)
        }
        let next = found.count > shown.count ? shown.last.map { "\(path)?after=\($0.id.text)" } : nil
        return OutboxPage(
            mails: mails, isDemoMail: isDemoMail, isKept: settings.mailFrom == nil, isNarrowed: last != nil,
            listPath: path, nextPath: next ?? "")
    }

    /// One letter. Its text is shown in demo mode only: mails hold links that sign people in.
    func mailPage(_ parameter: String?, listedAt path: String) throws -> MailPage {
        guard let parameter, let letter = try store.letter(ID(parameter)) else { throw Failure.notFound }
        let status = letter.entry.status(at: now(), isKept: settings.mailFrom == nil)
        let isSpent = letter.entry.deliveredAt == nil && letter.entry.failedAt == nil && letter.body == nil
        let body = settings.isDemo ? letter.body : nil
        return MailPage(
            subject: letter.entry.subject, from: settings.mailFrom, to: letter.entry.recipient,
            queued: .exact(letter.entry.createdAt), status: status.text, statusKind: status.kind,
            reason: status.reason, isSpent: isSpent, body: body.map(pieces) ?? [], listPath: path)
    }

    /// A letter's text, cut where an address of this very site begins and ends; nothing else in a mail becomes a link.
    private func pieces(of body: String) -> [MailPage.Piece] {
        let own = Array((settings.base.text + "/").utf8)
        var pieces: [MailPage.Piece] = []
        var text: [UInt8] = []
        var rest = Array(body.utf8)[...]
        while let byte = rest.first {
            let word = rest.prefix { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D }
            guard word.starts(with: own) else {
                let next = word.isEmpty ? [byte] : word
                text += next
                rest = rest.dropFirst(next.count)
                continue
            }
            pieces.append(MailPage.Piece(text: String(decoding: text, as: UTF8.self)))
            pieces.append(MailPage.Piece(url: String(decoding: word, as: UTF8.self)))
            text = []
            rest = rest.dropFirst(word.count)
        }
        return pieces + [MailPage.Piece(text: String(decoding: text, as: UTF8.self))]
    }
}
