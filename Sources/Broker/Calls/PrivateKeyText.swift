import OAuth

/// A private key in PEM (RFC 7468) as it arrives: whole, encoded in base64 once more, or with the line breaks that a
/// form's single line has swallowed.
enum PrivateKeyText {
    /// As PEM readers want it; nil when it is no PEM.
    static func pem(_ text: String) -> String? {
        var bytes = Array(text.utf8)
        let begin = Array("-----BEGIN ".utf8)
        if bytes.firstRange(of: begin) == nil {
            guard let decoded = Base64.decoded(bytes.filter { $0 > 0x20 }) else { return nil }
            bytes = decoded
        }
        let dashes = Array("-----".utf8)
        guard let start = bytes.firstRange(of: begin),
            let labelEnd = bytes[start.upperBound...].firstRange(of: dashes),
            let end = bytes[labelEnd.upperBound...].firstRange(of: Array("-----END ".utf8))
        else { return nil }
        let label = String(decoding: bytes[start.upperBound..<labelEnd.lowerBound], as: UTF8.self)
        let body = bytes[labelEnd.upperBound..<end.lowerBound].filter { $0 > 0x20 }
        guard !body.isEmpty else { return nil }
        var lines = ["-----BEGIN \(label)-----"]
        for line in stride(from: 0, to: body.count, by: 64) {
            lines.append(String(decoding: body[line..<min(line + 64, body.count)], as: UTF8.self))
        }
        lines.append("-----END \(label)-----")
        return lines.joined(separator: "\n") + "\n"
    }
}
