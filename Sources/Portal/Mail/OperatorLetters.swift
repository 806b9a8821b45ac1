import OAuth

extension Letter {
    package static func applicationReceived(to person: Person, page: String) -> Letter {
        Letter(
            kind: .applicationReceived, recipient: person.email, subject: "We have your application",
            body: """
                Hello \(person.name),

                thank you for applying to be a developer. Somebody will read it, and you get a mail when it is decided.

                Your application: \(page)
                """)
    }

    /// Does not name the applicant: who waits is between them and the operators' page.
    package static func applicationWaiting(to operator: Person, page: String) -> Letter {
        Letter(
            kind: .applicationWaiting, recipient: `operator`.email, subject: "A developer application waits for you",
            body: """
                Hello \(`operator`.name),

                somebody has applied to be a developer here.

                Read and decide: \(page)
                """)
    }

    package static func reviewWaiting(to operator: Person, app: String, page: String) -> Letter {
        Letter(
            kind: .reviewWaiting, recipient: `operator`.email, subject: "An app waits for your review",
            body: """
                Hello \(`operator`.name),

                its developer asks you to look at the app "\(app)".

                Look and decide: \(page)
                """)
    }

    package static func applicationDecided(
        to person: Person, _ verdict: ApplicationDecision.Verdict, reason: String, page: String
    ) -> Letter {
        let why = reason.isEmpty ? "" : "\n\(reason)\n"
        switch verdict {
        case .approved:
            return Letter(
                kind: .applicationDecided, recipient: person.email, subject: "You are a developer now",
                body: """
                    Hello \(person.name),

                    your application was approved. You can register apps, and there is a sandbox with sample people for
                    you to try them in.
                    \(why)
                    Begin here: \(page)
                    """)
        case .changesRequested:
            return Letter(
                kind: .applicationDecided, recipient: person.email, subject: "Your application needs a change",
                body: """
                    Hello \(person.name),

                    before your application can be approved, something should change:
                    \(why)
                    Change it and send it again: \(page)
                    """)
        case .rejected:
            return Letter(
                kind: .applicationDecided, recipient: person.email, subject: "Your application was rejected",
                body: """
                    Hello \(person.name),

                    your application to be a developer was rejected, for this reason:
                    \(why)
                    If that can be put right, you may apply again: \(page)
                    """)
        }
    }

    package static func appReviewed(to owner: App.Owner, app: String, page: String) -> Letter {
        Letter(
            kind: .appReviewed, recipient: owner.email, subject: "Your app was reviewed",
            body: """
                Hello \(owner.name),

                an operator has reviewed your app "\(app)". It may now be allowed in any number of workspaces, and
                people are no longer warned before they allow it.

                \(page)
                """)
    }

    package static func appReviewWithdrawn(to owner: App.Owner, app: String, reason: String, page: String) -> Letter {
        Letter(
            kind: .appReviewWithdrawn, recipient: owner.email, subject: "Your app’s review was withdrawn",
            body: """
                Hello \(owner.name),

                the review of your app "\(app)" was withdrawn, for this reason:

                \(reason)

                What was allowed before goes on. People are warned before they allow it anew.

                \(page)
                """)
    }

    /// - Parameter what: "your account", "your app \"Roster Sync\"", "Acme".
    package static func suspended(to email: String, name: String, what: String, reason: String) -> Letter {
        Letter(
            kind: .suspended, recipient: email, subject: "Suspended by an operator",
            body: """
                Hello \(name),

                an operator has suspended \(what), for this reason:

                \(reason)

                Until it is reinstated, its sessions and tokens are refused. Nothing was deleted.
                """)
    }

    package static func reinstated(to email: String, name: String, what: String) -> Letter {
        Letter(
            kind: .reinstated, recipient: email, subject: "Reinstated by an operator",
            body: """
                Hello \(name),

                an operator has reinstated \(what). Tokens that were not revoked meanwhile work again.
                """)
    }
}
