import OAuth
package import Portal

extension Throttle {
    /// Letters of one kind that anybody can have sent to one address. Each kind has its own, so that whoever asks for
    /// one in somebody's name stops no other: what they used up are letters with links that work.
    package static func letters(_ kind: Letter.Kind) -> Throttle {
        Throttle(name: "mail-" + kind.rawValue, limit: kind == .invitation ? 10 : 3, window: 3600)
    }

    /// Letters of one kind that tell one address of something.
    static func notices(_ kind: Letter.Kind) -> Throttle {
        Throttle(name: "notices-" + kind.rawValue, limit: 20, window: 3600)
    }
}

extension Store {
    /// Counts a letter that somebody asked for, in the transaction that writes it: one that is not written uses
    /// nothing up.
    ///
    /// - Returns: false when the address has had enough of them for now.
    func mayMail(_ kind: Letter.Kind, to email: EmailAddress, in db: any Connection, at now: Instant) throws -> Bool {
        try count(.letters(kind), email.key, in: db, at: now) == nil
    }

    /// Whether a letter that only tells of something is one too many. What it tells of stands on pages too, and ten
    /// thousand of them would make everybody's links wait.
    func isTooMuch(_ letter: Letter, in db: any Connection, at now: Instant) throws -> Bool {
        guard letter.kind.isNotice else { return false }
        let recipient = EmailAddress(letter.recipient)?.key ?? letter.recipient
        return try count(.notices(letter.kind), recipient, in: db, at: now) != nil
    }
}
