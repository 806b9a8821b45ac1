import OAuth

/// `/operator`
package struct OperatorPage: Page {
    struct Count: Sendable {
        var label: String
        var value: String
    }

    /// "2 applications" that wait; empty when none does.
    var applications = ""
    /// "3 apps" that nobody has looked at; empty when there is none.
    var unreviewed = ""
    var counts: [Count]
    /// Version, database, base address and the like.
    var facts: [Fact]

    package static let template = "operator/index"
    package static let place = Place.operator
    package var title: String { "Operator" }
    package static let sample = OperatorPage(
        applications: "2 applications", unreviewed: "1 app",
        counts: [
            Count(label: "People", value: "5"), Count(label: "Workspaces", value: "6"),
            Count(label: "Apps", value: "1"),
            Count(label: "Active tokens", value: "3"), Count(label: "Mails sent", value: "12"),
        ],
        facts: [
            Fact(label: "Version", value: "0.1.0"), Fact(label: "Base address", value: "http://127.0.0.1:8080"),
            Fact(label: "Mode", value: "demo"), Fact(label: "Started", value: "21 Nov 2026, 09:00 UTC"),
        ])
}

/// `/operator/outbox`, and in demo mode `/demo/mail`.
package struct OutboxPage: Page {
    struct Mail: Sendable {
        var path: String
        var to: String
        var subject: String
        var queued: Moment
        /// "Sent", "Waiting", "Failed: …", "Kept here"
        var status: String
        /// ok | warn | bad | mute
        var statusKind: String
    }

    var mails: [Mail]
    /// Opened by anyone at the demo's own address.
    var isDemoMail = false
    /// There is no mail server: what is written stays here.
    var isKept = false
    /// This is not the first page.
    var isNarrowed = false
    /// `/operator/outbox` or `/demo/mail`
    var listPath: String
    /// The page of older ones; empty on the last.
    var nextPath = ""

    static let perPage = 50

    package static let template = "operator/outbox"
    package static let place = Place.outbox
    package var title: String { isDemoMail ? "Mail in this demo" : "Sent mail" }
    package static let sample = OutboxPage(
        mails: [
            Mail(
                path: "/operator/outbox/2", to: "ada@acme.example", subject: "A token was created: CI deploy",
                queued: .exact(.sample), status: "Sent", statusKind: "ok"),
            Mail(
                path: "/operator/outbox/1", to: "ada@acme.example", subject: "Confirm your email address",
                queued: .exact(.sample(-1)), status: "Waiting", statusKind: "warn"),
        ], listPath: "/operator/outbox")
    package static var samples: [PageSample<Self>] {
        var older = sample
        older.isNarrowed = true
        older.nextPath = "/operator/outbox?after=ml_1"
        return [
            PageSample(sample), PageSample(older, state: "older"),
            PageSample(OutboxPage(mails: [], isDemoMail: true, listPath: "/demo/mail"), state: "empty"),
            PageSample(OutboxPage(mails: [], isNarrowed: true, listPath: "/operator/outbox"), state: "past-the-end"),
        ]
    }
}

/// `/operator/outbox/{id}` and `/demo/mail/{id}`
package struct MailPage: Page {
    /// A run of the text, or an address of ours in it.
    struct Piece: Sendable {
        var text: String?
        var url: String?
    }

    var subject: String
    /// Nil without a mail server: nobody is written to.
    var from: String?
    var to: String
    var queued: Moment
    var status: String
    var statusKind: String
    /// Empty when it may not be shown: mails hold links that sign people in.
    var body: [Piece] = []
    /// `/operator/outbox` or `/demo/mail`
    var listPath: String

    package static let template = "operator/mail"
    package static let place = Place.outbox
    package var title: String { subject }
    package static let sample = MailPage(
        subject: "Confirm your email address", from: "Gatewright <noreply@gatewright.example>", to: "ada@acme.example",
        queued: .exact(.sample), status: "Sent", statusKind: "ok",
        body: [
            Piece(text: "Hello Ada,\n\nopen this link within 24 hours:\n\n"),
            Piece(url: "http://127.0.0.1:8080/verify/gw_ml_sample"), Piece(text: "\n\n--\nGatewright\n"),
        ],
        listPath: "/operator/outbox")
    package static var samples: [PageSample<Self>] {
        var closed = sample
        closed.body = []
        var kept = sample
        kept.from = nil
        kept.status = "Kept here"
        kept.statusKind = "mute"
        return [PageSample(sample), PageSample(closed, state: "body-hidden"), PageSample(kept, state: "kept")]
    }
}
