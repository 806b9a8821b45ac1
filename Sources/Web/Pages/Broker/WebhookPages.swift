import OAuth

/// `/t/{slug}/env/{environment}/webhooks`: where a company is told of its connections, and what it was told.
package struct WebhooksPage: Page {
    struct Row: Sendable {
        /// "auth.creation"
        var kind: String
        var connection: String
        /// "Delivered", "Waiting", "Given up".
        var state: String
        var stateKind: String
        /// "3 attempts"
        var attempts: String
        var at: Moment
        var path: String
    }

    var top: EnvironmentTop
    var address: String
    /// Typed again is not what is stored: a test goes to the stored one.
    var hasAddress: Bool
    /// Shown because it was asked for; empty otherwise.
    var signingKey = ""
    /// When it was just made: how long the one before it signs beside it.
    var keyNote = ""
    var deliveries: [Row]
    var isNarrowed = false
    var listPath: String
    var nextPath = ""
    var addressPath: String
    var testPath: String
    var rotatePath: String
    var revealPath: String
    /// How a receiver checks a delivery.
    var languages: [LanguageExample]

    package static let template = "broker/webhooks"
    package var title: String { "Webhooks" }
    package static let sample = WebhooksPage(
        top: .sample(.webhooks), address: "https://api.acme.example/webhooks/gatewright", hasAddress: true,
        deliveries: [
            Row(
                kind: "auth.refresh.failed", connection: "user-42", state: "Waiting", stateKind: "warn",
                attempts: "2 attempts", at: .relative(.sample, at: .sample + 240),
                path: "/t/acme/env/dev/webhooks/whk_2"),
            Row(
                kind: "auth.creation", connection: "user-42", state: "Delivered", stateKind: "ok",
                attempts: "1 attempt",
                at: .relative(.sample(-3), at: .sample), path: "/t/acme/env/dev/webhooks/whk_1"),
        ], listPath: "/t/acme/env/dev/webhooks", nextPath: "/t/acme/env/dev/webhooks?after=whk_1.0000",
        addressPath: "/t/acme/env/dev/webhooks", testPath: "/t/acme/env/dev/webhooks/test",
        rotatePath: "/t/acme/env/dev/webhooks/key", revealPath: "/t/acme/env/dev/webhooks/key/reveal",
        languages: WebhookCheck.languages)
    package static var samples: [PageSample<Self>] {
        var empty = sample
        empty.address = ""
        empty.hasAddress = false
        empty.deliveries = []
        empty.nextPath = ""
        var shown = sample
        shown.keyNote = "This is the new key. The one before it works no longer."
        shown.signingKey = "gw_wk_1B4a2e77838347a7E420ce178F2E7c6912E16977Qe"
        var wrong = empty
        wrong.address = "acme.example"
        return [
            PageSample(sample), PageSample(empty, state: "empty"), PageSample(shown, state: "key-shown"),
            PageSample(
                wrong, state: "errors",
                problems: [FieldProblem("address", "Enter an address that begins with https://.")]),
        ]
    }
}

/// `/t/{slug}/env/{environment}/webhooks/{webhook}`: one delivery, each attempt, and sending it again.
package struct WebhookPage: Page {
    struct Attempt: Sendable {
        var number: String
        var at: Moment
        /// "200", "HTTP 500", "timedOut".
        var answer: String
        var isGood: Bool
        var duration: String
    }

    var top: EnvironmentTop
    var kind: String
    var state: String
    var stateKind: String
    var address: String
    var created: Moment
    /// Nil: within a minute, or nothing more is tried.
    var next: Moment?
    var isWaiting = false
    var connection: String
    /// The delivery that it repeats; may be empty.
    var originalPath = ""
    var body: String
    var id: String
    var attempts: [Attempt]
    var replayPath: String
    var listPath: String

    package static let template = "broker/webhook"
    package var title: String { "Delivery of \(kind)" }
    package static let sample = WebhookPage(
        top: .sample(.webhooks), kind: "auth.refresh.failed", state: "Waiting", stateKind: "warn",
        address: "https://api.acme.example/webhooks/gatewright", created: .exact(.sample),
        next: .relative(.sample + 120, at: .sample), isWaiting: true, connection: "user-42",
        originalPath: "/t/acme/env/dev/webhooks/whk_1", body: "{\"from\":\"nango\",\"type\":\"auth\"}", id: "whk_2",
        attempts: [
            Attempt(number: "1", at: .exact(.sample), answer: "HTTP 500", isGood: false, duration: "42 ms"),
            Attempt(number: "2", at: .exact(.sample + 5), answer: "timedOut", isGood: false, duration: "10 s"),
        ], replayPath: "/t/acme/env/dev/webhooks/whk_2/replay", listPath: "/t/acme/env/dev/webhooks")
    package static var samples: [PageSample<Self>] {
        var new = sample
        new.attempts = []
        new.originalPath = ""
        new.next = nil
        var done = sample
        done.state = "Delivered"
        done.stateKind = "ok"
        (done.next, done.isWaiting) = (nil, false)
        done.replayPath = ""
        return [PageSample(sample), PageSample(new, state: "new"), PageSample(done, state: "done")]
    }
}
