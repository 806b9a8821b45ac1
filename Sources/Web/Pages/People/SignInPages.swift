/// `/login`. A wrong address or password is one problem of the field `email`, which names neither.
package struct LoginPage: Page {
    /// The cast, offered in demo mode only.
    struct DemoAccount: Sendable {
        var name: String
        var email: String
        var password: String
        /// "admin of Acme".
        var role: String
        /// This page with the form filled in.
        var path: String
    }

    var email = ""
    /// Of one of the cast, in demo mode only; nobody else's is ever shown.
    var password = ""
    /// Relative address to go on to; sent along as a hidden field. May be empty.
    var next = ""
    /// The app that asked, when signing in is a step of authorizing it: "Roster Sync".
    var appName = ""
    /// "in 2 minutes", when too many attempts were made (status 429).
    var retryText = ""
    var demoAccounts: [DemoAccount] = []

    package static let template = "people/login"
    package static let formsLeadAway = true
    package var title: String { "Sign in" }
    package static let sample = LoginPage(
        next: "/t/acme/oauth/authorize?client_id=gw_id_sample", appName: "Roster Sync",
        demoAccounts: [
            DemoAccount(
                name: "Ada", email: "ada@acme.example", password: "correct horse battery", role: "admin of Acme",
                path: "/login?as=Ada")
        ])
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                LoginPage(email: "ada@acme.example"), state: "errors",
                problems: [FieldProblem("email", "The email address or the password is not right.")]),
            PageSample(LoginPage(email: "ada@acme.example", retryText: "in 2 minutes"), state: "throttled"),
        ]
    }
}

/// `/forgot`
package struct ForgotPage: Page {
    var email = ""

    package static let template = "people/forgot"
    package var title: String { "Choose a new password" }
    package static let sample = ForgotPage(email: "ada@acme.example")
}

/// `/forgot/sent`. Says the same whether the address is known or not.
package struct ForgotSentPage: Page {
    /// What was typed, known or not; nil when the page is opened by hand.
    var email: String?
    /// `/demo/mail` in demo mode, else empty.
    var demoMailPath = ""

    package static let template = "people/forgot-sent"
    package var title: String { "Check your mail" }
    package static let sample = ForgotSentPage(email: "ada@acme.example", demoMailPath: "/demo/mail")
}

/// `/reset/{token}`
package struct ResetPage: Page {
    /// `/reset/{token}`
    var formPath: String
    var email: String

    package static let template = "people/reset"
    package var title: String { "Choose a new password" }
    package static let sample = ResetPage(formPath: "/reset/gw_ml_sample", email: "ada@acme.example")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(sample, state: "errors", problems: [FieldProblem("password", "Use at least 8 characters.")]),
        ]
    }
}

/// `/setup`: the first operator, with the code the server printed at its start.
package struct SetupPage: Page {
    var code = ""
    var name = ""
    var email = ""

    package static let template = "people/setup"
    package var title: String { "Set up Gatewright" }
    package static let sample = SetupPage(name: "Olga", email: "olga@gatewright.example")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                sample, state: "errors",
                problems: [FieldProblem("code", "This is not the code the server printed when it started.")]),
        ]
    }
}
