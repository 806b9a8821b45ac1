package import OAuth
package import Portal

extension Store {
    /// Between the two steps of a sign-in: says who gave the right password, and when. Sealed for one browser, so that
    /// nothing is stored; worth nothing without a code, and nothing once the password is another.
    package func signInTicket(
        of person: ID<Entity.Person>, passwordHash: PasswordHash, browser seed: String, at now: Instant
    ) throws -> String {
        let text = "\(person.text) \(now.seconds) \(fingerprint(passwordHash))"
        return try keepForm(Array(text.utf8), place: "sign-in " + seed)
    }

    /// Who holds this ticket; nil when it is of another browser, ten minutes old, or from before a new password.
    package func person(ofTicket ticket: String, browser seed: String, at now: Instant) throws -> Person? {
        guard let bytes = keptForm(ticket, place: "sign-in " + seed) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).utf8.split(separator: 0x20).map { String(Substring($0)) }
        guard words.count == 3, let seconds = Int64(words[1]),
            (-60...Lifetime.confirmation).contains(now - Instant(seconds: seconds)),
            let person = try person(ID(words[0])), !person.isSuspended, person.verifiedAt != nil,
            let hash = try passwordHash(of: person.id), fingerprint(hash).utf8.elementsEqual(words[2].utf8)
        else { return nil }
        return person
    }

    private func fingerprint(_ passwordHash: PasswordHash) -> String {
        keyring.digest(passwordHash.text, purpose: "sign-in-ticket").hex
    }
}
