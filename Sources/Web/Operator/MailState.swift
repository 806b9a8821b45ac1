import OAuth
import Storage

/// How far a letter has come.
enum MailState: Sendable {
    case sent, waiting, failed, kept

    /// - Parameter isKept: there is no mail server, so nothing is waiting to be sent.
    init(_ mail: OutboxEntry, isKept: Bool = false) {
        if mail.deliveredAt != nil {
            self = .sent
        } else if mail.failedAt != nil {
            self = .failed
        } else {
            self = mail.nextAttemptAt == nil || isKept ? .kept : .waiting
        }
    }
}

extension OutboxEntry {
    /// The state in words, and the kind of tag that shows it.
    func status(at now: Instant, isKept: Bool) -> (text: String, kind: String) {
        switch MailState(self, isKept: isKept) {
        case .sent: return ("Sent", "ok")
        case .failed: return ("Failed: \(lastProblem ?? "the mail server refused it")", "bad")
        case .kept: return ("Kept here", "mute")
        case .waiting:
            guard let lastProblem, let nextAttemptAt else { return ("Waiting", "warn") }
            return ("Waiting, next try \(Moment.relative(nextAttemptAt, at: now).text): \(lastProblem)", "warn")
        }
    }
}

extension Site {
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
                queued: .exact(mail.createdAt), status: status.text, statusKind: status.kind)
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
        let body = settings.isDemo ? letter.body : nil
        return MailPage(
            subject: letter.entry.subject, from: settings.mailFrom, to: letter.entry.recipient,
            queued: .exact(letter.entry.createdAt), status: status.text, statusKind: status.kind,
            body: body.map(pieces) ?? [], listPath: path)
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
