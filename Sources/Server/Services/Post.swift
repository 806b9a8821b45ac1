import Logging
import Mail
import OAuth
import Portal
import ServiceLifecycle
import Storage
import Web

/// Delivers what is in the outbox. Without a mail server the letters stay there for the operator, or the demo, to read.
struct Post: Service {
    private let store: Store
    private let logger: Logger
    private let from: String
    private let sender: SMTPSender?
    private let keepsBodies: Bool

    init(_ installation: Installation, logger: Logger) throws {
        store = installation.store
        self.logger = logger
        keepsBodies = installation.settings.site.isDemo
        from = installation.settings.mail?.from ?? ""
        sender = try installation.settings.mail.map { mail in
            SMTPSender(server: try SMTPServer(url: mail.url, user: mail.user, password: mail.password))
        }
        if sender == nil, !keepsBodies {
            logger.warning("no mail server is configured (GATEWRIGHT_SMTP_URL): letters wait in the outbox")
        }
    }

    func run() async throws {
        guard let sender else {
            try? await gracefulShutdown()
            return
        }
        for await _ in AsyncTicks(every: .seconds(1)).cancelOnGracefulShutdown() {
            do {
                for due in try store.dueLetters(at: Installation.now(), limit: 20) {
                    try await deliver(due, by: sender)
                }
            } catch {
                logger.warning("delivering mail failed, will try again", metadata: ["error": "\(error)"])
            }
        }
    }

    private func deliver(_ due: (entry: OutboxEntry, body: String?), by sender: SMTPSender) async throws {
        let now = Installation.now()
        guard let body = due.body else {
            let why = "its text does not open: it was damaged, or its key is gone"
            note(why, of: due.entry, isTriedAgain: false)
            // What is sealed stays, as evidence of what happened to it.
            return try await store.record(.failed(why, retryAt: nil), of: due.entry.id, keepBody: true, at: now)
        }
        let outcome: DeliveryOutcome
        do throws(InvalidMail) {
            let host = from.split(separator: "@").last.map { String($0.prefix { $0 != ">" }) } ?? "localhost"
            let message = try MailMessage(
                from: from, to: due.entry.recipient, subject: due.entry.subject, text: body,
                messageID: "\(due.entry.id.text)@\(host)", date: now.seconds)
            switch await sender.send(message) {
            case .delivered: outcome = .delivered
            case .permanent(let reason): outcome = .failed(reason, retryAt: nil)
            case .temporary(let reason): outcome = .failed(reason, retryAt: retry(due.entry, at: now))
            }
        } catch {
            outcome = .failed(error.description, retryAt: nil)
        }
        if case .failed(let why, let retry) = outcome { note(why, of: due.entry, isTriedAgain: retry != nil) }
        try await store.record(outcome, of: due.entry.id, keepBody: keepsBodies, at: now)
    }

    private func note(_ why: String, of entry: OutboxEntry, isTriedAgain: Bool) {
        logger.warning(
            "mail not delivered", metadata: ["mail": "\(entry.id.text)", "why": "\(why)", "retry": "\(isTriedAgain)"])
    }

    private func retry(_ entry: OutboxEntry, at now: Instant) -> Instant? {
        var random = SystemRandomNumberGenerator()
        let delay = RetrySchedule().nextDelay(
            attempt: Int(entry.attempts) + 1, age: now - entry.createdAt, using: &random)
        return delay.map { now + $0 }
    }
}
