import OAuth

/// `/account`: profile, password, sessions. The form's fields are `current_password` and `password`.
package struct AccountPage: Page {
    struct Session: Sendable {
        /// "Firefox on Linux".
        var device: String
        /// The IP address; may be empty.
        var address: String
        var lastSeen: Moment
        var started: Moment
        var isCurrent: Bool
        /// `/account/sessions/{id}/end`
        var endPath: String
    }

    var name: String
    var email: String
    /// An address that waits to be confirmed; may be empty.
    var newEmail = ""
    var isVerified = true
    var hasSecondFactor = false
    var memberSince: Moment?
    var sessions: [Session]
    var hasOthers: Bool

    package static let template = "people/account"
    package static let place = Place.account
    package var title: String { "Account" }

    package static let sample = AccountPage(
        name: "Ada", email: "ada@acme.example", memberSince: .day(.sample),
        sessions: [
            Session(
                device: "Firefox on Linux", address: "203.0.113.7", lastSeen: .relative(.sample, at: .sample),
                started: .exact(.sample), isCurrent: true, endPath: "/account/sessions/ses_1/end"),
            Session(
                device: "Safari on iPhone", address: "198.51.100.24", lastSeen: .relative(.sample(-3), at: .sample),
                started: .exact(.sample(-10)), isCurrent: false, endPath: "/account/sessions/ses_2/end"),
        ],
        hasOthers: true)

    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                AccountPage(
                    name: "Olga", email: "olga@gatewright.example", newEmail: "olga@elsewhere.example",
                    hasSecondFactor: true, sessions: sample.sessions, hasOthers: true),
                state: "second-factor"),
            PageSample(
                sample, state: "errors",
                problems: [FieldProblem("current_password", "This is not your current password.")]),
        ]
    }
}

extension Instant {
    /// 21 November 2026, 09:14:02 UTC: the moment all samples are set in.
    static var sample: Instant { Instant(seconds: 1_795_252_442) }

    static func sample(_ days: Int64) -> Instant { Instant(seconds: 1_795_252_442 + days * 86_400) }
}
