import OAuth
import Portal
import Storage

/// The way from an authorization request to the sign-in page and back.
///
/// Signing in again is asked for once per request: the address that people come back to says since when, under a
/// token of ours that is bound to this very request, so that no client can claim it (`prompt=login`).
struct SignInErrand {
    /// The request as the client wrote it, without what an earlier errand added.
    let path: String
    private let added: String

    private static let mark = Array("&signed_in_since=".utf8)
    private static let lifetime: Int64 = 3600

    init(returningTo path: String) {
        let bytes = Array(path.utf8)
        let starts = bytes.indices.dropLast(Self.mark.count - 1)
        guard let start = starts.first(where: { bytes[$0...].starts(with: Self.mark) }) else {
            (self.path, added) = (path, "")
            return
        }
        self.path = String(decoding: bytes[..<start], as: UTF8.self)
        added = String(decoding: bytes[(start + Self.mark.count)...], as: UTF8.self)
    }

    /// - Parameter session: what there was when a sign-in was asked for, and so is not the answer.
    func path(asking now: Instant, _ session: Session?, _ store: Store) -> String {
        let before = mark(of: session, store)
        return path + "&signed_in_since=\(now.seconds).\(before)." + token(now, before, store)
    }

    /// When this request asked for a sign-in; nil when it did not, too long ago, or somebody else says so.
    ///
    /// Times are whole seconds. The session there was before has to be proven anew in a later one: its own sign-in may
    /// have been in the very second of the question.
    func wasAsked(at now: Instant, _ session: Session?, _ store: Store) -> Instant? {
        let parts = added.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let seconds = Int64(String(decoding: parts[0], as: UTF8.self)) else { return nil }
        let asked = Instant(seconds: seconds)
        let before = String(decoding: parts[1], as: UTF8.self)
        guard now - asked < Self.lifetime, ConstantTime.equal(token(asked, before, store).utf8, parts[2]) else {
            return nil
        }
        return session != nil && mark(of: session, store).utf8.elementsEqual(before.utf8) ? asked + 1 : asked
    }

    /// Names a session without giving it away.
    private func mark(of session: Session?, _ store: Store) -> String {
        session.map { String(store.signature(of: $0.id.text, for: "sign-in-before").prefix(16)) } ?? "nobody"
    }

    private func token(_ asked: Instant, _ before: String, _ store: Store) -> String {
        store.signature(of: "\(asked.seconds) \(before) \(path)", for: "sign-in-asked")
    }
}
