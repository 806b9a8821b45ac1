import OAuth

// Letters about being in a workspace, and about what its admins decide.
extension Letter {
    package static func invitation(
        to email: String, inviter: String, tenant: String, role: Role, link: String
    ) -> Letter {
        Letter(
            kind: .invitation, recipient: email, subject: "You are invited to \(tenant)",
            body: """
                Hello,

                \(inviter) invites you to \(tenant), as \(role == .admin ? "an admin" : "a member").

                Accept here:

                \(link)

                The link is good for this address only, works once and for seven days. If you did not expect it,
                ignore this mail: nothing happens without the link.
                """)
    }

    package static func roleChanged(
        to email: String, name: String, tenant: String, role: Role, by admin: String, page: String
    ) -> Letter {
        Letter(
            kind: .roleChanged, recipient: email, subject: "Your role at \(tenant) has changed",
            body: """
                Hello \(name),

                \(admin) made you \(role == .admin ? "an admin" : "a member") of \(tenant).\(role == .admin ? "" : " What you allowed apps there as an admin has stopped working.")

                \(page)
                """)
    }

    package static func memberRemoved(to email: String, name: String, tenant: String, by admin: String) -> Letter {
        Letter(
            kind: .memberRemoved, recipient: email, subject: "You are no longer a member of \(tenant)",
            body: """
                Hello \(name),

                \(admin) removed you from \(tenant). Your tokens there, and what you allowed apps there, have
                stopped working.
                """)
    }

    package static func tenantDeleted(to email: String, name: String, tenant: String, by admin: String) -> Letter {
        Letter(
            kind: .tenantDeleted, recipient: email, subject: "\(tenant) was deleted",
            body: """
                Hello \(name),

                \(admin) deleted \(tenant), with everything in it. Your tokens there have stopped working.
                """)
    }

    /// To the owner of a developer token, when an admin of its workspace revoked it.
    package static func tokenRevokedByAdmin(
        to email: String, name: String, description: String, tenant: String, by admin: String
    ) -> Letter {
        Letter(
            kind: .tokenRevoked, recipient: email, subject: "A developer token was revoked",
            body: """
                Hello \(name),

                \(admin), an admin of \(tenant), revoked your developer token "\(description)" there. Anything that
                used it has stopped working.
                """)
    }

    /// To each admin. The link opens a page; the page decides nothing by itself.
    package static func accessAsked(
        to email: String, name: String, asker: String, app: String, tenant: String, note: String, page: String
    ) -> Letter {
        let words = note.isEmpty ? "" : "\nThey wrote:\n\n\(quoted(note))\n"
        return Letter(
            kind: .accessAsked, recipient: email, subject: "\(asker) asks to use \(app) at \(tenant)",
            body: """
                Hello \(name),

                \(asker) would like to allow the app "\(app)" at \(tenant) and needs an admin’s yes.
                \(words)
                See what it asks for, and decide: \(page)
                """)
    }

    package static func accessDecided(
        to email: String, name: String, isAllowed: Bool, app: String, tenant: String, by admin: String,
        answer: String, page: String
    ) -> Letter {
        let words = answer.isEmpty ? "" : "\nThey wrote:\n\n\(quoted(answer))\n"
        return Letter(
            kind: .accessDecided, recipient: email,
            subject: isAllowed ? "You may use \(app) at \(tenant)" : "\(app) was not allowed at \(tenant)",
            body: """
                Hello \(name),

                \(admin) \(isAllowed ? "said yes to" : "denied") your request to allow the app "\(app)" at \(tenant).
                \(words)
                \(isAllowed ? "Go on where you were, within seven days" : "Your request"): \(page)
                """)
    }

    private static func quoted(_ text: String) -> String {
        text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { "> " + String(decoding: $0.filter { $0 != 0x0D }, as: UTF8.self) }.joined(separator: "\n")
    }
}
