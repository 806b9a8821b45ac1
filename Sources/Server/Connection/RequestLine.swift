/// The beginning of a request as it was sent, for an answer to one that is too large to be read.
///
/// Of requests that were sent in one piece it holds the first: enough to say what was wrong, and decides nothing.
final class RequestLine {
    private var start: [UInt8] = []
    private var length = 0
    /// The first line came whole.
    private var isComplete = false

    private static let kept = 512
    /// What the server reads of an address, as of any header field.
    private static let longest = 8 * 1024

    func append(_ bytes: some Sequence<UInt8>) {
        guard !isComplete else { return }
        for byte in bytes {
            guard byte != UInt8(ascii: "\n") else {
                isComplete = true
                return
            }
            length += 1
            if start.count < Self.kept { start.append(byte) }
        }
    }

    /// For the next request.
    func reset() {
        start.removeAll(keepingCapacity: true)
        length = 0
        isComplete = false
    }

    /// Whether it is the line that is too long, and not what follows it.
    var isOverlong: Bool { length > Self.longest }

    /// What stands between the method and the version, as far as it came.
    var target: String {
        let words = start.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count > 1 else { return "" }
        return String(decoding: words[1], as: UTF8.self)
    }
}
