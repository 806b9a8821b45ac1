import OAuth
import Storage

/// How far a letter has come.
enum MailState: Sendable {
    case sent, waiting, failed, kept

    init(_ mail: OutboxEntry) {
        if mail.deliveredAt != nil {
            self = .sent
        } else if mail.failedAt != nil {
            self = .failed
        } else {
            self = mail.nextAttemptAt == nil ? .kept : .waiting
        }
    }
}

extension OutboxEntry {
    /// The state in words, and the kind of tag that shows it.
    func status(at now: Instant) -> (text: String, kind: String) {
        switch MailState(self) {
        case .sent: return ("Sent", "ok")
        case .failed: return ("Failed: \(lastProblem ?? "the mail server refused it")", "bad")
        case .kept: return ("Kept here (no mail server)", "mute")
        case .waiting:
            guard let lastProblem, let nextAttemptAt else { return ("Waiting", "warn") }
            return ("Waiting, next try \(Moment.relative(nextAttemptAt, at: now).text): \(lastProblem)", "warn")
        }
    }
}

extension Site {
    /// The outbox as a list whose entries lie below `path`.
    func outboxPage(at path: String, isDemoMail: Bool) throws -> OutboxPage {
        let now = now()
        let mails = try store.outbox().map { mail in
            let status = mail.status(at: now)
            return OutboxPage.Mail(
                path: "\(path)/\(mail.id.text)", to: mail.recipient, subject: mail.subject,
                queued: .exact(mail.createdAt), status: status.text, statusKind: status.kind)
        }
        return OutboxPage(mails: mails, isDemoMail: isDemoMail)
    }

    /// One letter. Its text is shown in demo mode only: mails hold links that sign people in.
    func mailPage(_ parameter: String?, listedAt path: String) throws -> MailPage {
        guard let parameter, let letter = try store.letter(ID(parameter)) else { throw Failure.notFound }
        let status = letter.entry.status(at: now())
        let body = settings.isDemo ? letter.body ?? "" : ""
        return MailPage(
            subject: letter.entry.subject, from: "Gatewright", to: letter.entry.recipient,
            queued: .exact(letter.entry.createdAt), status: status.text, statusKind: status.kind, body: body,
            links: links(in: body), listPath: path)
    }

    /// Addresses of this very site in a letter's text; nothing else in a mail becomes a link.
    private func links(in body: String) -> [MailPage.MailLink] {
        let words = Array(body.utf8).split { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D }
        return words.filter { $0.starts(with: (settings.base.text + "/").utf8) }.map { word in
            MailPage.MailLink(url: String(decoding: word, as: UTF8.self))
        }
    }
}
