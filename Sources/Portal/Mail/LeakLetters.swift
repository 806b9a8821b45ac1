/// What owners are told when a secret of theirs was found where others could read it. Never where: whoever reports
/// it could write anything there.
extension Letter {
    package static func developerTokenLeaked(
        to email: String, name: String, description: String, tenant: String, list: String
    ) -> Letter {
        Letter(
            kind: .leaked, recipient: email, subject: "A developer token of yours was found in public",
            body: """
                Hello \(name),

                somebody reported your developer token "\(description)" at \(tenant) as lying in a public place. Whoever
                could read it could use it, so it was revoked at once. Anything that used it has stopped working.

                Make a new one, and keep it where only your program reads it: \(list)
                """)
    }

    /// - Parameter app: its name.
    package static func appTokenLeaked(
        to email: String, name: String, app: String, tenant: String, page: String
    ) -> Letter {
        Letter(
            kind: .leaked, recipient: email, subject: "A token of \(app) was found in public",
            body: """
                Hello \(name),

                somebody reported a token that "\(app)" holds for \(tenant) as lying in a public place. It was revoked at
                once, and every token that came from the same permission with it. The app has to send an admin through
                its request for access again.

                What you can do: \(page)
                """)
    }

    package static func secretLeaked(to email: String, name: String, owner: String, page: String) -> Letter {
        Letter(
            kind: .leaked, recipient: email, subject: "A secret of \(owner) was found in public",
            body: """
                Hello \(name),

                somebody reported a secret of "\(owner)" as lying in a public place. It was revoked at once, so requests
                that prove themselves with it are refused.

                Make a new one: \(page)
                """)
    }
}
