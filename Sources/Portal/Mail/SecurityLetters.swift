/// Letters about a person's own account.
extension Letter {
    package static func secondFactorOn(to email: String, name: String, account: String) -> Letter {
        Letter(
            kind: .secondFactor, recipient: email, subject: "Two-step sign-in is on",
            body: """
                Hello \(name),

                from now on, signing in takes a code from your authenticator besides your password.

                If this was not you, sign in, turn it off and choose a new password at once: \(account)
                """)
    }

    package static func secondFactorOff(to email: String, name: String, forgot: String) -> Letter {
        Letter(
            kind: .secondFactor, recipient: email, subject: "Two-step sign-in is off",
            body: """
                Hello \(name),

                two-step sign-in was turned off for your account: the password alone is enough again.

                If this was not you, choose a new password at once: \(forgot)
                """)
    }

    package static func secondFactorReset(to email: String, name: String, account: String) -> Letter {
        Letter(
            kind: .secondFactor, recipient: email, subject: "Two-step sign-in was reset",
            body: """
                Hello \(name),

                an operator turned off two-step sign-in for your account, because somebody said that you lost your
                device. Sign in with your password and turn it on again: \(account)

                If you did not ask for this, answer to whoever runs this installation, and choose a new password.
                """)
    }

    package static func confirmNewEmail(to email: String, name: String, link: String) -> Letter {
        Letter(
            kind: .emailChange, recipient: email, subject: "Confirm your new email address",
            body: """
                Hello \(name),

                you asked to use this address for your account from now on. Please confirm that it is yours:

                \(link)

                The link works once and for 24 hours; until then your old address stays. If you did not ask for this,
                ignore this mail: nothing happens without the link.
                """)
    }

    package static func emailChangeAsked(to email: String, name: String, new: String, undo: String) -> Letter {
        Letter(
            kind: .emailChangeNotice, recipient: email, subject: "Your email address is about to change",
            body: """
                Hello \(name),

                somebody, probably you, asked to move your account from this address to \(new).

                If this was not you, keep your account here with this link, which works for a week, also after the
                change:

                \(undo)

                It signs everybody out and ends what was made since: tokens, the access of apps, client secrets,
                two-step sign-in. You choose a new password then.
                """)
    }

    /// The page says the same for known and unknown addresses; only the mail differs.
    package static func newEmailIsTaken(to email: String, name: String, signIn: String) -> Letter {
        Letter(
            kind: .emailChangeNotice, recipient: email, subject: "This address already has an account",
            body: """
                Hello,

                \(name), probably you, asked to move another account to this address. That cannot be done: this
                address has an account of its own.

                Sign in to it: \(signIn)
                """)
    }

    package static func accountDeleted(to email: String, name: String) -> Letter {
        Letter(
            kind: .accountDeleted, recipient: email, subject: "Your account is deleted",
            body: """
                Hello \(name),

                your account is deleted, with its tokens, apps and everything you allowed. This is the last mail that
                we send you.
                """)
    }

    package static func recoveryCodeUsed(to email: String, name: String, left: Int, account: String) -> Letter {
        Letter(
            kind: .recoveryCodeUsed, recipient: email, subject: "A recovery code was used",
            body: """
                Hello \(name),

                one of your recovery codes was used instead of a code from your authenticator. \
                \(left == 1 ? "One is left." : "\(left) are left.")

                If this was not you, choose a new password and make new codes at once: \(account)
                """)
    }
}
