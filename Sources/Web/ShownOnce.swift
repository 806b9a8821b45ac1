import HTTPTypes
import OAuth
import Synchronization

/// Secrets between the POST that made them and the one page that shows them.
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
        entries.withLock { entries in
            if entries.count >= Self.most { entries = entries.filter { $0.value.expiresAt > now } }
            guard entries.count < Self.most else { return }
            entries["\(session.text) \(subject)"] = Entry(text: text, expiresAt: now + Self.lifetime)
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
