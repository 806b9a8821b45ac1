extension Letter {
    /// - Parameters:
    ///   - page: the app's own page, for its owner.
    ///   - allowed: where an admin sees what they allowed.
    package static func all(about theft: TokenTheft, page: String, allowed: String) -> [Letter] {
        [toOwner(theft, page)] + theft.admins.map { toAdmin($0, theft, allowed) }
    }

    private static func toOwner(_ theft: TokenTheft, _ page: String) -> Letter {
        Letter(
            kind: .refreshTokenReused, recipient: theft.app.owner.email,
            subject: "A refresh token of your app was in two hands",
            body: """
                Hello \(theft.app.owner.name),

                \(theft.whatHappened) It belongs to what your app "\(theft.app.details.name)" may do at
                \(theft.tenant.name). To be safe, that permission’s tokens were ended: the app has to ask for access
                there again.

                If the app kept an old token by mistake: store the newest refresh token before you use it, and use
                each one once. If you cannot explain it, look for a leak and make a new client secret:

                \(page)

                \(once)
                """)
    }

    private static func toAdmin(_ admin: Person, _ theft: TokenTheft, _ allowed: String) -> Letter {
        Letter(
            kind: .refreshTokenReused, recipient: admin.email, subject: "An app’s access was ended to be safe",
            body: """
                Hello \(admin.name),

                \(theft.whatHappened) It belongs to what the app "\(theft.app.details.name)" may do at
                \(theft.tenant.name). Somebody may have copied it, so its tokens were ended. Its maker was told.

                You need do nothing: the app will ask for access again. If you no longer trust it, revoke it:

                \(allowed)

                \(once)
                """)
    }

    private static let once = "This is said at most once an hour for one app at one workspace."
}

extension TokenTheft {
    fileprivate var whatHappened: String {
        switch sign {
        case .usedTwice: "a refresh token was used again after it had been exchanged for a new one."
        case .heldByAnotherApp: "a refresh token was presented by another app than the one it was given to."
        }
    }
}
