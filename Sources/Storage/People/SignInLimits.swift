package import OAuth

/// One try at somebody's password, by whatever form.
package struct SignInAttempt: Sendable {
    /// The one spelling of the mail address, whoever it belongs to; empty when what was typed is none.
    package let email: String
    /// Where it comes from, as far as limits go.
    package let network: String
    /// The browser, when this person has signed in on it before.
    package let device: ID<Entity.Device>?

    package init(email: String, network: String, device: ID<Entity.Device>?) {
        self.email = email
        self.network = network
        self.device = device
    }

    fileprivate var here: String { email + " " + network }
    fileprivate var onDevice: String? { device.map { email + " " + $0.text } }
}

package enum SignInAdmission: Equatable, Sendable {
    /// - Parameter isUnderAttack: so many fail everywhere that strangers should be slowed down.
    case go(isUnderAttack: Bool)
    /// - Parameter seconds: how long, at least 1.
    case wait(Int64)
}

extension Throttle {
    package static let signInByPersonAndAddress = Throttle(name: "sign-in", limit: 10, window: 900)
    package static let signInByDevice = Throttle(name: "sign-in-device", limit: 10, window: 900)
    /// One person's password, guessed from many places.
    package static let signInByPerson = Throttle(name: "sign-in-person", limit: 50, window: 3600)
    /// Many people's passwords, guessed from one place.
    package static let signInByAddress = Throttle(name: "sign-in-address", limit: 100, window: 3600)
    /// Many people's passwords, guessed from many places: what fails in the whole installation.
    package static let signInFailures = Throttle(name: "sign-in-failures", limit: 500, window: 600)
    /// The same count as `signInByAddress`, while there are too many failures everywhere.
    static let signInByAddressUnderAttack = Throttle(name: "sign-in-address", limit: 10, window: 3600)
}

extension Store {
    /// Counts an attempt before any hashing, in one transaction, so that parallel guesses cannot outrun the count.
    ///
    /// A browser on which this person has signed in before waits for its own count only: whoever guesses from elsewhere
    /// locks nobody out of it. What it tries counts for everybody else all the same.
    package func admit(_ attempt: SignInAttempt, at now: Instant) async throws -> SignInAdmission {
        try await engine.write { db in
            if let own = attempt.onDevice {
                if let wait = try self.count(.signInByDevice, own, in: db, at: now) { return .wait(wait) }
                _ = try self.refusal(of: attempt, in: db, at: now)
                return .go(isUnderAttack: false)
            }
            let isUnderAttack = try self.isUsedUp(.signInFailures, "", in: db, at: now)
            let places: Throttle = isUnderAttack ? .signInByAddressUnderAttack : .signInByAddress
            if let wait = try self.refusal(of: attempt, places: places, in: db, at: now) { return .wait(wait) }
            _ = try self.count(.signInFailures, "", in: db, at: now)
            return .go(isUnderAttack: isUnderAttack)
        }
    }

    /// The password was right: it was no guess. Where somebody got in they start anew; the counts that others share
    /// only get this attempt back, so that a success of one's own hides no failures.
    package func settle(_ attempt: SignInAttempt) async throws {
        try await engine.write { db in
            try self.clear(.signInByPersonAndAddress, attempt.here, in: db)
            try self.giveBack(.signInByAddress, attempt.network, in: db)
            try self.giveBack(.signInByPerson, attempt.email, in: db)
            if let own = attempt.onDevice {
                try self.clear(.signInByDevice, own, in: db)
            } else {
                try self.giveBack(.signInFailures, "", in: db)
            }
        }
    }

    /// Whoever proved to own the mailbox is let in again, whatever others tried.
    package func forgive(_ attempt: SignInAttempt) async throws {
        try await engine.write { db in
            try self.clear(.signInByPersonAndAddress, attempt.here, in: db)
            try self.clear(.signInByPerson, attempt.email, in: db)
            if let own = attempt.onDevice { try self.clear(.signInByDevice, own, in: db) }
        }
    }

    /// The narrowest that is used up. One that refuses leaves the wider ones alone, or a single place could use up
    /// what a person has everywhere.
    private func refusal(
        of attempt: SignInAttempt, places: Throttle = .signInByAddress, in db: any Connection, at now: Instant
    ) throws -> Int64? {
        if let wait = try count(places, attempt.network, in: db, at: now) { return wait }
        if let wait = try count(.signInByPersonAndAddress, attempt.here, in: db, at: now) { return wait }
        return try count(.signInByPerson, attempt.email, in: db, at: now)
    }
}
