package import HTTPTypes
package import OAuth
import Synchronization

/// What is kept between a POST and the page that shows it: secrets, once, the address a mail went to, and a form that is
/// filled in further.
///
/// They live in memory only, so nothing that can be read later holds them: not the database, not a cookie,
/// not the address. A restart loses them, and the page then says how to make a new one.
///
/// What somebody keeps very much of gives way, never what the next one keeps: a secret that was made has to be seen.
package final class ShownOnce: Sendable {
    private let secrets: Mutex<Shelf>
    private let typed: Mutex<Shelf>

    /// - Parameter most: of each sort, how many are kept at a time, which bounds the memory.
    package init(most: Int = 10_000) {
        secrets = Mutex(Shelf(most: most))
        typed = Mutex(Shelf(most: most))
    }

    /// - Parameters:
    ///   - subject: the ID of what the secret belongs to.
    ///   - session: only this session may see it.
    package func keep(_ text: String, of subject: String, for session: ID<Entity.Session>, at now: Instant) {
        secrets.withLock { $0.keep(text, of: subject, for: session.text, at: now) }
    }

    /// Something that somebody typed, with or without a session, for the page that follows: no secret, yet nothing for an
    /// address bar.
    ///
    /// - Parameter seed: what tells this browser from others.
    func keep(_ text: String, of subject: String, forVisitor seed: String, at now: Instant) {
        typed.withLock { $0.keep(text, of: subject, for: seed, at: now) }
    }

    /// What was kept for this visitor, as often as the page is made.
    func read(_ subject: String, forVisitor seed: String, at now: Instant) -> String? {
        typed.withLock { $0.entry(of: subject, for: seed, at: now)?.text }
    }

    /// The secret, the first time a page is made with it; nil ever after. HEAD makes no page and uses nothing up.
    package func take(
        _ subject: String, for session: ID<Entity.Session>, by method: HTTPRequest.Method, at now: Instant
    ) -> String? {
        guard method == .get else { return nil }
        return secrets.withLock { shelf in
            defer { shelf.remove(subject, for: session.text) }
            return shelf.entry(of: subject, for: session.text, at: now)?.text
        }
    }
}

private struct Shelf {
    struct Entry {
        let subject: String
        let text: String
        let expiresAt: Instant
    }

    private static let lifetime: Int64 = 600
    private static let mostOfOne = 20
    private let most: Int
    private var count = 0
    /// Of each browser, the oldest first.
    private var entries: [String: [Entry]] = [:]

    init(most: Int) { self.most = most }

    func entry(of subject: String, for owner: String, at now: Instant) -> Entry? {
        entries[owner]?.last { $0.subject == subject && $0.expiresAt > now }
    }

    mutating func keep(_ text: String, of subject: String, for owner: String, at now: Instant) {
        remove(subject, for: owner)
        if entries[owner]?.count == Self.mostOfOne { removeOldest(of: owner) }
        if count >= most { makeRoom(at: now) }
        entries[owner, default: []].append(
            Entry(subject: subject, text: text, expiresAt: now + Self.lifetime))
        count += 1
    }

    mutating func remove(_ subject: String, for owner: String) {
        guard let kept = entries[owner]?.filter({ $0.subject != subject }) else { return }
        count -= (entries[owner]?.count ?? 0) - kept.count
        entries[owner] = kept.isEmpty ? nil : kept
    }

    private mutating func removeOldest(of owner: String) {
        entries[owner]?.removeFirst()
        count -= 1
        if entries[owner]?.isEmpty == true { entries[owner] = nil }
    }

    /// Drops what is over, or else what would be soonest.
    private mutating func makeRoom(at now: Instant) {
        entries = entries.compactMapValues { kept in
            let live = kept.filter { $0.expiresAt > now }
            return live.isEmpty ? nil : live
        }
        count = entries.values.reduce(0) { $0 + $1.count }
        guard count >= most else { return }
        let soonest = entries.min { ($0.value.first?.expiresAt ?? now) < ($1.value.first?.expiresAt ?? now) }
        if let owner = soonest?.key { removeOldest(of: owner) }
    }
}
