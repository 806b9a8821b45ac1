import OAuth
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

    func path(asking now: Instant, _ store: Store) -> String {
        path + "&signed_in_since=\(now.seconds)." + token(now, store)
    }

    /// When this request asked for a sign-in; nil when it did not, too long ago, or somebody else says so.
    func wasAsked(at now: Instant, _ store: Store) -> Instant? {
        let parts = added.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, let seconds = Int64(String(decoding: parts[0], as: UTF8.self)) else { return nil }
        let asked = Instant(seconds: seconds)
        guard now - asked < Self.lifetime, token(asked, store).utf8.elementsEqual(parts[1]) else { return nil }
        return asked
    }

    private func token(_ asked: Instant, _ store: Store) -> String {
        store.formToken(for: "sign-in \(asked.seconds) \(path)")
    }
}
