/// The beginning of a request as it was sent, for an answer to one that is too large to be read.
///
/// Of requests that were sent in one piece it holds the first: enough to say what was wrong, and decides nothing.
final class RequestLine {
    private(set) var start: [UInt8] = []
    /// The first line came whole.
    private(set) var isComplete = false

    private static let longest = 512

    func append(_ bytes: some Sequence<UInt8>) {
        guard !isComplete else { return }
        for byte in bytes {
            guard byte != UInt8(ascii: "\n") else {
                isComplete = true
                return
            }
            if start.count < Self.longest { start.append(byte) }
        }
    }

    /// For the next request.
    func reset() {
        start.removeAll(keepingCapacity: true)
        isComplete = false
    }

    /// What stands between the method and the version, as far as it came.
    var target: String {
        let words = start.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count > 1 else { return "" }
        return String(decoding: words[1], as: UTF8.self)
    }
}
