/// A mail to one person, in plain text. Never carries a token, a client secret or a password.
package struct Letter: Sendable {
    package enum Kind: String, Sendable {
        case verification, knownAddress, reset, passwordChanged, tokenCreated, tokenRevoked, secretRotated
        case invitation, roleChanged, memberRemoved, tenantDeleted, accessAsked, accessDecided
        case secondFactor, recoveryCodeUsed, emailChange, emailChangeNotice, accountDeleted
        case leaked
        case applicationReceived, applicationWaiting, applicationDecided, reviewWaiting, appReviewed, appReviewWithdrawn
        case suspended, reinstated
        case refreshTokenReused

        /// Whether it only tells of what pages show too. The others carry a link, or are the one sign of a thief.
        package var isNotice: Bool {
            switch self {
            case .verification, .knownAddress, .reset, .invitation, .emailChange, .emailChangeNotice: false
            case .passwordChanged, .secondFactor, .recoveryCodeUsed, .accountDeleted, .suspended, .reinstated: false
            case .tokenCreated, .tokenRevoked, .secretRotated, .leaked, .refreshTokenReused: true
            case .roleChanged, .memberRemoved, .tenantDeleted, .accessAsked, .accessDecided: true
            case .applicationReceived, .applicationWaiting, .applicationDecided: true
            case .reviewWaiting, .appReviewed, .appReviewWithdrawn: true
            }
        }
    }

    package let kind: Kind
    package let recipient: String
    package let subject: String
    package let body: String

    package init(kind: Kind, recipient: String, subject: String, body: String) {
        self.kind = kind
        self.recipient = recipient
        self.subject = subject
        self.body = body + "\n\n--\nGatewright\n"
    }
}

extension Letter {
    package static func verification(to email: String, name: String, link: String) -> Letter {
        Letter(
            kind: .verification, recipient: email, subject: "Confirm your email address",
            body: """
                Hello \(name),

                please confirm that this address is yours:

                \(link)

                The page asks for the password that you chose. The link works once and for 24 hours. If you did not
                sign up, ignore this mail: nothing happens without the link.
                """)
    }

    /// The answer on the page is the same for known and unknown addresses; only the mail differs.
    package static func knownAddress(to email: String, name: String, signIn: String, forgot: String) -> Letter {
        Letter(
            kind: .knownAddress, recipient: email, subject: "You already have an account",
            body: """
                Hello \(name),

                somebody, probably you, tried to sign up with this address, which already has an account.

                Sign in: \(signIn)
                Forgotten the password? \(forgot)
                """)
    }

    package static func reset(to email: String, name: String, link: String) -> Letter {
        Letter(
            kind: .reset, recipient: email, subject: "Choose a new password",
            body: """
                Hello \(name),

                you can choose a new password here:

                \(link)

                The link works once and for one hour. If you did not ask for it, ignore this mail: your password
                stays as it is.
                """)
    }

    package static func passwordChanged(to email: String, name: String, forgot: String) -> Letter {
        Letter(
            kind: .passwordChanged, recipient: email, subject: "Your password was changed",
            body: """
                Hello \(name),

                your password was changed, and all other sessions were signed out.

                If this was not you, choose a new password at once: \(forgot)
                """)
    }

    /// - Parameters:
    ///   - scopes: title and name of each, as the token form showed them.
    ///   - old: the description of the token that was revoked for it.
    package static func tokenCreated(
        to email: String, name: String, description: String, tenant: String, scopes: [(title: String, name: String)],
        expires: String, replacing old: String? = nil, list: String
    ) -> Letter {
        let replaced = old.map { "\nIt takes the place of your token \"\($0)\", which was revoked.\n" } ?? ""
        let lines = scopes.map { "  - \($0.title) (\($0.name))" }.joined(separator: "\n")
        return Letter(
            kind: .tokenCreated, recipient: email, subject: "A developer token was created",
            body: """
                Hello \(name),

                a developer token was created for you at \(tenant).

                Description: \(description)
                Expires: \(expires)
                Scopes:
                \(lines)
                \(replaced)
                If this was not you, revoke it at once: \(list)
                """)
    }

    package static func tokenRevoked(to email: String, name: String, description: String, tenant: String) -> Letter {
        Letter(
            kind: .tokenRevoked, recipient: email, subject: "A developer token was revoked",
            body: """
                Hello \(name),

                your developer token "\(description)" at \(tenant) was revoked. Anything that used it has stopped working.
                """)
    }

    package static func secretRotated(to email: String, name: String, app: String, page: String) -> Letter {
        Letter(
            kind: .secretRotated, recipient: email, subject: "A client secret was made",
            body: """
                Hello \(name),

                a new client secret was made for your app "\(app)".

                If this was not you, revoke it at once: \(page)
                """)
    }
}
