/// RFC 2045 §6.7: any text as ASCII lines of at most 76 bytes.
enum QuotedPrintable {
    private static let digits = Array("0123456789ABCDEF".utf8)
    /// One column stays free for the `=` of a soft line break.
    private static let room = 75

    /// Appends `text` with CRLF line ends, the last one included. CRLF, LF and CR each end a line of the input.
    static func append(_ text: String, to out: inout [UInt8]) {
        let bytes = Array(text.utf8)
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex { $0 == 0x0D || $0 == 0x0A } ?? bytes.endIndex
            appendLine(bytes[start..<end], to: &out)
            let isPair = end + 1 < bytes.endIndex && bytes[end] == 0x0D && bytes[end + 1] == 0x0A
            start = end + (isPair ? 2 : 1)
        }
    }

    private static func appendLine(_ line: ArraySlice<UInt8>, to out: inout [UInt8]) {
        var column = 0
        for index in line.indices {
            let literal = isLiteral(at: index, in: line, startsLine: column == 0)
            let width = literal ? 1 : 3
            if column + width > room {
                out += [UInt8(ascii: "="), 0x0D, 0x0A]
                column = 0
            }
            // Asked again: a soft break may just have put this byte at the start of a line.
            if literal, isLiteral(at: index, in: line, startsLine: column == 0) {
                out.append(line[index])
                column += 1
            } else {
                let byte = Int(line[index])
                out += [UInt8(ascii: "="), digits[byte >> 4], digits[byte & 0x0F]]
                column += 3
            }
        }
        out += [0x0D, 0x0A]
    }

    /// A dot at the start of a line is encoded although SMTP would double it, and `From ` although no mbox is in
    /// sight: a relay that gets either wrong then has nothing to get wrong (RFC 2049 §3).
    private static func isLiteral(at index: Int, in line: ArraySlice<UInt8>, startsLine: Bool) -> Bool {
        let byte = line[index]
        switch byte {
        case UInt8(ascii: "="): return false
        case 0x20, 0x09: return index + 1 < line.endIndex
        case UInt8(ascii: ".") where startsLine: return false
        case UInt8(ascii: "F") where startsLine: return !line[index...].starts(with: "From ".utf8)
        default: return (0x21...0x7E).contains(byte)
        }
    }
}
