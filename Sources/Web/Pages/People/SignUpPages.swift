/// `/signup`
package struct SignUpPage: Page {
    var name = ""
    var email = ""

    package static let template = "people/signup"
    package var title: String { "Sign up" }
    package static let sample = SignUpPage()
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                SignUpPage(name: "Ada", email: "ada@acme"), state: "errors",
                problems: [
                    FieldProblem("email", "Enter an email address like name@company.example."),
                    FieldProblem("password", "Use at least 8 characters."),
                ]),
        ]
    }
}

/// `/signup/sent`. Says the same whether the address was new or known.
package struct SignUpSentPage: Page {
    /// What was typed, new or known; nil when the page is opened without having just signed up.
    var email: String?
    /// `/demo/mail` in demo mode, else empty.
    var demoMailPath = ""

    package static let template = "people/signup-sent"
    package var title: String { "Check your mail" }
    package static let sample = SignUpSentPage(email: "ada@acme.example", demoMailPath: "/demo/mail")
}

/// `/verify/{token}`: asks for the password of the sign-up, which may be somebody else's, or for one's own.
package struct VerifyPage: Page {
    /// `/verify/{token}`
    var formPath: String
    var email: String
    /// As typed at sign-up, to be changed by who chooses a password anew.
    var name: String
    /// The form for a password of one's own was sent, and is open.
    var isAnew = false
    /// "in 2 minutes", when too many attempts were made (status 429).
    var retryText = ""

    package static let template = "people/verify"
    package var title: String { "Confirm your email" }
    package static let sample = VerifyPage(formPath: "/verify/gw_ml_sample", email: "ada@acme.example", name: "Ada")
    package static var samples: [PageSample<Self>] {
        var (anew, throttled) = (sample, sample)
        anew.isAnew = true
        throttled.retryText = "in 2 minutes"
        return [
            PageSample(sample),
            PageSample(
                sample, state: "errors",
                problems: [FieldProblem("password", "This is not the password of the sign-up.")]),
            PageSample(
                anew, state: "anew", problems: [FieldProblem("new_password", "Use at least 8 characters.")]),
            PageSample(throttled, state: "throttled"),
        ]
    }
}

/// `/verify/resend`
package struct VerifyResendPage: Page {
    var email = ""
    /// The form was sent; neutral about whether the address is known.
    var isSent = false
    /// `/demo/mail` in demo mode, else empty.
    var demoMailPath = ""

    package static let template = "people/verify-resend"
    package var title: String { isSent ? "Check your mail" : "Send the link again" }
    package static let sample = VerifyResendPage(email: "ada@acme.example")
    package static var samples: [PageSample<Self>] {
        [PageSample(sample), PageSample(VerifyResendPage(email: "ada@acme.example", isSent: true), state: "sent")]
    }
}

/// A link from a mail that no longer works. Answer with 410.
package struct LinkGonePage: Page {
    /// "This link has expired" or "This link was already used".
    var headline: String
    /// What to do now, one sentence.
    var advice: String
    /// `/verify/resend`, `/forgot` or `/login`.
    var nextPath: String
    var nextText: String

    package static let template = "people/link-gone"
    package var title: String { headline }
    package static let sample = LinkGonePage(
        headline: "This link has expired", advice: "Links to confirm an address work for 24 hours.",
        nextPath: "/verify/resend", nextText: "Send a new link")
}
