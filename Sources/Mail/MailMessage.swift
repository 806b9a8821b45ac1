/// Why a mail cannot be made. The problem is one of our own sentences: nothing of the refused value is in it.
package struct InvalidMail: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Field: String, Sendable { case from, to, subject, text, messageID, date }
    package let field: Field
    package let problem: String

    package var description: String { "\(field.rawValue): \(problem)" }
}

/// One plain-text mail to one recipient, known to be safe to send: whatever could start a second header, a second
/// recipient or an SMTP command was refused when it was made.
///
/// All checks are on bytes, because to Swift CRLF is one `Character` that equals neither CR nor LF.
package struct MailMessage: Sendable {
    let from: Mailbox
    let to: Mailbox
    let subject: String
    let text: String
    let messageID: String
    let date: Int64

    /// Room for any page of text; a longer body is a mistake, and would be held in memory by every attempt.
    static let longestText = 256 * 1024

    /// - Parameters:
    ///   - from: `mail@example.org` or `Gatewright <mail@example.org>`.
    ///   - to: exactly one bare address.
    ///   - subject: any printable text up to 998 bytes.
    ///   - text: the body, with any line endings; no NUL.
    ///   - messageID: `unique@domain`, without angle brackets. The same for every attempt at the same mail, so that
    ///     a mail delivered twice can be recognised.
    ///   - date: seconds since 1970, when the mail was written.
    package init(
        from: String, to: String, subject: String, text: String, messageID: String, date: Int64
    ) throws(InvalidMail) {
        self.from = try Mailbox(parsing: from, field: .from)
        self.to = try Mailbox(address: Array(to.utf8), name: "", field: .to)
        try HeaderText.check(subject, field: .subject)
        guard !subject.utf8.isEmpty else { throw InvalidMail(field: .subject, problem: "is empty") }
        guard text.utf8.count <= Self.longestText else { throw InvalidMail(field: .text, problem: "is too long") }
        guard !text.utf8.contains(0) else { throw InvalidMail(field: .text, problem: "contains a NUL") }
        guard Mailbox.isAddress(Array(messageID.utf8)) else {
            throw InvalidMail(field: .messageID, problem: "must look like unique@domain")
        }
        guard MailDate.range.contains(date) else { throw InvalidMail(field: .date, problem: "is out of range") }
        self.subject = subject
        self.text = text
        self.messageID = messageID
        self.date = date
    }

    /// The message as it travels (RFC 5322, MIME): ASCII only, CRLF line ends, no line over 76 bytes except for
    /// an address that is longer by itself. Dots are not doubled; that is SMTP's (RFC 5321 §4.5.2), libcurl does it.
    package func rendered() -> [UInt8] {
        var out: [UInt8] = []
        HeaderText.append("Date", [MailDate.text(date)], to: &out)
        HeaderText.append("From", from.words, to: &out)
        HeaderText.append("To", to.words, to: &out)
        HeaderText.append("Message-ID", ["<\(messageID)>"], to: &out)
        HeaderText.append("Subject", HeaderText.words(subject), to: &out)
        // RFC 3834 §5: no machine should answer this mail.
        HeaderText.append("Auto-Submitted", ["auto-generated"], to: &out)
        HeaderText.append("MIME-Version", ["1.0"], to: &out)
        HeaderText.append("Content-Type", ["text/plain; charset=utf-8"], to: &out)
        HeaderText.append("Content-Transfer-Encoding", ["quoted-printable"], to: &out)
        out += [0x0D, 0x0A]
        QuotedPrintable.append(text, to: &out)
        return out
    }
}
