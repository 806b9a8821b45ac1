import CCurl

/// What became of one attempt. A reason is for the operator: a status code or libcurl's words, in printable ASCII;
/// no credentials, nothing of the mail, and no free text of the mail server.
package enum DeliveryResult: Hashable, Sendable {
    /// The mail server has taken responsibility for the mail.
    case delivered
    /// Worth trying again: 4xx, no connection, no TLS, a time-out, a refused sign-in.
    case temporary(reason: String)
    /// The server refused this mail for good (5xx to MAIL, RCPT or DATA).
    case permanent(reason: String)
}

/// What libcurl knows when a transfer is over.
struct TransferReport {
    var code: CURLcode
    var status: Int
    /// The server's last 4xx or 5xx line and the command it answered.
    var refusal: [UInt8]
    var stage: ccurl_stage
    var error: [UInt8]

    var result: DeliveryResult {
        guard code != CURLE_OK else { return .delivered }
        if code == CURLE_LOGIN_DENIED { return .temporary(reason: "the mail server refused our sign-in\(statusText)") }
        if code == CURLE_ABORTED_BY_CALLBACK { return .temporary(reason: "stopped before the mail was taken") }
        guard let command, (400...599).contains(status), answersStatus else {
            return .temporary(reason: Self.printable(error, orElse: "libcurl error \(code.rawValue)"))
        }
        let reason = "\(command) was refused\(statusText)"
        return status >= 500 && !Self.setUp.contains(status) ? .permanent(reason: reason) : .temporary(reason: reason)
    }

    /// "Authentication required" and its kin (RFC 4954 §6, RFC 3207 §4) are about the installation, not about this
    /// mail: the operator mends it, and the mail goes out.
    private static let setUp: Set<Int> = [530, 534, 535, 538]

    private var command: String? {
        switch stage {
        case CCURL_MAIL: "MAIL"
        case CCURL_RCPT: "RCPT"
        case CCURL_DATA: "DATA"
        default: nil
        }
    }

    /// Whether the remembered line is the one the transfer ended with.
    private var answersStatus: Bool { refusal.starts(with: "\(status)".utf8) }

    /// ` (550 5.1.1)`: the status, and the enhanced one (RFC 3463) if there is one. The rest of the line is the
    /// server's free text, which may repeat anything, so it is left out.
    private var statusText: String {
        guard (400...599).contains(status) else { return "" }
        guard answersStatus, let enhanced = Self.enhancedStatus(refusal.dropFirst(4)) else { return " (\(status))" }
        return " (\(status) \(enhanced))"
    }

    private static func enhancedStatus(_ bytes: ArraySlice<UInt8>) -> String? {
        let word = bytes.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ (1...3).contains($0.count) }) else { return nil }
        return String(decoding: word, as: UTF8.self)
    }

    private static func printable(_ bytes: [UInt8], orElse fallback: String) -> String {
        let clean = bytes.prefix(200).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        return clean.isEmpty ? fallback : String(decoding: clean, as: UTF8.self)
    }
}
