import HTTPTypes
import OAuth
import Synchronization

/// What is kept between a POST and the page that shows it: secrets, once, and the address a mail went to.
///
/// They live in memory only, so nothing that can be read later holds them: not the database, not a cookie,
/// not the address. A restart loses them, and the page then says how to make a new one.
final class ShownOnce: Sendable {
    private struct Entry {
        let text: String
        let expiresAt: Instant
    }

    private let entries = Mutex<[String: Entry]>([:])
    private static let lifetime: Int64 = 600
    private static let most = 10_000

    /// - Parameters:
    ///   - subject: the ID of what the secret belongs to.
    ///   - session: only this session may see it.
    func keep(_ text: String, of subject: String, for session: ID<Entity.Session>, at now: Instant) {
        keep(text, under: "\(session.text) \(subject)", at: now)
    }

    /// Something that somebody without a session typed, for the page that follows: no secret, yet nothing for an
    /// address bar.
    ///
    /// - Parameter seed: what tells this browser from others.
    func keep(_ text: String, of subject: String, forVisitor seed: String, at now: Instant) {
        keep(text, under: "visitor \(seed) \(subject)", at: now)
    }

    /// What was kept for this visitor, as often as the page is made.
    func read(_ subject: String, forVisitor seed: String, at now: Instant) -> String? {
        entries.withLock { entries in
            guard let entry = entries["visitor \(seed) \(subject)"], entry.expiresAt > now else { return nil }
            return entry.text
        }
    }

    private func keep(_ text: String, under key: String, at now: Instant) {
        entries.withLock { entries in
            if entries.count >= Self.most { entries = entries.filter { $0.value.expiresAt > now } }
            guard entries.count < Self.most else { return }
            entries[key] = Entry(text: text, expiresAt: now + Self.lifetime)
        }
    }

    /// The secret, the first time a page is made with it; nil ever after. HEAD makes no page and uses nothing up.
    func take(_ subject: String, for session: ID<Entity.Session>, by method: HTTPRequest.Method, at now: Instant)
        -> String?
    {
        guard method == .get else { return nil }
        return entries.withLock { entries in
            guard let entry = entries.removeValue(forKey: "\(session.text) \(subject)"), entry.expiresAt > now
            else { return nil }
            return entry.text
        }
    }
}
