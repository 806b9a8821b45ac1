/// `/login/code`: after the password, for those who have two-step sign-in.
package struct SecondStepPage: Page {
    /// Who gave the right password, sealed.
    var ticket: String
    /// Relative address to go on to; may be empty.
    var next = ""
    /// "in 2 minutes", when too many attempts were made (status 429).
    var retryText = ""

    package static let template = "people/login-code"
    package static let formsLeadAway = true
    package var title: String { "Enter the code" }
    package static let sample = SecondStepPage(ticket: "c2VhbGVk", next: "/tokens")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                sample, state: "errors",
                problems: [FieldProblem("code", "This code is not right, or was used already.")]),
            PageSample(SecondStepPage(ticket: "c2VhbGVk", retryText: "in 2 minutes"), state: "throttled"),
        ]
    }
}

/// `/account/second-factor`: off, begun or on.
package struct SecondFactorPage: Page {
    var isOn = false
    /// When it was turned on; nil when it is not.
    var since: Moment?
    /// "7 recovery codes"
    var codesLeft = ""
    var hasFewCodes = false
    /// The key in groups of four, while it waits for its first code.
    var key = ""
    /// The same as a QR code: SVG path data, and the side of the picture in modules.
    var squares = ""
    var side = ""
    var serverTime = ""

    package static let template = "people/second-factor"
    package static let place = Place.account
    package var title: String { "Two-step sign-in" }
    package static let sample = SecondFactorPage(
        key: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP", squares: sampleCode?.squares ?? "",
        side: String(sampleCode?.pictureSide ?? 0), serverTime: Moment.exact(.sample).text)
    private static let sampleCode = QRCode(
        "otpauth://totp/Gatewright:ada%40acme.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Gatewright")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                sample, state: "errors",
                problems: [FieldProblem("code", "This code is not right, or was used already.")]),
            PageSample(SecondFactorPage(), state: "off"),
            PageSample(
                SecondFactorPage(
                    isOn: true, since: .day(.sample(-40)), codesLeft: "2 recovery codes", hasFewCodes: true),
                state: "on"),
        ]
    }
}

/// `/account/second-factor/codes`: shown once.
package struct RecoveryCodesPage: Page {
    /// Empty when they were already shown.
    var codes: [String]
    /// All of them, one a line, to copy.
    var text: String

    package static let template = "people/recovery-codes"
    package static let place = Place.account
    package var title: String { "Recovery codes" }
    package static let sample = RecoveryCodesPage(
        codes: ["k3v9w-2m4xq", "0hq7p-e8s5t"], text: "k3v9w-2m4xq\n0hq7p-e8s5t")
    package static var samples: [PageSample<Self>] {
        [PageSample(sample), PageSample(RecoveryCodesPage(codes: [], text: ""), state: "shown")]
    }
}

/// `/account/second-factor/off`
package struct SecondFactorOffPage: Page {
    var isOperator = false

    package static let template = "people/second-factor-off"
    package static let place = Place.account
    package var title: String { "Turn off two-step sign-in" }
    package static let sample = SecondFactorOffPage(isOperator: true)
}
